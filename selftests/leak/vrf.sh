#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=240
# A map on an interface that belongs to a VRF.
. "$(dirname "$0")/common.sh"

plan 11
need_module
watched_topology
ip_batch g1 <<-END
	link add red type vrf table 10
	link set red up
	link set g12 master red
	link set g1a master red
	addr replace 172.16.0.1/24 dev g12
	addr replace 10.1.0.1/24 dev g1a
	addr replace fd00::1/64 dev g12 nodad
	addr replace fd01::1/64 dev g1a nodad
	route add vrf red 10.2.0.0/16 via 172.16.0.2
	route add vrf red fd02::/64 via fd00::2
	route add 172.16.0.0/24 dev red
END
check "without a map" wait_for 10 ns a ping -nqc1 -W1 10.2.0.2
tunnel_rules
bind_all
leaked > /dev/null
expect "no SA: nothing goes" "$(pings a 10.2.0.2 2)/$(leaked)" 0/0
tunnel_sa 10 1001
tunnel_sa 20 2001
expect "through the tunnel" "$(pings a 10.2.0.2 5)" 5
expect "of IPv6 too" "$(pings a fd02::2 5)" 5
expect "nothing in clear" "$(leaked)" 0
expect_num "all of it in ESP" "$(protected)" -ge 10
ns g1 ip vrf exec red ping -nqc3 -i 0.1 -W10 -I 10.1.0.1 10.2.0.2 > "/tmp/out-$$" 2>&1
defer rm "/tmp/out-$$"
expect "from the box, in the VRF" "$(grep -c ' 3 received' "/tmp/out-$$")" 1
expect "nothing in clear" "$(leaked)" 0
expect "the guard was not needed" "$(stat g1 out-guard)" 0
# Such a rule is about our ESP too, which has lost its sender in the VRF.
ctl g1 policy add map m seq 90 index 1 permit ip any any peer 172.16.0.2 > /dev/null
expect "a rule for everything spares our ESP" "$(pings a 10.2.0.2 5)" 5
expect "nothing in clear" "$(leaked)" 0
