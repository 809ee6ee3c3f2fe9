# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the parts of the demo share: words, hosts and gateways, traffic, captures.
set -u

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tools" && pwd)
ipsecctl=$tools/ipsecctl/ipsecctl
work=$(mktemp -d)
failures=()
captures=()

if [ -t 1 ]; then
	bold=$'\e[1m' plain=$'\e[0m'
else
	bold='' plain=''
fi

step() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
fact() { printf '   %s\n' "$*"; }

fail() {
	printf '   FAILED: %s\n' "$*"
	failures+=("$*")
}

# run COMMAND...: show it, do it; the demo cannot go on without it.
run() {
	local shown="$*"

	printf '   # %s\n' "${shown/#ctl /ipsecctl -n }"
	"$@" || {
		fail "$*"
		finish
	}
}

in_ns() { ip netns exec "$@"; }
ctl() { "$ipsecctl" -n "$@"; }

finish() {
	local n

	[ ${#captures[@]} -eq 0 ] || kill "${captures[@]}" 2> /dev/null
	rm -rf "$work"
	for n in a g1 g2 b; do
		ip netns pids $n 2> /dev/null | xargs -r kill
		ip netns del $n 2> /dev/null
	done
	# Bound maps hold the module until their namespace is taken apart.
	if [ -d /sys/module/ipsecgw ]; then
		until_true 300 rmmod ipsecgw ||
			failures+=("the module does not unload")
	fi
	echo
	if [ ${#failures[@]} -eq 0 ]; then
		echo "demo: passed"
		exit 0
	fi
	printf 'demo: failed: %s\n' "${failures[@]}"
	exit 1
}

# --- the network ---------------------------------------------------------------

link() { # NAMESPACE DEVICE ADDRESS PEER-NAMESPACE PEER-DEVICE PEER-ADDRESS
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3" dev "$2"
	ip -n "$4" addr add "$6" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

namespaces() {
	local n

	for n in a g1 g2 b; do
		ip netns add "$n"
		ip -n "$n" link set lo up
		in_ns "$n" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv4.conf.all.rp_filter=0
	done
}

network() {
	namespaces
	link a a0 10.1.0.2/24 g1 g1a 10.1.0.1/24
	link g1 g12 172.16.0.1/24 g2 g21 172.16.0.2/24
	link b b0 10.2.0.2/24 g2 g2b 10.2.0.1/24
	ip -n a route add default via 10.1.0.1
	ip -n b route add default via 10.2.0.1
	ip -n g1 route add 10.2.0.0/24 via 172.16.0.2
	ip -n g2 route add 10.1.0.0/24 via 172.16.0.1
}

# --- traffic -----------------------------------------------------------------------

until_true() { # TRIES COMMAND...
	local tries=$1

	shift
	until "$@" 2> /dev/null; do
		[ $((tries--)) -gt 0 ] || return 1
		sleep 0.1
	done
}

listens() { in_ns "$1" ss -Htln "sport = :$2" | grep -q .; }

# What each gateway puts on the wire between them. Not what it receives: a packet
# that was decrypted shows up a second time on the interface that it came through.
start_capture() { # NAME
	local end

	captures=()
	for end in g1:g12 g2:g21; do
		# Not through in_ns: $! must be the id of tcpdump itself.
		ip netns exec "${end%:*}" tcpdump --immediate-mode -Uni \
			"${end#*:}" -Q out -w "$work/$1.${end%:*}" \
			2> "$work/tcpdump.${end%:*}" &
		captures+=($!)
		until_true 600 grep -q 'listening on' "$work/tcpdump.${end%:*}" ||
			fail "tcpdump: $(cat "$work/tcpdump.${end%:*}")"
	done
}

# tcpdump leaves what it has not yet read when it is told to end.
stop_capture() { # NAME
	local before=

	until [ "$before" = "$(stat -c %s "$work/$1".g?)" ]; do
		before=$(stat -c %s "$work/$1".g?)
		sleep 1
	done
	kill "${captures[@]}"
	wait "${captures[@]}" 2> /dev/null
	captures=()
}

# packets NAME FILTER...: how many of them both ends sent.
packets() { list_packets "$@" | wc -l; }

list_packets() {
	local name=$1 end

	shift
	for end in g1 g2; do
		tcpdump -nr "$work/$name.$end" "$@" 2> /dev/null
	done
}

# Hosts' packets in clear; neighbours of the wire must find each other, and say
# which multicast they want (behind a hop-by-hop header, RFC 3810, 5).
strangers=(not esp and not arp and not icmp6 and
	not '(ip6[6] = 0 and ip6[40] = 58)')

judge_capture() { # NAME
	local esp other

	stop_capture "$1"
	esp=$(packets "$1" esp)
	other=$(packets "$1" "${strangers[@]}")
	fact "on the wire between the gateways: $esp ESP packets, $other others"
	[ "$esp" -gt 0 ] || fail "no ESP packet was seen"
	[ "$other" -eq 0 ] || {
		fail "$other packets crossed in clear"
		list_packets "$1" "${strangers[@]}" | head -n 5
	}
}

ping_through() { # ADDRESS
	if in_ns a ping -qc 5 -i 0.2 -W 5 "$1" > "$work/ping"; then
		fact "ping: $(grep -o '.* received' "$work/ping")"
	else
		fail "ping: $(grep -o '.* received' "$work/ping")"
	fi
}

transfer() {
	local want got

	head -c 1000000 /dev/urandom > "$work/sent"
	in_ns b socat -u TCP-LISTEN:7000,reuseaddr "CREATE:$work/got" &
	until_true 600 listens b 7000 || fail "no listener for the file"
	timeout 60 ip netns exec a socat -u "FILE:$work/sent" \
		TCP:10.2.0.2:7000 || fail "the file could not be sent"
	wait $!
	want=$(sha256sum < "$work/sent") got=$(sha256sum < "$work/got")
	if [ "$want" = "$got" ]; then
		fact "1,000,000 octets by TCP: sha256 is the same, ${got:0:16}..."
	else
		fail "the file arrived changed"
	fi
}

speed() {
	in_ns b iperf3 -s -1 > /dev/null &
	until_true 600 listens b 5201 || fail "iperf3 does not listen"
	if timeout 60 ip netns exec a iperf3 -c 10.2.0.2 -t 3 > "$work/iperf"; then
		fact "iperf3 (emulated processor, no measure of speed):"
		grep -E 'sender|receiver' "$work/iperf" | sed 's/^/   /'
	else
		fail "iperf3: $(tail -1 "$work/iperf")"
	fi
	wait $!
}

traffic() {
	start_capture "$1"
	ping_through 10.2.0.2
	transfer
	speed
	judge_capture "$1"
}

show() { # NAMESPACE WORD...
	local n=$1

	shift
	printf '\n%s# ipsecctl show %s%s\n' "$bold" "$*" "$plain"
	ctl "$n" show "$@" || fail "show $*"
}
