#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The main job, shown: two gateways protect the traffic of two hosts with keys set
# by hand, first both with ipsecgw, then one of them with the kernel's own XFRM;
# at last both negotiate them, configured as routers are.
# Runs as root in a guest (make demo); changes the network of where it runs.
#
#   a ---------- g1 ======== ESP ======== g2 ---------- b
#   10.1.0.2     172.16.0.1               172.16.0.2    10.2.0.2
# shellcheck disable=SC2317	# finish() ends the script, functions run by name
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/routers.sh"

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
stop_capture nosa
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
run ctl g1 map unbind dev g12

routers_story
finish
