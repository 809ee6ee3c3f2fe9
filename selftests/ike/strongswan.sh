#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=1800
# strongSwan as the peer, over the kernel's own XFRM: who begins, which
# algorithms and modes, PFS, fragments, several flows, deletes from both sides.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

# What a case has on top of the defaults; each begins with none of it.
plain() {
	more='' mode='' acl="access-list 101 permit ip $net1 $net2"
	line='' child="local_ts = 10.2.0.0/16
		    remote_ts = 10.1.0.0/16"
	children=''
	we=(a 10.2.0.2) they=(b 10.1.0.2)
}

# ours ENCRYPTION HASH GROUP TRANSFORM [PFS]
ours() {
	config g1 <<-END
		crypto isakmp policy 10
		 encryption $1
		 hash $2
		 authentication pre-share
		 group $3
		crypto isakmp key secret-of-both address 172.16.0.2
		$more
		crypto ipsec transform-set TS $4
		 $mode
		crypto map M 10 ipsec-isakmp
		 set peer 172.16.0.2
		 set transform-set TS
		 match address 101
		 ${5:+set pfs $5}
		interface FastEthernet0/0
		 device g12
		 crypto map M
		$acl
	END
}

# theirs PROPOSAL ESP
theirs() {
	swan_config g2 <<-END
		connections { gw {
		  version = 1
		  local_addrs = 172.16.0.2
		  remote_addrs = 172.16.0.1
		  proposals = $1
		  $line
		  local { auth = psk }
		  remote { auth = psk }
		  children {
		    net {
		      $child
		      esp_proposals = $2
		    }
		    $children
		  }
		} }
		secrets { ike-1 { secret = secret-of-both } }
	END
}

installed() { swan g2 --list-sas | grep -q INSTALLED; }
nothing_left() { ! swan g2 --list-sas | grep -q ESTABLISHED; }
no_out() { [ "$(ctl g1 sa list | grep -c '^sa dir out')" -eq 0 ]; }
cleared() { no_out && nothing_left; }

# both NAME: we begin, then they begin, with what was configured.
both() {
	local name=$1

	# Their SAs come with our last message; a packet that is faster is lost.
	check "$name: we begin" wait_for 60 pings "${we[@]}" 1
	check "$name: they know" wait_for 30 installed
	ike g1 clear crypto session
	check "$name: our delete" wait_for 60 cleared
	check "$name: they begin" swan g2 --initiate --child net --timeout 60
	check "$name: traffic" pings "${they[@]}"
	swan g2 --terminate --ike gw > /dev/null 2>&1
	check "$name: their delete" wait_for 60 cleared
}

plan 65
ike_init
topology
plain
swan_start g2
ours aes sha 5 "esp-aes esp-sha-hmac"
daemon g1

theirs aes128-sha1-modp1536 aes128-sha1
both "aes sha group 5"

ours 3des sha 2 "esp-3des esp-sha-hmac"
reload g1
theirs 3des-sha1-modp1024 3des-sha1
both "3des sha group 2"

ours "aes 256" sha256 14 "esp-aes 256 esp-sha256-hmac"
reload g1
theirs aes256-sha256-modp2048 aes256-sha256
both "aes 256 sha256 group 14"

ours aes sha256 19 "esp-gcm 128"
reload g1
theirs aes128-sha256-ecp256 aes128gcm16
both "aes sha256 group 19, gcm"

ours aes sha 5 "esp-aes esp-sha-hmac" group5
reload g1
theirs aes128-sha1-modp1536 aes128-sha1-modp1536
both "pfs"

# --- modes

# The log of theirs since the last time that this was called.
log_at=0
new_log() {
	tail -n +$((log_at + 1)) "$work/g2.log"
	log_at=$(wc -l < "$work/g2.log")
}
new_log > "$work/old"

more="crypto isakmp peer address 172.16.0.2
 set aggressive-mode client-endpoint ipv4-address 172.16.0.1
 set aggressive-mode password secret-of-both"
line="aggressive = yes"
ours aes sha 5 "esp-aes esp-sha-hmac"
reload g1
theirs aes128-sha1-modp1536 aes128-sha1
both "aggressive"
new_log > "$work/aggressive"
expect "aggressive: begun by us and by them, no main mode" \
	"$(grep -oE '(parsed|generating) AGGRESSIVE request 0 \[ SA|ID_PROT' \
		"$work/aggressive" | cut -d' ' -f1 | sort -u | xargs)" \
	"generating parsed"

plain
mode="mode transport"
acl="access-list 101 permit ip host 172.16.0.1 host 172.16.0.2"
child="mode = transport"
we=(g1 172.16.0.2) they=(g2 172.16.0.1)
ours aes sha256 24 "esp-aes esp-sha-hmac"
reload g1
theirs aes128-sha256-modp2048s256 aes128-sha1
both "transport, group 24"

