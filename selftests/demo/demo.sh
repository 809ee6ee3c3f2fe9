#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The main job, shown: two gateways protect the traffic of two hosts with keys set
# by hand, first both with ipsecgw, then one of them with the kernel's own XFRM.
# Runs as root in a guest (make demo); changes the network of where it runs.
#
#   a ---------- g1 ======== ESP ======== g2 ---------- b
#   10.1.0.2     172.16.0.1               172.16.0.2    10.2.0.2
# shellcheck disable=SC2317	# finish() ends the script, functions run by name
set -u

here=$(cd "$(dirname "$0")" && pwd)
ipsecctl=$here/../../tools/ipsecctl/ipsecctl
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

network() {
	local n

	for n in a g1 g2 b; do
		ip netns add "$n"
		ip -n "$n" link set lo up
		in_ns "$n" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv4.conf.all.rp_filter=0
	done
	link a a0 10.1.0.2/24 g1 g1a 10.1.0.1/24
	link g1 g12 172.16.0.1/24 g2 g21 172.16.0.2/24
	link b b0 10.2.0.2/24 g2 g2b 10.2.0.1/24
	ip -n a route add default via 10.1.0.1
	ip -n b route add default via 10.2.0.1
	ip -n g1 route add 10.2.0.0/24 via 172.16.0.2
	ip -n g2 route add 10.1.0.0/24 via 172.16.0.1
}

# --- the tunnel ------------------------------------------------------------------

# 16 octets of key and 4 of salt, in a file that only root can read.
make_key() { (umask 077 && od -An -vtx1 -N20 /dev/urandom | tr -d ' \n' > "$1"); }

# gateway NAMESPACE DEVICE LOCAL PEER NET PEER-NET SPI-OUT SPI-IN KEY-OUT KEY-IN
gateway() {
	local sa=(local "$3" remote "$4" mode tunnel cipher aes-gcm)
	local rule=(map DEMO seq 10)

	run ctl "$1" policy add "${rule[@]}" permit ip "$5" "$6" peer "$4"
	run ctl "$1" sa add dir in spi "$8" "${sa[@]}" key-file "${10}" \
		replay-window 64 "${rule[@]}"
	run ctl "$1" sa add dir out spi "$7" "${sa[@]}" key-file "$9" \
		pair "$8" "${rule[@]}"
	run ctl "$1" map bind DEMO dev "$2" local "$3"
}

# The tunnel of g2, told to XFRM; keys go in by standard input, not by argument.
xfrm_instead() {
	local k12 k21

	k12=0x$(cat "$work/key12") k21=0x$(cat "$work/key21")
	ip -n g2 -batch - <<- END
		xfrm state add src 172.16.0.1 dst 172.16.0.2 proto esp spi 0x1001 mode tunnel replay-window 64 aead rfc4106(gcm(aes)) $k12 128
		xfrm state add src 172.16.0.2 dst 172.16.0.1 proto esp spi 0x1002 mode tunnel replay-window 64 aead rfc4106(gcm(aes)) $k21 128
		xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 dir out tmpl src 172.16.0.2 dst 172.16.0.1 proto esp mode tunnel
		xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir fwd tmpl src 172.16.0.1 dst 172.16.0.2 proto esp mode tunnel
		xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir in tmpl src 172.16.0.1 dst 172.16.0.2 proto esp mode tunnel
	END
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
		ip netns exec "${end%:*}" tcpdump -Uni "${end#*:}" -Q out \
			-w "$work/$1.${end%:*}" 2> "$work/tcpdump.${end%:*}" &
		captures+=($!)
		until_true 600 grep -q 'listening on' "$work/tcpdump.${end%:*}" ||
			fail "tcpdump: $(cat "$work/tcpdump.${end%:*}")"
	done
}

stop_capture() {
	kill "${captures[@]}"
	wait "${captures[@]}" 2> /dev/null
	captures=()
}

# packets NAME FILTER...: how many of them both ends sent.
packets() {
	local name=$1 end

	shift
	for end in g1 g2; do
		tcpdump -nr "$work/$name.$end" "$@" 2> /dev/null
	done | wc -l
}

# Hosts' packets in clear; neighbours of the wire must find each other.
strangers=(not esp and not arp and not icmp6)

judge_capture() { # NAME
	local esp other

	stop_capture
	esp=$(packets "$1" esp)
	other=$(packets "$1" "${strangers[@]}")
	fact "on the wire between the gateways: $esp ESP packets, $other others"
	[ "$esp" -gt 0 ] || fail "no ESP packet was seen"
	[ "$other" -eq 0 ] || fail "$other packets crossed in clear"
}

ping_through() {
	if in_ns a ping -qc 5 -i 0.2 -W 5 10.2.0.2 > "$work/ping"; then
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
	ping_through
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

# --- the story --------------------------------------------------------------------

step "Kernel $(uname -r): load the module, build the network"
modprobe -q aesni_intel
run modprobe ipsecgw
network
make_key "$work/key12"
make_key "$work/key21"

step "Two gateways with ipsecgw"
gateway g1 g12 172.16.0.1 172.16.0.2 10.1.0.0/24 10.2.0.0/24 0x1001 0x1002 \
	"$work/key12" "$work/key21"
gateway g2 g21 172.16.0.2 172.16.0.1 10.2.0.0/24 10.1.0.0/24 0x1002 0x1001 \
	"$work/key21" "$work/key12"

step "Traffic from host a to host b"
traffic ipsecgw

step "What the operator of gateway g1 sees"
show g1 crypto ipsec sa
show g1 crypto engine connections active
show g1 crypto engine connections dropped-packet

step "Without an SA nothing leaves: the outbound one of g1 is deleted"
start_capture nosa
run ctl g1 sa delete dir out spi 0x1001 remote 172.16.0.2
if in_ns a ping -qc 2 -i 0.2 -W 1 10.2.0.2 > /dev/null; then
	fail "ping went through without an SA"
fi
stop_capture
leaked=$(packets nosa "${strangers[@]}")
fact "packets in clear on the wire: $leaked"
[ "$leaked" -eq 0 ] || fail "$leaked packets left in clear"
run ctl g1 acquire list

step "Gateway g2 is replaced by the kernel's own XFRM, g1 gets new SAs"
run ctl g2 map unbind dev g21
run ctl g2 sa flush
run ctl g1 sa flush
# Never an old key for a new SA: its sequence begins again, and so would nonces.
make_key "$work/key12"
make_key "$work/key21"
run xfrm_instead
fact "new keys, by 'ip xfrm' on g2"
for d in "in spi 0x1002 key-file $work/key21 replay-window 64" \
	"out spi 0x1001 key-file $work/key12 pair 0x1002"; do
	# shellcheck disable=SC2086
	run ctl g1 sa add dir $d local 172.16.0.1 remote 172.16.0.2 \
		mode tunnel cipher aes-gcm map DEMO seq 10
done
traffic xfrm
if bad=$(in_ns g2 grep -v '[^0-9]0$' /proc/net/xfrm_stat) && [ "$bad" ]; then
	fact "XFRM's error counters: $bad"
else
	fact "XFRM on g2 counted no error"
fi
show g1 crypto engine connections active

finish
