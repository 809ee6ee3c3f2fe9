#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=1800
# RSA signatures with strongSwan: who begins, a chain, names and subjects, an
# unknown authority, a certificate that has expired.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/pki.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

# theirs CERTIFICATE OUR-IDENTITY
theirs() {
	cp "$pki/$1.pem" "$work/g2.swan/x509/g2.pem"
	swan_config g2 <<-END
		connections { gw {
		  version = 1
		  local_addrs = 172.16.0.2
		  remote_addrs = 172.16.0.1
		  proposals = aes128-sha1-modp1536
		  local {
		    auth = pubkey
		    certs = g2.pem
		  }
		  remote {
		    auth = pubkey
		    id = $2
		  }
		  children { net {
		    local_ts = 10.2.0.0/16
		    remote_ts = 10.1.0.0/16
		    esp_proposals = aes128-sha1
		  } }
		} }
	END
}

installed() { swan g2 --list-sas | grep -q INSTALLED; }
cleared() {
	[ "$(ctl g1 sa list | grep -c '^sa dir out')" -eq 0 ] &&
		! swan g2 --list-sas | grep -q ESTABLISHED
}

# both NAME: we begin, then they begin.
both() {
	check "$1: we begin" wait_for 60 pings a 10.2.0.2 1
	check "$1: they know" wait_for 30 installed
	ike g1 clear crypto session
	check "$1: our delete" wait_for 60 cleared
	check "$1: they begin" swan g2 --initiate --child net --timeout 60
	check "$1: traffic" pings b 10.1.0.2
	ike g1 clear crypto session
	wait_for 60 cleared
}

# refused KIND SENTENCE
# A peer that is being configured anew may not answer at first.
told() {
	ns a ping -nqc 1 -W 1 10.2.0.2 > /dev/null
	log_has g1 "$1: phase 1 to 172\.16\.0\.2 refused: $2"
}

refused() {
	check "a log line: $2" wait_for 90 told "$1" "$2"
	expect "and a record" "$(ike g1 --json show crypto isakmp failures |
		jq -r 'last | .kind')" "$1"
	ike g1 clear crypto session
	swan g2 --terminate --ike gw --force > /dev/null 2>&1
}

plan 12
ike_init
pki_init
topology
authority root
authority sub root
authority far
certificate g1 sub DNS:g1.test
cat "$pki/sub.pem" >> "$pki/g1.pem"
certificate g2 root DNS:g2.test
certificate g2.far far DNS:g2.test
certificate g2.old root DNS:g2.test 20200101000000Z 20210101000000Z
swan_start g2
mkdir -p "$work/g2.swan/"{x509,x509ca,private}
cp "$pki/root.pem" "$work/g2.swan/x509ca/"
cp "$pki/g2.key" "$work/g2.swan/private/"
pki_config g1 g12 172.16.0.2 "$net1" "$net2"
daemon g1

theirs g2 g1.test
both "names, a chain"
expect "nothing failed" \
	"$(ike g1 --json show crypto isakmp failures | jq length)" 0

pki_config g1 g12 172.16.0.2 "$net1" "$net2" "" "crypto isakmp identity dn"
check "configured anew" reload g1
theirs g2 '"O=Test, CN=g1"'
check "by our subject" wait_for 60 pings a 10.2.0.2 1
ike g1 clear crypto session
wait_for 60 cleared

theirs g2.far '"O=Test, CN=g1"'
refused INVALID_CERT_AUTHORITY "the certificate is of an unknown authority"
theirs g2.old '"O=Test, CN=g1"'
refused INVALID_CERTIFICATE "the certificate has expired"
