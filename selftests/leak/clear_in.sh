#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=240
# What a rule protects must not come in in clear.
. "$(dirname "$0")/common.sh"

plan 22
need_module
watched_topology
tunnel
to=$(mac g1 g12)
ns a nft -f - <<-END
	table inet got {
		counter got { }
		chain c {
			type filter hook prerouting priority -500
			ip saddr 10.2.0.2 counter name got
			ip saddr 10.9.9.9 counter name got
			ip saddr 172.16.0.9 counter name got
			ip6 saddr fd02::2 counter name got
		}
	}
END
rx() { ns a nft list counter inet got got | sed -nE 's/.*packets ([0-9]+).*/\1/p'; }

# refused KIND COUNTER WHAT
refused() {
	local before

	before=$(rx)
	frames g2 g21 "$to" 3 "$1"
	since g1 "$2"
	expect "$3: dropped" "$_since/$(($(rx) - before))" 3/0
}
# taken KIND WHAT
taken() {
	local before

	before=$(rx)
	frames g2 g21 "$to" 3 "$1"
	since g1 in-clear
	expect "$2: taken" "$_since/$(($(rx) - before))" 0/3
}
ctl g2 map unbind dev g21
refused answer in-clear "a packet that should be protected"
refused answer_v6 in-clear "one of IPv6"
refused answer_first in-clear "a first fragment"
refused answer_later in-clear-fragment "a later fragment"
refused answer_error in-clear "an error about a packet that was"
taken answer_free "a packet that no rule is about"
expect_re "counted at the interface" "$(ctl g1 map list)" "clear-drops 15"
ctl g2 map bind m dev g21
expect "through the tunnel" "$(pings a 10.2.0.2 3)" 3
expect "of IPv6 too" "$(pings a fd02::2 3)" 3

# A rule for everything: ESP, keys, neighbours and errors still reach the box.
for n in g1 g2; do
	ctl $n policy add map m seq 30 index 1 permit ip any any > /dev/null
	ctl $n policy add map m seq 40 index 1 permit ipv6 any any > /dev/null
done
ip -n "$(nsname g1)" neigh flush dev g12
ip -n "$(nsname g2)" neigh flush dev g21
expect "a rule for everything: the tunnel lives" "$(pings a 10.2.0.2 3)" 3
expect "of IPv6 too" "$(pings a fd02::2 3)" 3
since g1 in-clear
ns g2 ping -nqc2 -i 0.1 -W1 172.16.0.1 > /dev/null
expect "ping from gateway to gateway waits" "$(stat g2 pending)" 1
ctl g2 map unbind dev g21
frames g2 g21 "$to" 3 answer_free
ctl g2 map bind m dev g21
since g1 in-clear
expect "everything else is dropped" "$_since" 3
background g1 socat -u UDP-RECV:500 "CREATE:/tmp/ike-$$"
pid=$!
defer rm "/tmp/ike-$$"
wait_for 10 eval 'ns g1 ss -lun | grep -q :500'
ns g2 socat -u EXEC:'echo hello' UDP:172.16.0.1:500,sourceport=500
check "IKE passes both ways out and in" wait_for 10 grep -q hello "/tmp/ike-$$"
kill_wait $pid
leaked > /dev/null
ns g1 socat -u EXEC:'echo hello' UDP:172.16.0.2:500,sourceport=501
expect "not what only looks like it" "$(leaked)" 0
since g1 in-clear
frames g2 g21 "$to" 1 esp_error
since g1 in-clear
expect "an error about ESP, for the box" "$_since" 0

# The mark of a decrypted packet is that of its interface, and of no other.
ctl g1 policy flush
ctl g2 policy flush
ctl g1 sa flush
ctl g2 sa flush
tunnel
ip_batch g1 <<-END
	link add t0 type ipip local 10.1.0.1 remote 10.2.0.1
	link set t0 up
	addr add 10.5.0.1/24 dev t0
END
ip_batch g2 <<-END
	link add t0 type ipip local 10.2.0.1 remote 10.1.0.1
	link set t0 up
	addr add 10.5.0.2/24 dev t0
END
check "a tunnel in the tunnel" wait_for 10 ns g2 ping -nqc1 -W1 10.5.0.1
ctl g1 policy add map inner seq 1 index 1 permit ip 10.5.0.0/24 10.5.0.0/24 > /dev/null
ctl g1 map bind inner dev t0
ns g2 ping -nqc2 -i 0.1 -W1 10.5.0.1 > /dev/null
since g1 in-clear
expect "what comes out of it in clear is not protected on it" "$_since" 2
ctl g1 map unbind dev t0
check "without that map it passes" ns g2 ping -nqc1 -W1 10.5.0.1

# One wire is not another: a veth, a bridge or a namespace lose the mark.
veth g1 l0 g2 r0
ip -n "$(nsname g1)" addr add 10.6.0.1/24 dev l0
ip -n "$(nsname g2)" addr add 10.6.0.2/24 dev r0
ctl g1 policy add map other seq 1 index 1 permit ip any any > /dev/null
ctl g1 map bind other dev l0
since g1 in-clear
ns g2 ping -nqc2 -i 0.1 -W1 10.6.0.1 > /dev/null
since g1 in-clear
expect "another interface has its own rules" "$_since" 2
ctl g1 map unbind dev l0
expect "the first one is not disturbed" "$(pings a 10.2.0.2 3)" 3
expect "nothing leaked" "$(leaked)" 0
