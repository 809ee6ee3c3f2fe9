#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# Everything that changes while traffic goes through: never a packet in clear.
. "$(dirname "$0")/common.sh"

need nft conntrack
plan 23
need_module
watched_topology
tunnel

flood() {
	background a ping -nq -i 0.01 10.2.0.2
	flood=$!
	wait_for 20 passed 20
}

# verdict WHAT: traffic goes on, and nothing leaked.
verdict() {
	expect "$1: nothing in clear" "$(leaked)" 0
	protected > /dev/null
	_passed=0
	check "$1: traffic goes on" wait_for 20 passed 20
}
leaked > /dev/null
flood

for _ in $(seq 5); do
	ctl g1 policy flush map m staged > /dev/null
	ctl g1 policy add map m seq 20 index 1 permit ipv6 fd01::/64 fd02::/64 \
		staged > /dev/null
	ctl g1 policy add map m seq 10 index 1 permit ip 10.1.0.0/16 \
		10.2.0.0/16 peer 172.16.0.2 staged > /dev/null
	ctl g1 map commit m
done
verdict "the same rules again"

for i in $(seq 5); do
	ctl g1 policy add map m seq "$i" index 9 permit icmp 10.1.0.0/16 \
		host 10.2.0.9 > /dev/null
done
for i in $(seq 5); do
	ctl g1 policy delete map m seq "$i" index 9
done 2> /dev/null
verdict "rules that come and go"

ctl g1 policy add map n seq 10 index 1 permit ip 10.1.0.0/16 10.2.0.0/16 > /dev/null
for _ in $(seq 5); do
	ctl g1 map bind n dev g12
	ctl g1 map bind m dev g12
done
verdict "another map and back"

for i in $(seq 5); do
	ctl g1 sa delete dir out spi 1001 remote 172.16.0.2
	ctl g1 sa add dir out spi 1001 local 172.16.0.1 remote 172.16.0.2 mode \
		tunnel cipher aes-gcm key "$key" map m seq 10 index 1 seq \
		"$((i * 100000))" > /dev/null
done
verdict "the SA that comes and goes"

for _ in $(seq 5); do
	ns g1 nft -f - <<-END
		table inet t {
			chain behind {
				type filter hook postrouting priority 2147483647
				ct state new counter
			}
			chain before {
				type filter hook forward priority -5
				ct state established counter
			}
		}
	END
	ns g1 nft delete table inet t
done
verdict "netfilter rules that come and go"

ns g1 sysctl -qw net.ipv4.conf.g12.forwarding=0
ns g1 sysctl -qw net.ipv4.conf.g12.forwarding=1
ip_batch g1 <<-END
	link set g12 down
	link set g12 name new0
	link set new0 up
	route replace 10.2.0.0/16 via 172.16.0.2
END
verdict "the interface has another name"
expect_re "the map knows it" "$(ctl g1 map list)" "map m dev new0"

# First there: for ESP that no SA is for, g1 would tell g2 "port unreachable".
ctl g2 sa flush
ctl g1 sa flush
pause 0.5
protected > /dev/null
expect "no SA: nothing goes" "$(pause 1; protected)/$(leaked)" 0/0
tunnel_sa 10 3001
verdict "a new SA"

check_fails "the module stays" "in use" rmmod ipsecgw
verdict "an attempt to unload"
kill_wait $flood

ctl g1 map unbind dev new0
expect "unbound, it goes in clear" "$(pings a 10.2.0.9 3; leaked)" "0
3"
ctl g1 map bind m dev new0
pings a 10.2.0.9 3 > /dev/null
expect "bound again, it does not" "$(leaked)" 0
expect "and the tunnel lives" "$(pings a 10.2.0.2 3)" 3

# Out of the namespace and back: that is unbinding.
ip -n "$(nsname g1)" link set new0 netns "$(nsname x)"
expect "the interface moves away: no map there, no map here" \
	"$(ctl g1 map list | grep -c dev)$(ctl x map list | grep -c dev)" 00
