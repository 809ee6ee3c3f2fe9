#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# A tunnel interface from its making to its end, under traffic.
. "$(dirname "$0")/common.sh"

plan 32
need_module
watched_topology
# Those of a tunnel that is gone are answered with an ICMP message else.
ctl g1 conf set exclusive 1
spi=$((0x1000))

# sas: an SA in each direction, between the two gateways.
sas() {
	spi=$((spi + 2))
	sa g2 in "$(printf %x $spi)" 172.16.0.2 172.16.0.1 &&
		sa g1 in "$(printf %x $((spi + 1)))" 172.16.0.1 172.16.0.2 &&
		sa g1 out "$(printf %x $spi)" 172.16.0.1 172.16.0.2 &&
		sa g2 out "$(printf %x $((spi + 1)))" 172.16.0.2 172.16.0.1
}
count_sas() { ctl "$1" sa list | grep -c '^[^ ]'; }
refcount() { cat /sys/module/ipsecgw/refcnt; }

interface g1 192.168.0.1
interface g2 192.168.0.2
expect "without a map it does not hold the module" "$(refcount)" 0
map_on g1 172.16.0.2
map_on g2 172.16.0.1
expect "with one it does" "$(refcount)" 2
sas
pings a 10.2.0.2 3 > /dev/null
expect "from one to the other" "$(pings a 10.2.0.2 5)/$(pings a fd02::2 5)" 5/5

# --- what is refused
check_fails "the same map on another interface" "tunnel interface has that" ctl g1 map bind $map dev g12
ctl g1 policy add map other seq 1 index 1 permit ip any any > /dev/null
check_fails "another map on this interface" "has another crypto map" ctl g1 map bind other dev Tunnel0
ctl g1 map bind other dev g1a
ip -n "$(nsname g1)" link add Tunnel1 type ipsecgw
check_fails "a map that another interface has" "another interface has" ctl g1 map bind other dev Tunnel1
ctl g1 map unbind dev g1a
ctl g1 sa add dir in spi 9001 local 172.16.0.1 remote 172.16.0.2 mode tunnel \
	cipher aes-gcm key $key map other seq 1 index 1 > /dev/null
check_fails "a map that has SAs" "has sas" ctl g1 map bind other dev Tunnel1
check_fails "an SA in transport mode" "wants tunnel mode" ctl g1 sa add dir in spi 9002 \
	local 172.16.0.1 remote 172.16.0.2 mode transport \
	cipher aes-gcm key $key map $map seq 65536 index 1
ctl g1 policy flush map other > /dev/null
ctl g1 policy add map other seq 1 index 1 permit ip any host 10.9.0.1 > /dev/null
check "one without" ctl g1 map bind other dev Tunnel1
ip_batch g1 <<-END
	link set Tunnel1 up
	route add 10.9.0.0/24 dev Tunnel1
END
n=$(stat g1 out-discard)
ns a ping -nqc2 -i 0.1 -W1 10.9.0.2 > /dev/null
expect "what no rule protects is dropped" "$(($(stat g1 out-discard) - n))/$(leaked)" 2/0
ip -n "$(nsname g1)" link del Tunnel1
expect "the other one still works" "$(pings a 10.2.0.2 5)" 5

# --- down, another name, a loop
ip -n "$(nsname g1)" link set Tunnel0 down
n=$(stat g1 in-device-down)
ns b ping -nqc2 -i 0.1 -W1 10.1.0.2 > /dev/null
expect "down: nothing comes in" "$(($(stat g1 in-device-down) - n))/$(count_sas g1)" 2/2
ip_batch g1 <<-END
	link set Tunnel0 name vti
	link set vti up
	route replace 10.2.0.0/16 dev vti
	route replace fd02::/64 dev vti
END
expect "up with another name" "$(pings a 10.2.0.2 5)/$(pings a fd02::2 5)" 5/5
expect_re "the map is on that" "$(ctl g1 map list)" "$map .*dev vti"
ip_batch g1 <<-END
	link set vti down
	link set vti name Tunnel0
	link set Tunnel0 up
	route replace 10.2.0.0/16 dev Tunnel0
	route replace fd02::/64 dev Tunnel0
	route add 172.16.0.2/32 dev Tunnel0
END
n=$(stat g1 out-loop)
ns g1 ping -nqc2 -i 0.1 -W1 10.2.0.2 > /dev/null
expect_num "the peer behind the tunnel: dropped" "$(($(stat g1 out-loop) - n))" -ge 2
ip -n "$(nsname g1)" route del 172.16.0.2/32 dev Tunnel0
expect "no longer: it works again" "$(pings a 10.2.0.2 5)" 5

# --- ends under traffic
traffic() { # all the time, in both directions and of both families
	for job in "a 10.2.0.2" "a fd02::2" "b 10.1.0.2" "b fd01::2"; do
		ip netns exec "$(nsname "${job% *}")" ping -nq -i 0.01 -s 300 "${job#* }" \
			> /dev/null 2>&1 &
		jobs+=($!)
		defer kill $!
	done
}
passes() { # until as many more have gone through
	local old

	old=$(counter g1 Tunnel0 rx_packets)
	wait_for 20 eval "[ \$(counter g1 Tunnel0 rx_packets) -gt $((old + 100)) ]"
}
traffic
check "traffic passes" passes
leaked > /dev/null
ip -n "$(nsname g1)" link del Tunnel0
expect "deleted: its SAs are gone" "$(count_sas g1)" 0
pause 0.5
expect "nothing in clear" "$(leaked)" 0
interface g1 192.168.0.1
pause 0.2
ctl g1 map bind $map dev Tunnel0
ctl g2 sa flush > /dev/null
sas
check "made again: traffic passes" passes
ctl g1 policy flush map $map > /dev/null
expect "no rules: no SAs" "$(count_sas g1)" 0
n=$(stat g1 out-discard)
check "and what is sent is dropped" wait_for 10 eval "[ \$(stat g1 out-discard) -gt $((n + 10)) ]"
ctl g1 map unbind dev Tunnel0
map_on g1 172.16.0.2
ctl g2 sa flush > /dev/null
sas
check "with new ones it passes" passes
ns_add other
ip -n "$(nsname g1)" link set Tunnel0 netns "$(nsname other)"
expect "moved elsewhere: no map, no SAs" "$(ctl g1 map list | grep -c dev)/$(count_sas g1)" 0/0
ip -n "$(nsname other)" link set Tunnel0 up
ip -n "$(nsname other)" route add default dev Tunnel0
ns other ping -nqc2 -i 0.1 -W1 10.2.0.2 > /dev/null
expect "there it sends nothing" "$(stat other out-no-sa)" 2
ns_del other
interface g1 192.168.0.1
ctl g1 map bind $map dev Tunnel0
ctl g2 sa flush > /dev/null
sas
check "a new one: traffic passes" passes
expect "nothing in clear all along" "$(leaked)" 0
check_fails "the module stays while there is a map" "in use" rmmod ipsecgw
ip netns del "$(nsname g1)"
expect "the namespace ends under traffic" "$(ip netns | grep -c "$(nsname g1)")" 0
one_left() { [ "$(refcount)" = 1 ]; }
check "so do its map and SAs" wait_for 20 one_left
kill "${jobs[@]}"
ctl g2 map unbind dev Tunnel0
ctl g2 policy flush > /dev/null
check "without maps the module goes" rmmod ipsecgw
expect "and the interface with it" "$(ns g2 ls /sys/class/net | grep -c Tunnel0)" 0
modprobe ipsecgw
