# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Daemons in namespaces: ours, configured in the language of routers.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

ikehelper=${IKEHELPER:-$top/tools/ikehelper/ikehelper}
work=
declare -A daemon_pid

# ike_init: what every test here begins with.
ike_init() {
	need_module
	work=$(mktemp -d /tmp/ike-XXXX)
	defer rm -rf "$work"
}

# config NS: its configuration, from standard input.
config() { (umask 077; cat > "$work/$1.conf"); }

socket_of() { echo "$work/$1.ctl"; }

# daemon NS [OPTION...]: start ours there and wait until it is ready.
daemon() {
	local n=$1 lines

	shift
	lines=$(cat "$work/$n.log" 2> /dev/null | grep -c ': ready$')
	is_ready() { [ "$(grep -c ': ready$' "$work/$n.log")" -gt "$lines" ]; }
	# Not through ns: $! must be the id of the daemon itself.
	ip netns exec "$n-$$" "$ikehelper" --foreground --user nobody \
		--group nogroup --config "$work/$n.conf" \
		--socket "$(socket_of "$n")" --history "$work/$n.history" \
		--state "$work/$n.state" "$@" >> "$work/$n.log" 2>&1 &
	daemon_pid[$n]=$!
	_pids+=("$!")
	if ! wait_for 60 is_ready; then
		diag "the daemon of $n does not start:" "$(cat "$work/$n.log")"
		exit 1
	fi
}

# daemon_stop NS: ask it to end; its exit status.
daemon_stop() {
	kill "${daemon_pid[$1]}"
	wait "${daemon_pid[$1]}"
}

# ike NS WORD...: ipsecctl with the daemon of that namespace.
ike() {
	local n=$1

	shift
	IPSECGW_CONTROL=$(socket_of "$n") ns "$n" "$ipsecctl" "$@"
}

log_of() { cat "$work/$1.log"; }
log_has() { grep -qE -- "$2" "$work/$1.log"; }

# pings NS ADDRESS [COUNT]: all come back, the first ones may wait for an SA.
pings() { ns "$1" ping -nqc "${3:-3}" -i 0.3 -W 10 "$2"; }

# tunnel_config NS HERE THERE LOCAL-NET REMOTE-NET: what both gateways have; more
# lines may come from standard input.
tunnel_config() {
	config "$1" <<-END
		crypto isakmp policy 10
		 encryption aes
		 hash sha
		 authentication pre-share
		 group 5
		crypto isakmp key ${KEY:-secret-of-both} address $3
		crypto ipsec transform-set TS esp-aes esp-sha-hmac
		crypto map M 10 ipsec-isakmp
		 set peer $3
		 set transform-set TS
		 match address 101
		interface FastEthernet0/0
		 device $2
		 crypto map M
		access-list 101 permit ip $4 $5
	END
}

# --- traffic -----------------------------------------------------------------------

declare -A stream_pid

# stream NAME NS WORD...: stream.py there, in the background.
stream() {
	# Not through ns: $! must be the id of the program itself.
	ip netns exec "$2-$$" python3 "$selftests/ike/stream.py" "${@:3}" \
		> "$work/$1" &
	stream_pid[$1]=$!
	_pids+=("$!")
}

# stream_end NAME: what it has lost is then in the file of that name.
stream_end() {
	kill "${stream_pid[$1]}"
	wait "${stream_pid[$1]}"
}

# --- strongSwan as the peer ------------------------------------------------------

# Into the root of the guest, which is its own: see qemu/peers.sh.
swan_install() {
	local root=$top/build/peers/root

	[ "${IPSECGW_GUEST:-}" ] || skip_all "runs in a guest only"
	[ -e "$root/../ready" ] ||
		skip_all "missing strongSwan: selftests/qemu/peers.sh fetches it"
	cp -a "$root/usr/." /usr/ && cp -a "$root/etc/." /etc/ || {
		diag "strongSwan cannot be installed"
		exit 1
	}
}

