#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# VRFs: peers with one address in two front-door VRFs, one front door of two inside
# VRFs; what is inside has the same addresses everywhere.
#
#   ar 10.1.0.2 -- VRF red  -- 172.16.0.1 ------ 172.16.0.2 -- pr 10.2.0.2
#             \           g: VRF web 172.17.1.1 - 172.17.1.2 -/    10.3.0.2
#   ab 10.1.0.2 -- VRF blue -- 172.16.0.1 ------ 172.16.0.2 -- pb 10.2.0.2
#             \           g: VRF web 172.17.2.1 - 172.17.2.2 -/    10.3.0.2
. "$(dirname "$0")/common.sh"

plan 32
ike_init
ns_add ar ab g pr pb
veth ar a0 g gar
veth ab a0 g gab
veth g gr pr p0
veth g gb pb p0
veth g gw1 pr p1
veth g gw2 pb p1
for n in ar ab; do
	ip_batch $n <<-END
		addr add 10.1.0.2/24 dev a0
		route add default via 10.1.0.1
	END
done
vrf() {
	ip_batch g <<-END
		link add $1 type vrf table $2
		link set $1 up
		$(printf "link set %s master $1\n" "${@:3}")
	END
}
vrf red 10 gar gr
vrf blue 20 gab gb
vrf web 30 gw1 gw2
ip_batch g <<-END
	addr add 10.1.0.1/24 dev gar
	addr add 10.1.0.1/24 dev gab
	addr add 172.16.0.1/24 dev gr
	addr add 172.16.0.1/24 dev gb
	addr add 172.17.1.1/24 dev gw1
	addr add 172.17.2.1/24 dev gw2
	route add vrf red 10.2.0.0/16 via 172.16.0.2
	route add vrf blue 10.2.0.0/16 via 172.16.0.2
END
peer_net() {
	ip_batch "$1" <<-END
		addr add 172.16.0.2/24 dev p0
		addr add 172.17.$2.2/24 dev p1
		addr add 10.2.0.2/32 dev lo
		addr add 10.3.0.2/32 dev lo
		route add 10.1.0.0/16 via 172.16.0.1 src 10.2.0.2
	END
	# Answers leave by the cable of their tunnel.
	ip_batch "$1" <<-END
		route add 10.1.0.0/16 via 172.17.$2.1 table 3
		rule add from 10.3.0.2 table 3
	END
}
peer_net pr 1
peer_net pb 2

# What leaves the gateway by its front doors in clear.
ns g nft -f - <<-END
	table netdev watch {
		counter clear { }
		chain c {
			type filter hook egress devices = { gr, gb, gw1, gw2 } priority 0
			ip saddr 10.0.0.0/8 counter name clear
			ip daddr 10.0.0.0/8 counter name clear
		}
	}
END
leaked() {
	[[ $(ns g nft reset counter netdev watch clear) =~ packets\ ([0-9]+) ]]
	echo "${BASH_REMATCH[1]:-}"
}

proposals="crypto isakmp policy 10
 encryption aes
 hash sha
 authentication pre-share
 group 5
crypto ipsec transform-set TS esp-aes esp-sha-hmac"
# map NAME PEER ACL
map() {
	cat <<-END
		crypto map $1 10 ipsec-isakmp
		 set peer $2
		 set transform-set TS
		 match address $3
	END
}
config g <<-END
	$proposals
	crypto isakmp keepalive 600
	crypto isakmp peer address 172.16.0.2 vrf blue
	 description the blue one
	crypto keyring KR vrf red
	 pre-shared-key address 172.16.0.2 key secret-of-red
	crypto keyring KB vrf blue
	 pre-shared-key address 172.16.0.2 key secret-of-blue
	crypto keyring KW vrf web
	 pre-shared-key address 172.17.0.0 255.255.0.0 key secret-of-web
	crypto isakmp profile PA
	 vrf red
	 keyring KW
	 match identity address 172.17.1.2 255.255.255.255 web
	crypto isakmp profile PB
	 vrf blue
	 keyring KW
	 match identity address 172.17.2.2 255.255.255.255 web
	$(map R 172.16.0.2 101)
	$(map B 172.16.0.2 101)
	$(map W 172.17.1.2 103)
	 set isakmp-profile PA
	 reverse-route static
	crypto map W 20 ipsec-isakmp
	 set peer 172.17.2.2
	 set transform-set TS
	 set isakmp-profile PB
	 match address 103
	 reverse-route static
	interface FastEthernet0/0
	 device gr
	 vrf forwarding red
	 crypto map R
	interface FastEthernet0/1
	 device gb
	 ip vrf forwarding blue
	 crypto map B
	interface FastEthernet1/0
	 device gw1
	 crypto map W
	interface FastEthernet1/1
	 device gw2
	 crypto map W
	access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
	access-list 103 permit ip 10.1.0.0 0.0.255.255 10.3.0.0 0.0.255.255
END
# peer NS SECRET NET
peer() {
	config "$1" <<-END
		$proposals
		crypto isakmp key $2 address 172.16.0.1
		crypto isakmp key secret-of-web address 172.17.$3.1
		$(map R 172.16.0.1 101)
		$(map W 172.17.$3.1 103)
		interface FastEthernet0/0
		 device p0
		 crypto map R
		interface FastEthernet0/1
		 device p1
		 crypto map W
		access-list 101 permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255
		access-list 103 permit ip 10.3.0.0 0.0.255.255 10.1.0.0 0.0.255.255
	END
}
peer pr secret-of-red 1
peer pb secret-of-blue 2
daemon g
daemon pr
daemon pb

