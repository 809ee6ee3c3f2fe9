#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=1800
# strongSwan as the peer, over the kernel's own XFRM: who begins, which
# algorithms, PFS, deletes from both sides.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

# ours ENCRYPTION HASH GROUP TRANSFORM [PFS]
ours() {
	config g1 <<-END
		crypto isakmp policy 10
		 encryption $1
		 hash $2
		 authentication pre-share
		 group $3
		crypto isakmp key secret-of-both address 172.16.0.2
		crypto ipsec transform-set TS $4
		crypto map M 10 ipsec-isakmp
		 set peer 172.16.0.2
		 set transform-set TS
		 match address 101
		 ${5:+set pfs $5}
		interface FastEthernet0/0
		 device g12
		 crypto map M
		access-list 101 permit ip $net1 $net2
	END
}

# theirs PROPOSAL ESP [LINE]
theirs() {
	swan_config g2 <<-END
		connections { gw {
		  version = 1
		  local_addrs = 172.16.0.2
		  remote_addrs = 172.16.0.1
		  proposals = $1
		  ${3:-}
		  local { auth = psk }
		  remote { auth = psk }
		  children { net {
		    local_ts = 10.2.0.0/16
		    remote_ts = 10.1.0.0/16
		    esp_proposals = $2
		  } }
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
	check "$name: we begin" wait_for 60 pings a 10.2.0.2 1
	check "$name: they know" wait_for 30 installed
	ike g1 clear crypto session
	check "$name: our delete" wait_for 60 cleared
	check "$name: they begin" swan g2 --initiate --child net --timeout 60
	check "$name: traffic" pings b 10.1.0.2
	swan g2 --terminate --ike gw > /dev/null 2>&1
	check "$name: their delete" wait_for 60 cleared
}

plan 30
ike_init
topology
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