# swan_start NS [OPTION=VALUE...]: its daemon, with a configuration folder of its
# own.
swan_start() {
	local n=$1

	shift
	swan_install
	mkdir -p "$work/$n.swan/conf.d"
	cat > "$work/$n.swan.conf" <<-END
		charon-systemd {
		  start-scripts { }
		  i_dont_care_about_security_and_use_aggressive_mode_psk = yes
		  fragment_size = 576
		  $(printf '%s\n' "$@")
		  install_routes = no
		  retransmit_tries = 3
		  filelog { log { path = $work/$n.log
		    default = 1
		    flush_line = yes
		    ike_name = yes
		  } }
		  plugins {
		    vici { socket = unix://$work/$n.vici }
		    kernel-libipsec { load = no }
		    bypass-lan { load = no }
		  }
		}
		swanctl { plugins { vici { socket = unix://$work/$n.vici } } }
	END
	STRONGSWAN_CONF=$work/$n.swan.conf ip netns exec "$n-$$" \
		/usr/sbin/charon-systemd > "$work/$n.out" 2>&1 &
	_pids+=("$!")
	if ! wait_for 120 test -S "$work/$n.vici"; then
		diag "strongSwan does not start:" "$(cat "$work/$n.out")"
		exit 1
	fi
}

# swan NS WORD...: swanctl with the daemon of that namespace.
swan() {
	local n=$1

	shift
	STRONGSWAN_CONF=$work/$n.swan.conf SWANCTL_DIR=$work/$n.swan \
		ns "$n" swanctl "$@" --uri "unix://$work/$n.vici"
}

# swan_config NS: swanctl.conf from standard input, put into force.
swan_config() {
	cat > "$work/$1.swan/swanctl.conf"
	swan "$1" --load-all --clear > "$work/$1.load" 2>&1 || {
		diag "swanctl: $(cat "$work/$1.load")"
		return 1
	}
}

# reload NS: ours reads its configuration again.
reload() {
	local n=$1 lines

	lines=$(grep -c ': configuration of' "$work/$n.log")
	kill -HUP "${daemon_pid[$n]}"
	read_again() {
		[ "$(grep -c ': configuration of' "$work/$n.log")" -gt "$lines" ]
	}
	wait_for 30 read_again
}

# --- Libreswan as the peer ---------------------------------------------------------

# pluto_start NS: its daemon; the secrets come from standard input.
pluto_start() {
	local n=$1 dir=$work/$1.pluto

	swan_install
	(umask 077; mkdir -p "$dir/nss"; cat > "$dir/secrets")
	cat > "$dir/setup.conf" <<-END
		config setup
		 ikev1-policy=accept
	END
	certutil -N -d "sql:$dir/nss" --empty-password > "$work/$n.out" 2>&1
	ip netns exec "$n-$$" /usr/libexec/ipsec/pluto --nofork --no-dnssec \
		--config "$dir/setup.conf" --secretsfile "$dir/secrets" \
		--nssdir "$dir/nss" --rundir "$dir" --logfile "$work/$n.log" \
		>> "$work/$n.out" 2>&1 &
	_pids+=("$!")
	if ! wait_for 120 whack "$n" --listen; then
		diag "Libreswan does not start:" \
			"$(cat "$work/$n.out" "$work/$n.log")"
		exit 1
	fi
}

# whack NS WORD...: the daemon of that namespace.
whack() {
	local n=$1

	shift
	ns "$n" /usr/libexec/ipsec/whack --rundir "$work/$n.pluto" "$@"
}

# pluto_config NS: the connection "net" from standard input, put into force.
pluto_config() {
	local dir=$work/$1.pluto

	cat > "$dir/conn.conf"
	whack "$1" --delete --name net > /dev/null 2>&1
	ns "$1" /usr/libexec/ipsec/addconn --config "$dir/conn.conf" \
		--ctlsocket "$dir/pluto.ctl" net
}
