#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# Entries with fixed keys, entries of dynamic maps, reverse routes.
. "$(dirname "$0")/common.sh"
key=000102030405060708090a0b0c0d0e0f
hash=f0e0d0c0b0a09080706050403020100011223344
net1="10.1.0.0 0.0.0.255" net2="10.2.0.0 0.0.0.255"

need jq
plan 37
ike_init
# g1 knows one name; for others it asks a server that does not answer.
mkdir -p "/etc/netns/g1-$$"
defer rm -rf "/etc/netns/g1-$$"
echo "172.16.0.2 east.test" > "/etc/netns/g1-$$/hosts"
echo "nameserver 10.255.255.1" > "/etc/netns/g1-$$/resolv.conf"
topology

# manual NS DEV PEER IN OUT LOCAL-NET REMOTE-NET
manual() {
	cat <<-END
		no crypto isakmp enable
		crypto ipsec transform-set TS esp-aes esp-sha-hmac
		crypto map M 10 ipsec-manual
		 set peer $3
		 set transform-set TS
		 set session-key inbound esp $4 cipher $key authenticator $hash
		 set session-key outbound esp $5 cipher $key authenticator $hash
		 match address 101
		interface FastEthernet0/0
		 device $2
		 crypto map M
		access-list 101 permit ip $6 $7
	END
}
# SPI:number of each SA.
sas() {
	ctl "$1" sa list | sort |
		sed -nE 's/^sa dir .* spi (0x[0-9a-f]+) .* id ([0-9]+) .*/\1:\2/p' |
		sort | xargs
}
routes() { ns "$1" ip route show proto 73 | sed 's/ *$//' | xargs; }
no_sa() { [ -z "$(sas "$1")" ]; }
no_route() { [ -z "$(routes "$1")" ]; }
has_route() { [ "$(routes "$1")" = "$2" ]; }

