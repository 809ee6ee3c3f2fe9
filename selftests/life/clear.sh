#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# Whoever tries to unload the module while a tunnel is in place: nothing leaves in
# clear, neither when that fails nor while it succeeds.
. "$(dirname "$0")/../spd/common.sh"

plan 16
need_module
cycles=$((${LIFE_CYCLES:-20} / 4))
watched_topology
tunnel

# background NS COMMAND...: without a shell in between, so that kill reaches it.
background() {
	ip netns exec "$(nsname "$1")" "${@:2}" > /dev/null 2>&1 &
	_pids+=("$!")
}

# flows N: have N more packets been protected?
_flown=0
flows() {
	_flown=$((_flown + $(protected)))
	[ $_flown -ge "$1" ]
}

# goes_on WHAT
goes_on() {
	_flown=0
	protected > /dev/null
	check "$1: traffic goes on" wait_for 20 flows 20
	expect "$1: nothing in clear" "$(leaked)" 0
}

loaded() { [ -d /sys/module/ipsecgw ]; }

leaked > /dev/null
background a ping -nq -i 0.02 10.2.0.2
background b ping -nq -i 0.1 10.1.0.2
background a ping -nq -i 0.1 fd02::2
# One that no SA leads for: its packets are held.
ctl g1 policy add map m seq 30 index 1 permit ip 10.1.0.0/16 10.3.0.0/16 > /dev/null
ip -n "$(nsname g1)" route add 10.3.0.0/16 via 172.16.0.2
background a ping -nq -i 0.1 10.3.0.2
goes_on "before"

# --- it is refused
refused=0
for _ in $(seq "$cycles"); do
	! rmmod ipsecgw 2> /dev/null && loaded && refused=$((refused + 1))
done
expect "rmmod is refused" $refused "$cycles"
goes_on "rmmod"
check_fails "modprobe -r says why" "in use" modprobe -r ipsecgw
ctl g2 map unbind dev g21
check_fails "one binding is enough" "in use" rmmod ipsecgw
ctl g2 map bind m dev g21
# In this order: g1 would tell of ESP that it does not know, in clear.
ctl g2 sa flush
ctl g1 sa flush
check_fails "without an SA too" "in use" rmmod ipsecgw
expect "without an SA nothing is in clear" "$(leaked)" 0
tunnel_sa 10 3001
tunnel_sa 20 4001
goes_on "new SAs"

# --- it is waited for: the interfaces go, and with them the last reference
(until rmmod ipsecgw 2> /dev/null; do loaded || break; pause 0.1; done) &
waiter=$!
_pids+=("$waiter")
# The counter of what left stays where it is, at the other end of the cable.
ip -n "$(nsname g2)" link del g21
ip -n "$(nsname g1)" link set g12 mtu 1400
expect "the other interface holds it" "$(loaded && echo yes)/$(leaked)" yes/0
ip -n "$(nsname g1)" link set g12 down
ctl g1 map unbind dev g12
check "down, then unbound: it unloads" wait_for 20 eval '! loaded'
wait $waiter
expect "nothing left in clear until then" "$(leaked)" 0

# --- the counter can count
modprobe ipsecgw
check "it is loaded again" loaded
ip -n "$(nsname g1)" link set g12 up
ip -n "$(nsname g1)" route replace 10.2.0.0/16 via 172.16.0.2
ip -n "$(nsname g1)" neigh replace 172.16.0.2 lladdr 02:00:00:00:00:02 dev g12
expect "without a map it is in clear: the counter works" \
	"$(wait_for 20 eval '[ "$(leaked)" -gt 5 ]' && echo yes)" yes
