# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Two gateways with a crypto map, and a look at what goes over the cable.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

key=0x000102030405060708090a0b0c0d0e0f10111213

# tunnel_rules: what is between 10.1/16 and 10.2/16 and their IPv6 likes.
tunnel_rules() {
	ctl g1 -b - <<-END &&
		policy add map m seq 10 index 1 permit ip 10.1.0.0/16 10.2.0.0/16 peer 172.16.0.2
		policy add map m seq 20 index 1 permit ipv6 fd01::/64 fd02::/64 peer 172.16.0.2
	END
	ctl g2 -b - <<-END
		policy add map m seq 10 index 1 permit ip 10.2.0.0/16 10.1.0.0/16 peer 172.16.0.1
		policy add map m seq 20 index 1 permit ipv6 fd02::/64 fd01::/64 peer 172.16.0.1
	END
} > /dev/null

# tunnel_sa SEQ SPI: an SA in each direction for the rule with that number; nothing
# is sent before it can be received.
tunnel_sa() {
	local esp="mode tunnel cipher aes-gcm key $key map m seq $1 index 1"
	local at1="local 172.16.0.1 remote 172.16.0.2 $esp"
	local at2="local 172.16.0.2 remote 172.16.0.1 $esp"

	# shellcheck disable=SC2086
	ctl g2 sa add dir in spi "$2" $at2 &&
		ctl g1 -b - <<-END &&
			sa add dir in spi $(($2 + 1)) $at1
			sa add dir out spi $2 $at1
		END
		ctl g2 sa add dir out spi $(($2 + 1)) $at2
} > /dev/null

# bind_all: the map on both ends of the cable.
bind_all() {
	ctl g1 map bind m dev g12 && ctl g2 map bind m dev g21
}

# tunnel: all of it.
tunnel() {
	tunnel_rules && bind_all && tunnel_sa 10 1001 && tunnel_sa 20 2001 || {
		diag "the tunnel does not come up"
		exit 1
	}
}

# watched_topology: the standard one with a bridge x in the middle of the cable,
# where packets from g1 to g2 are counted: ESP, and everything else but what finds
# neighbours. Not in g2, which sees clear packets again after decryption.
watched_topology() {
	topology
	ns_add x
	ip -n "$(nsname g1)" link del g12
	veth g1 g12 x x1
	veth g2 g21 x x2
	ns x sysctl -qw net.ipv6.conf.all.disable_ipv6=1
	ip_batch x <<-END
		link add x0 type bridge
		link set x1 master x0
		link set x2 master x0
		link set x0 up
	END
	ip_batch g1 <<-END
		addr add 172.16.0.1/24 dev g12
		addr add fd00::1/64 dev g12 nodad
		route add 10.2.0.0/16 via 172.16.0.2
		route add fd02::/64 via fd00::2
	END
	ip_batch g2 <<-END
		addr add 172.16.0.2/24 dev g21
		addr add fd00::2/64 dev g21 nodad
		route add 10.1.0.0/16 via 172.16.0.1
		route add fd01::/64 via fd00::1
	END
	# Without any set, { ... }: those of Linux 6.1 complain of themselves where the
	# use of RCU is checked.
	ns x nft -f - <<-END || { diag "no counters"; exit 1; }
		table netdev watch {
			counter sealed { }
			counter clear { }
			chain c {
				type filter hook ingress device x1 priority 0
				ip protocol esp counter name sealed return
				ip6 nexthdr esp counter name sealed return
				meta protocol arp return
				icmpv6 type 130-136 return
				icmpv6 type 143 return
				meta protocol ip counter name clear
				meta protocol ip6 counter name clear
				meta protocol 8021q counter name clear
			}
		}
	END
	wait_for 10 ns a ping -nqc1 -W1 10.2.0.2 &&
		wait_for 10 ns a ping -nqc1 -W1 fd02::2 || {
		diag "no way from a to b"
		exit 1
	}
	leaked > /dev/null
}

# A counter of the watch, which begins anew; nft says what it was.
_watched() {
	[[ $(ns x nft reset counter netdev watch "$1") =~ packets\ ([0-9]+) ]]
	echo "${BASH_REMATCH[1]:-}"
}

# leaked, protected: how many of each since they were asked last.
leaked() { _watched clear; }
protected() { _watched sealed; }

# stat NS NAME: a counter of the namespace.
stat() {
	local line n=0

	while read -ra line; do
		[ "${line[*]: -2:1}" != "$2" ] || n=${line[-1]}
	done < <(ctl "$1" stats)
	echo "$n"
}

# pings FROM TO N: how many of N come back. Fast, and none is waited for long.
pings() {
	[[ $(ns "$1" ping -nq -i 0.01 -c "$3" -W 1 "$2") =~ \ ([0-9]+)\ received ]]
	echo "${BASH_REMATCH[1]:-}"
}
