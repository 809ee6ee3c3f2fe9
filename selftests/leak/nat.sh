#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=240
# Address translation comes first: rules see what would go over the cable.
. "$(dirname "$0")/common.sh"

need nft conntrack
plan 16
need_module
watched_topology

# Behind the translation all of a's network is one address.
ctl g1 policy add map m seq 10 index 1 permit ip host 172.16.0.1 10.2.0.0/16 > /dev/null
ctl g2 policy add map m seq 10 index 1 permit ip 10.2.0.0/16 host 172.16.0.1 > /dev/null
bind_all
expect "without translation no rule is about it" "$(pings a 10.2.0.2 3)/$(leaked)" 3/3
nat() {
	ns g1 nft -f - <<-END
		table ip nat {
			chain post {
				type nat hook postrouting priority 100
				oifname "g12" ip saddr 10.1.0.0/16 $1
			}
		}
	END
	ns g1 conntrack -F 2> /dev/null
}
for how in masquerade "snat to 172.16.0.1"; do
	nat "$how"
	ctl g1 sa flush
	ctl g2 sa flush
	expect "$how: held, no SA" "$(pings a 10.2.0.2 2)/$(leaked)" 0/0
	tunnel_sa 10 1001
	wait_for 10 eval '[ $(stat g1 pending) -eq 0 ]'
	expect "$how: through the tunnel and back" "$(pings a 10.2.0.2 5)/$(leaked)" 5/0
	expect_re "$how: the connection is known" "$(ns g1 conntrack -L -p icmp 2> /dev/null)" \
		"src=10.1.0.2 dst=10.2.0.2 .*src=10.2.0.2 dst=172.16.0.1"
	ns b timeout 20 socat -u TCP-LISTEN:5001,reuseaddr OPEN:/dev/null &
	wait_for 10 eval 'ns b ss -ltn | grep -q 5001'
	check "$how: a TCP transfer" ns a timeout 20 bash -c \
		'head -c 200000 /dev/zero > /dev/tcp/10.2.0.2/5001'
	wait $!
	expect "$how: not in clear" "$(leaked)" 0
	ns g1 nft delete table ip nat
done
ctl g1 sa flush
ctl g2 sa flush
ctl g1 policy flush
ctl g2 policy flush
ns g1 conntrack -F 2> /dev/null

# The destination is translated on the way in.
tunnel
ns g1 nft -f - <<-END
	table ip nat {
		chain pre {
			type nat hook prerouting priority -100
			iifname "g1a" ip daddr 10.3.0.2 dnat to 10.2.0.2
		}
	}
END
expect "dnat: through the tunnel and back" "$(pings a 10.3.0.2 5)/$(leaked)" 5/0
expect_re "dnat: the connection is known" "$(ns g1 conntrack -L -p icmp 2> /dev/null)" \
	"src=10.1.0.2 dst=10.3.0.2 .*src=10.2.0.2 dst=10.1.0.2"

# The translation of a connection comes and goes under load.
background a ping -nq -i 0.01 10.2.0.2
flood=$!
for _ in $(seq 4); do
	nat masquerade
	ns g1 nft delete table ip nat
	ns g1 conntrack -F 2> /dev/null
done
kill_wait $flood
expect_num "a translation that no rule knows: in clear" "$(leaked)" -gt 0
ctl g1 policy add map m seq 30 index 1 discard ip host 172.16.0.1 10.0.0.0/8 > /dev/null
leaked > /dev/null
background a ping -nq -i 0.01 10.2.0.2
flood=$!
for _ in $(seq 4); do
	nat masquerade
	ns g1 nft delete table ip nat
	ns g1 conntrack -F 2> /dev/null
done
kill_wait $flood
expect "one that a rule discards: never" "$(leaked)" 0
expect "and then it is as before" "$(pings a 10.2.0.2 3)" 3
