#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=240
# Ways around the output hook: raw sockets, copies made by netfilter, a bridge.
. "$(dirname "$0")/common.sh"

plan 30
need_module
watched_topology
tunnel_rules
ctl g1 policy add map m seq 30 index 1 discard udp any host 10.8.0.1 > /dev/null
to=$(mac g2 g21)

frames g1 g12 "$to" 3 plain lie bypass
expect "without a map, all of it passes" "$(leaked)" 9
ctl g1 map bind m dev g12

# blocked KIND: the guard drops it, and says so.
blocked() {
	frames g1 g12 "$to" 3 "$1"
	since g1 out-guard
	expect "$2: dropped" "$_since/$(leaked)" 3/0
}
blocked plain "a raw frame"
blocked v6 "one of IPv6"
blocked lie "one that is called something else"
blocked bypass "one past the queue"
blocked dgram "a packet in a frame of the kernel's"
blocked vlan0 "one with a priority tag"
blocked first "a first fragment"
blocked later "a later fragment"
frames g1 g12 "$to" 3 vlan5
expect "one for another VLAN passes" "$(leaked)" 3
frames g1 g12 "$to" 3 free
expect "one that no rule protects passes" "$(leaked)" 3
frames g1 g12 "$to" 3 hdrincl
expect "a raw IP packet waits for an SA" "$(leaked)/$(stat g1 pending)" 0/1
frames g1 g12 "$to" 3 nodefrag
expect "a raw fragment as well" "$(leaked)" 0
since g1 out-guard
expect "none of that came to the guard" "$_since" 0
ns g1 ping -nqc1 -W1 172.16.0.2 > /dev/null
expect "what the box sends itself in clear passes" "$(leaked)" 1

# With rules that look at ports a later fragment is anybody's.
ctl g1 policy add map m seq 5 index 1 deny tcp any any eq 80 > /dev/null
blocked tcp_later "a fragment that may or may not be protected"
ctl g1 policy delete map m seq 5 index 1
ctl g1 policy flush map m
ctl g1 policy add map m seq 5 index 1 permit tcp any any eq 80 > /dev/null
blocked tcp_later "the same, with a rule for ports only"
frames g1 g12 "$to" 3 nodefrag
expect "of another protocol, it passes" "$(leaked)" 3
ctl g1 policy add map m seq 5 index 2 permit udp any any eq 80 > /dev/null
frames g1 g12 "$to" 3 nodefrag
since g1 out-fragment
expect "at the output hook: dropped" "$_since/$(leaked)" 3/0
ctl g1 policy flush map m
ctl g1 policy add map m seq 10 index 1 permit ip 10.1.0.0/16 10.2.0.0/16 \
	peer 172.16.0.2 > /dev/null

# Copies and detours that netfilter makes before the stack has seen the packet.
for verb in dup fwd; do
	ns g1 nft -f - <<-END
		table netdev t {
			chain c {
				type filter hook ingress device g1a priority 0
				ip daddr 10.2.0.0/16 $verb to "g12"
			}
		}
	END
	since g1 out-guard
	expect "nft $verb: nothing comes back" "$(pings a 10.2.0.2 3)" 0
	since g1 out-guard
	expect "nft $verb: dropped" "$_since/$(leaked)" 3/0
	ns g1 nft delete table netdev t
done

# A bridge: the map is on one of its ports, a sends through it without routing.
ip_batch g1 <<-END
	link add b0 type bridge mcast_snooping 0
	link set g1a master b0
	link set g12 master b0
	link set b0 up
END
ip_batch a <<-END
	addr add 172.16.0.3/24 dev a0
	route add 10.2.0.2/32 via 172.16.0.2
END
ip -n "$(nsname g2)" route add 10.1.0.2/32 via 172.16.0.3
check "through the bridge, what is not protected passes" \
	wait_for 10 ns a ping -nqc1 -W1 -I 172.16.0.3 172.16.0.2
leaked > /dev/null
since g1 out-guard
expect "what is does not" "$(ns a ping -nqc3 -i 0.1 -W1 -I 10.1.0.2 10.2.0.2 | grep -c ' 0 received')" 1
since g1 out-guard
expect "it is dropped" "$_since/$(leaked)" 3/0
ctl g1 map unbind dev g12
expect "without the map it does" "$(ns a ping -nqc3 -i 0.1 -W1 -I 10.1.0.2 10.2.0.2 | grep -c ' 3 received')" 1
leaked > /dev/null

# The map on the bridge: what the box sends through it, not what it bridges.
ns g1 modprobe br_netfilter
ns g1 sysctl -qw net.bridge.bridge-nf-call-iptables=1
ip_batch g1 <<-END
	addr add 172.16.0.1/24 dev b0
	route replace 10.2.0.0/16 via 172.16.0.2 dev b0 src 10.1.0.1
END
ctl g1 map bind m dev b0
ns g1 ping -nqc2 -i 0.1 -W1 10.2.0.2 > /dev/null
expect "from the box: protected" "$(leaked)/$(stat g1 pending)" 0/1
expect "bridged: that is not its output" "$(ns a ping -nqc3 -i 0.1 -W1 -I 10.1.0.2 10.2.0.2 | grep -c ' 0 received')" 1
leaked > /dev/null
since g1 in-clear
expect_num "but the answers look as if they came in clear" "$_since" -gt 0
ctl g1 map unbind dev b0