# from NS MAP: packets that its tunnel has carried to it.
from() {
	ctl "$1" --json policy list | jq "[.[] | select(.map == \"$2\") | .stats.in_packets] | add"
}
ok_ping() { ns "$1" ping -nqc "$3" -i 0.2 -W 20 "$2"; }

# --- front doors
check "a tunnel in VRF red" ok_ping ar 10.2.0.2 3
expect "nothing in VRF blue yet" "$(from pb R)" 0
check "a tunnel in VRF blue" ok_ping ab 10.2.0.2 2
expect "each peer got its own packets" "$(from pr R) $(from pb R)" "3 2"
check "the peer's address, in VRF blue, from there" ns pb ping -nqc 2 -I 10.2.0.2 -W 20 10.1.0.2
expect_re "their SAs know the VRF" "$(ctl g sa list dir in)" 'fvrf red$'

# --- inside VRFs
check "red through the web" ok_ping ar 10.3.0.2 2
check "blue through the web" ok_ping ab 10.3.0.2 4
expect "each peer got its own packets" "$(from pr W) $(from pb W)" "2 4"
expect_re "a reverse route of VRF red" "$(ip -n "$(nsname g)" route show vrf red)" \
	'^10\.3\.0\.0/16 via 172\.17\.1\.2 dev gw1'
# The wire of the other one: neither its tunnel nor clear text.
ip_batch g <<< "route add vrf red 10.3.9.0/24 via 172.17.9.9 dev gw2 onlink"
ns g ip neigh replace 172.17.9.9 lladdr 02:00:00:00:00:09 dev gw2
ns ar ping -nqc 2 -i 0.2 -W 1 10.3.9.9 > /dev/null
expect "red's packet on the wire of blue is red's" "$(from pr W) $(from pb W)" "4 4"
# From a VRF that no rule is for.
ip_batch g <<-END
	link add green type vrf table 40
	link set green up
	addr add 10.1.0.9/32 dev green
	route add vrf green 10.3.0.0/16 via 172.17.1.2 dev gw1 onlink
END
ns g ip vrf exec green ping -nqc 2 -i 0.2 -W 1 -I 10.1.0.9 10.3.0.2 > /dev/null 2>&1
expect "a third VRF's packets do not go" "$(from pr W) $(from pb W)" "4 4"
expect "nothing in clear" "$(leaked)" 0

# --- views
expect "ISAKMP SAs by VRF" \
	"$(ike g --json show crypto isakmp sa | jq -r 'sort_by(.fvrf, .ivrf)[] | .fvrf + "/" + .ivrf' | uniq | xargs)" \
	"blue/blue red/red web/blue web/red"
expect "of one VRF only" "$(ike g --json show crypto isakmp sa vrf blue | jq -r '[.[].fvrf] | unique | join(" ")')" blue
expect_re "the I-VRF of the detail" "$(ike g show crypto isakmp sa vrf web detail)" \
	'^[0-9]+ +172\.17\.1\.1 +172\.17\.1\.2 +red +ACTIVE aes '
expect "sessions" \
	"$(ike g show crypto session detail | grep '^Peer:' | sort -u | xargs)" \
	"Peer: 172.16.0.2 port 500 fvrf: blue ivrf: blue Peer: 172.16.0.2 port 500 fvrf: red ivrf: red Peer: 172.17.1.2 port 500 fvrf: web ivrf: red Peer: 172.17.2.2 port 500 fvrf: web ivrf: blue"
expect "sessions of an inside VRF" \
	"$(ike g --json show crypto session ivrf red | jq -r '[.[].fvrf] | unique | join(" ")')" "red web"
expect_re "a peer's description is that of its VRF" \
	"$(ike g show crypto session fvrf blue detail)" 'Desc: the blue one'
expect "and not of the other" "$(ike g show crypto session fvrf red detail | grep -c Desc)" 0
expect "IPsec SAs of an inside VRF" \
	"$(ike g show crypto ipsec sa vrf red detail | grep 'protected vrf\|interface:' | xargs)" \
	"interface: gr protected vrf: red interface: gw1 protected vrf: red interface: gw2 protected vrf: red"
expect "counted" "$(ike g show crypto ipsec sa count vrf blue | grep -o 'total: [0-9]*')" "total: 4"
expect_re "by address" "$(ike g show crypto ipsec sa address)" '^fvrf/address: blue/172\.16\.0\.2$'
expect "the MIB by VRF" \
	"$(ike g show crypto mib isakmp flowmib tunnel | grep -c '^vrf \(blue\|red\|web\|Global\)$')" 4
expect_re "logged" "$(ike g show logging)" \
	'SESSION_STATUS: Crypto tunnel is UP\. Peer 172\.17\.1\.2:500 fvrf=web ivrf=red Id: 172\.17\.1\.2$'

# --- clear
fvrfs() { ike g --json show crypto isakmp sa | jq -r '[.[] | select(.state == "QM_IDLE") | .fvrf] | unique | join(" ")'; }
check "clear by front-door VRF" ike g clear crypto session fvrf blue
expect "the others stay" "$(fvrfs)" "red web"
expect "all of theirs" "$(ike g show crypto ipsec sa count vrf red | grep -o 'total: [0-9]*')" "total: 4"

# --- an interface that goes into another VRF while all runs
ip_batch g <<-END
	link add moved type vrf table 50
	link set moved up
	link set gr master moved
	link set gar master moved
	route add vrf moved 10.2.0.0/16 via 172.16.0.2
END
sed -i 's/vrf red$/vrf moved/' "$work/g.conf"
reload g
check "a tunnel in the new VRF" ok_ping ar 10.2.0.2 2
expect "and only there" "$(fvrfs)" "moved web"
expect "nothing in clear" "$(leaked)" 0
daemon_stop g
expect "a stop ends it well" $? 0
