#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
# AH with strongSwan over the kernel's own XFRM: who begins, hashes, both modes,
# a set with AH beside one with ESP, deletes from both sides.
. "$(dirname "$0")/common.sh"

# ours MODE ACL SET...: transform sets in this order
ours() {
	local mode=$1 acl=$2 n=0 sets='' names='' s

	shift 2
	for s; do
		n=$((n + 1))
		sets+="crypto ipsec transform-set TS$n $s
 mode $mode
"
		names+=" TS$n"
	done
	config g1 <<-END
		crypto isakmp policy 10
		 encryption aes
		 hash sha256
		 authentication pre-share
		 group 19
		crypto isakmp key secret-of-both address 172.16.0.2
		$sets
		crypto map M 10 ipsec-isakmp
		 set peer 172.16.0.2
		 set transform-set$names
		 match address 101
		interface FastEthernet0/0
		 device g12
		 crypto map M
		access-list 101 permit ip $acl
	END
}

# theirs PROPOSALS CHILD
theirs() {
	swan_config g2 <<-END
		connections { gw {
		  version = 1
		  local_addrs = 172.16.0.2
		  remote_addrs = 172.16.0.1
		  proposals = aes128-sha256-ecp256
		  local { auth = psk }
		  remote { auth = psk }
		  children {
		    net {
		      $2
		      $1
		    }
		  }
		} }
		secrets { ike-1 { secret = secret-of-both } }
	END
}

installed() { swan g2 --list-sas | grep -q INSTALLED; }
cleared() {
	[ "$(ctl g1 sa list | grep -c '^sa dir out')" -eq 0 ] &&
		! swan g2 --list-sas | grep -q ESTABLISHED
}

# both NAME HASH TRANSFORM: we begin, then they begin, with what was configured.
both() {
	local name=$1

	check "$name: we begin" wait_for 60 pings "${we[@]}" 1
	check "$name: they know" wait_for 30 installed
	expect "$name: AH in the kernel" "$(ctl g1 sa list | grep -v larval |
		sed -nE 's/^sa .* proto ah .*/ah/p; s/^ *integ ([a-z0-9-]*) .*/\1/p' |
		xargs)" "ah hmac-$2 ah hmac-$2"
	expect_re "$name: AH at theirs" "$(swan g2 --list-sas)" "AH:HMAC"
	expect "$name: shown" "$(ctl g1 show crypto ipsec sa |
		awk '/bound (esp|ah) sas:/ { list = $1 " " $2 }
		/^ *spi: 0x/ { print list } /transform: / { print $2 }' | xargs)" \
		"inbound ah $3 outbound ah $3"
	ike g1 clear crypto session
	check "$name: our delete" wait_for 60 cleared
	check "$name: they begin" swan g2 --initiate --child net --timeout 60
	check "$name: traffic" pings "${they[@]}"
	swan g2 --terminate --ike gw > /dev/null 2>&1
	check "$name: their delete" wait_for 60 cleared
	expect "$name: nothing is left in the kernel" \
		"$(ctl g1 sa list | grep -v larval | grep -c '^sa ')" 0
}

plan 22
ike_init
topology
swan_start g2
nets="10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255"
ends="host 172.16.0.1 host 172.16.0.2"
we=(a 10.2.0.2) they=(b 10.1.0.2)
ours tunnel "$nets" "esp-aes esp-sha-hmac" "ah-sha256-hmac"
daemon g1

theirs "ah_proposals = sha256" "local_ts = 10.2.0.0/16
	remote_ts = 10.1.0.0/16"
both "tunnel" sha256-128 ah-sha256-hmac

we=(g1 172.16.0.2) they=(g2 172.16.0.1)
ours transport "$ends" "ah-sha-hmac"
reload g1
theirs "ah_proposals = sha1" "mode = transport"
both "transport" sha1-96 ah-sha-hmac
# AH and ESP are two protocols: one is not taken for the other.
theirs "esp_proposals = aes128-sha1" "mode = transport"
check_fails "ESP is refused" "." swan g2 --initiate --child net --timeout 60
ours transport "$ends" "ah-sha-hmac" "esp-aes esp-sha-hmac"
reload g1
check "until it is there, too" swan g2 --initiate --child net --timeout 60