# --- fixed keys
manual g1 g12 172.16.0.2 1001 1002 "$net1" "$net2" > "$work/g1.conf"
manual g2 g21 172.16.0.1 1002 1001 "$net2" "$net1" > "$work/g2.conf"
chmod 600 "$work"/*.conf
daemon g1
daemon g2
check "packets pass under fixed keys" pings a 10.2.0.2
expect_num "through the SAs" \
	"$(ctl g1 --json sa list | jq -s '[.. | .out_packets? // empty] | add')" \
	-ge 3
expect_re "keys are masked" "$(ike g1 show running-config)" \
	'set session-key inbound esp 1001 cipher <removed> authenticator <removed>'
expect "no key in the log" "$(log_of g1 | grep -ciE "$key|$hash")" 0
before=$(sas g1)
cat >> "$work/g1.conf" <<-END
	access-list 102 permit ip 10.9.0.0 0.0.255.255 10.8.0.0 0.0.255.255
	crypto map M 20 ipsec-manual
	 set peer 172.16.0.9
	 set transform-set TS
	 set session-key inbound esp 2001 cipher $key authenticator $hash
	 set session-key outbound esp 2002 cipher $key authenticator $hash
	 match address 102
END
check "another entry is configured" reload g1
expect_re "and has its SAs" "$(sas g1)" '0x7d1:[0-9]+ 0x7d2:'
expect "those of the first one stay" "$(sas g1 | grep -oF "$before")" \
	"${before:-an SA}"
sed -i 's/inbound esp 2001/inbound esp 2003/; /^ match address 101/d' \
	"$work/g1.conf"
check "one entry is changed, one is not complete any more" reload g1
expect "only the SAs of the former are there" \
	"$(sas g1 | grep -oE '0x[0-9a-f]+' | xargs)" "0x7d2 0x7d3"

# --- a dynamic map for an ISAKMP profile with its keyring, reverse routes
ns g1 ip route del 10.2.0.0/24
ns g2 ip route del 10.1.0.0/24
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
sed -i 's/set peer 172.16.0.2/set peer east.test/
	s/address 172.16.0.2/hostname east.test/' "$work/g1.conf"
cat >> "$work/g1.conf" <<-END
	crypto map M 10
	 reverse-route static
	crypto map M 20 ipsec-isakmp
	 set peer nobody.test
	 match address 102
	access-list 102 permit ip any 10.77.0.0 0.0.255.255
END
config g2 <<-END
	crypto isakmp policy 10
	 encryption aes
	 hash sha
	 authentication pre-share
	 group 5
	crypto isakmp key of-everybody address 0.0.0.0
	crypto keyring R
	 pre-shared-key address 172.16.0.0 255.255.255.0 key secret-of-both
	crypto isakmp profile P
	 keyring R
	 match identity address 172.16.0.1
	crypto ipsec transform-set TS esp-aes esp-sha-hmac
	access-list 110 deny ip host 10.2.0.7 any
	access-list 110 permit ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255
	crypto dynamic-map D 10
	 match address 110
	 set isakmp-profile P
	 set transform-set TS
	 reverse-route remote-peer
	 set reverse-route distance 7
	crypto map M 65000 ipsec-isakmp dynamic D
	interface FastEthernet0/0
	 device g21
	 crypto map M
END
check "both go over to ISAKMP" eval 'reload g1 && reload g2'
check "no SA with fixed keys is left" eval 'wait_for 20 no_sa g1 && no_sa g2'
check "a static reverse route is there without SAs, to a peer with a name" \
	wait_for 20 has_route g1 "10.2.0.0/24 via 172.16.0.2 dev g12 metric 1"
expect "another one is not" "$(routes g2)" ""
check "a name server that says nothing holds up nothing" \
	ike g1 show crypto isakmp sa
expect "nor is there an address" "$(ctl g1 --json policy list |
	jq -cs 'flatten[] | select(.seq == 20) | [.action, .peer]')" \
	'["protect",null]'
# The rules of g2, each as SEQ.INDEX and what it does.
rules() {
	ctl g2 --json policy list |
		jq -rs 'flatten[] | "\(.seq).\(.index) \(.action)"' | xargs
}
templates="4294901760.10 next 4294901760.20 discard"
expect "what nobody has negotiated is dropped, but for what is denied" \
	"$(rules)" "$templates"
check "traffic brings up the tunnel and its routes" pings a 10.2.0.2
two="10.1.0.0/24 via 172.16.0.1 dev g21 metric 7"
two+=" 172.16.0.1 via 172.16.0.1 dev g21 metric 7"
expect "to the network and the peer" "$(routes g2)" "$two"
expect "a temporary entry, with what is denied before it" "$(rules)" \
	"65536.1 next 65536.2 protect $templates"
expect_re "shown with the map" "$(ike g2 show crypto map | xargs)" \
	'Crypto Map M 65536 ipsec-isakmp Peer = 172\.16\.0\.1 ISAKMP Profile: P Extended IP access list access-list permit ip 10\.2\.0\.0 0\.0\.0\.255 10\.1\.0\.0 0\.0\.0\.255 dynamic \(created from dynamic map D/10\) Current peer: 172\.16\.0\.1 .*Transform sets=\{ TS, \}'
# --- a daemon that is killed leaves its entries to the next one
before=$(sas g2)
kill -9 "${daemon_pid[g2]}"
wait "${daemon_pid[g2]}" 2> /dev/null
daemon g2
expect "both rules of a temporary entry are taken over" "$(rules)" \
	"65536.1 next 65536.2 protect $templates"
expect "with the SAs" "$(sas g2)" "${before:-an SA}"

# --- proxies that are denied
cat >> "$work/g1.conf" <<-END
	access-list 103 permit ip 10.1.0.0 0.0.0.255 host 10.2.0.7
	crypto map M 5 ipsec-isakmp
	 set peer 172.16.0.2
	 set transform-set TS
	 match address 103
END
check "an entry for what the peer denies" reload g1
ns a ping -nqc 1 -W 1 10.2.0.7 > /dev/null
check "is refused for a line of its list" wait_for 20 log_has g2 \
	'INVALID_ID_INFORMATION: .*they: 10\.2\.0\.7.*we: line 10 of access list 110: deny ip host 10\.2\.0\.7 any'
expect "and nothing is there for it" "$(rules)" \
	"65536.1 next 65536.2 protect $templates"
sed -i '/^access-list 103/d' "$work/g1.conf"
check "without it" reload g1

check "clear crypto session" ike g1 clear crypto session
check "takes the routes away" wait_for 30 no_route g2
expect "and all of the temporary entry" "$(rules)" "$templates"
expect "the static one stays" "$(routes g1)" \
	"10.2.0.0/24 via 172.16.0.2 dev g12 metric 1"
check "traffic brings up all again" eval \
	'pings a 10.2.0.2 && wait_for 20 has_route g2 "$two"'
before=$(sas g1)
printf 'crypto map M 10\n no reverse-route\n' >> "$work/g1.conf"
check "reverse-route goes" eval 'reload g1 && no_route g1'
expect "without the tunnel" "$(sas g1)" "${before:-an SA}"
check "its ISAKMP SA is cleared" ike g1 clear crypto isakmp
check "which the log says" wait_for 20 log_has g1 \
	'CRYPTO-6-ISAKMP_MANUAL_DELETE: IKE SA manually deleted.*172.16.0.2'
expect "the tunnel itself stays" "$(sas g1)" "$before"

# --- another one that is killed
kill -9 "${daemon_pid[g2]}"
wait "${daemon_pid[g2]}" 2> "$work/killed"
has_route g2 "$two" || diag "the routes of g2 have gone with it"
: | config g2
: > "$work/g2.log"
daemon g2
check "one that does not want the routes any more finds them" \
	wait_for 20 no_route g2