# A tunnel of another kind between the gateways; their networks through it.
ip_batch g1 <<-END
	link add gre1 type gre local 172.16.0.1 remote 172.16.0.2
	addr add 10.9.0.1/30 dev gre1
	link set gre1 up
	route replace 10.2.0.0/24 dev gre1
END
ip_batch g2 <<-END
	link add gre2 type gre local 172.16.0.2 remote 172.16.0.1
	addr add 10.9.0.2/30 dev gre2
	link set gre2 up
	route replace 10.1.0.0/24 dev gre2
END
acl="access-list 101 permit gre host 172.16.0.1 host 172.16.0.2"
child="mode = transport
	local_ts = dynamic[gre]
	remote_ts = dynamic[gre]"
we=(a 10.2.0.2) they=(b 10.1.0.2)
ours aes sha 5 "esp-aes esp-sha-hmac"
reload g1
theirs aes128-sha1-modp1536 aes128-sha1
check "gre: they begin" swan g2 --initiate --child net --timeout 60
check "gre: traffic of the networks" pings "${they[@]}"
expect_re "gre: in transport mode" "$(swan g2 --list-sas)" \
	'INSTALLED, TRANSPORT, ESP'
expect_num "gre: our pair carries it" "$(ctl g1 sa list dir out |
	sed -n 's/^ *packets \([0-9]*\) .*/\1/p')" -ge 3
swan g2 --terminate --ike gw > /dev/null 2>&1
check "gre: their delete" wait_for 60 cleared
check "gre: we begin" wait_for 60 pings "${we[@]}" 1
ike g1 clear crypto session
check "gre: our delete" wait_for 60 cleared
ns g1 ip link del gre1
ns g2 ip link del gre2
ns g1 ip route replace 10.2.0.0/24 via 172.16.0.2
ns g2 ip route replace 10.1.0.0/24 via 172.16.0.1

# --- messages in fragments (group 16: more than 576 octets)
plain
more="crypto isakmp fragmentation"
ours aes sha 16 "esp-aes esp-sha-hmac"
reload g1
theirs aes128-sha1-modp4096 aes128-sha1
new_log > "$work/old"
both "fragments"
new_log > "$work/fragments"
expect_re "fragments: of theirs" "$(cat "$work/fragments")" \
	'splitting IKE message .* into [2-9] fragments'
expect_re "fragments: of ours" "$(cat "$work/fragments")" \
	'received fragment #2, reassembled fragmented IKE message'

# --- several flows with one peer
ip_batch a <<< "addr add 10.11.0.2/24 dev a0"
ip_batch b <<< "addr add 10.12.0.2/24 dev b0"
ip_batch g1 <<-END
	addr add 10.11.0.1/24 dev g1a
	route add 10.12.0.0/24 via 172.16.0.2
END
ip_batch g2 <<-END
	addr add 10.12.0.1/24 dev g2b
	route add 10.11.0.0/24 via 172.16.0.1
END
plain
acl="$acl
access-list 101 permit ip 10.11.0.0 0.0.0.255 10.12.0.0 0.0.0.255
access-list 101 permit icmp $net1 10.12.0.0 0.0.0.255"
children="two {
	  local_ts = 10.12.0.0/24
	  remote_ts = 10.11.0.0/24
	  esp_proposals = aes128-sha1
	}
	three {
	  local_ts = 10.12.0.0/24[icmp]
	  remote_ts = 10.1.0.0/16[icmp]
	  esp_proposals = aes128-sha1
	}"
ours aes sha 5 "esp-aes esp-sha-hmac"
reload g1
theirs aes128-sha1-modp1536 aes128-sha1
# each NS FROM TO FROM TO ...: a ping on each flow.
each() {
	local n=$1

	shift
	while [ $# -gt 0 ]; do
		wait_for 60 ns "$n" ping -nqc1 -W 10 -I "$1" "$2" || return 1
		shift 2
	done
}
pairs() {
	[ "$(ctl g1 sa list | grep -c '^sa dir out')" -eq "$1" ] &&
		[ "$(swan g2 --list-sas | grep -c INSTALLED)" -eq "$1" ]
}
ours_to=(10.1.0.2 10.2.0.2 10.11.0.2 10.12.0.2 10.1.0.2 10.12.0.2)
theirs_to=(10.2.0.2 10.1.0.2 10.12.0.2 10.11.0.2 10.12.0.2 10.1.0.2)
check "flows: we begin" each a "${ours_to[@]}"
check "flows: a pair for each" wait_for 30 pairs 3
expect "flows: one ISAKMP SA" "$(swan g2 --list-sas | grep -c ESTABLISHED)" 1
swan g2 --terminate --child two > /dev/null 2>&1
check "flows: they delete one" wait_for 30 pairs 2
check "flows: they begin it again" swan g2 --initiate --child two --timeout 60
check "flows: traffic of all" each b "${theirs_to[@]}"
check "flows: still a pair for each" wait_for 30 pairs 3
