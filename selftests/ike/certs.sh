#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# RSA signatures, ours against ours: who gets in, who does not and why, and that
# new files come into force without touching tunnels.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/pki.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

plan 18
ike_init
pki_init
topology
authority root
authority far
certificate g1 root DNS:g1.test
certificate g2 root DNS:g2.test
certificate g2.old root DNS:g2.test 20200101000000Z 20210101000000Z
certificate g2.far far DNS:g2.test
crl root
cp "$pki/g2.pem" "$pki/g2.good"
pki_config g1 g12 172.16.0.2 "$net1" "$net2" "revocation-check crl"
sed -i "s|^ file ca.*|&\n file crl $pki/root.crl|" "$work/g1.conf"
pki_config g2 g21 172.16.0.1 "$net2" "$net1" "" "crypto isakmp identity dn"

# --- the key
chmod 644 "$pki/g1.key"
daemon g1
daemon g2
check "a private key that others may read is not used" \
	log_has g1 'trust point TP: .*g1\.key: others may read it'
chmod 600 "$pki/g1.key"
check "read again" reload g1

# --- up
check "the tunnel comes up" pings a 10.2.0.2
expect_re "by signatures" "$(ike g1 show crypto isakmp sa detail)" \
	'^1001 .* ACTIVE aes +sha +rsig +5 '
expect "the peer has a name of its certificate" \
	"$(ike g2 --json show crypto isakmp sa | jq -r '.[0].remote_id // empty')" \
	"g1.test"
expect "no private key in the log" \
	"$(cat "$work"/g[12].log | grep -c 'PRIVATE KEY')" 0

# --- new files
spi() { ctl "$1" sa list dir out | grep -o 'spi 0x[0-9a-f]*' | sort | xargs; }
before=$(spi g1)

# shown FILE: from now on that is the certificate of g2.
shown() { cp "$pki/$1" "$pki/g2.pem" && reload g2; }

# anew: what was up is cleared, traffic brings it up if it may.
anew() {
	ike g1 clear crypto session
	ns a ping -nqc 1 -W 1 10.2.0.2 > /dev/null
}

# refused NS KIND SENTENCE: a log line and a record.
refused() {
	anew
	check "a log line: $3" wait_for 90 log_has "$1" \
		"$2: phase 1 (to|from) 172\.16\.0\.[12] refused: $3"
	expect "and a record" "$(ike "$1" --json show crypto isakmp failures |
		jq -r 'last | .kind')" "$2"
}

check "an expired certificate is read" shown g2.old.pem
expect "the tunnel stays" "$(spi g1)" "${before:-an SA}"
refused g2 CERTIFICATE_UNAVAILABLE "our certificate has expired"
check "one of another authority is read" shown g2.far.pem
refused g1 INVALID_CERT_AUTHORITY "the certificate is of an unknown authority"
check "the good one is back" shown g2.good
ike g1 clear crypto session
check "and comes up" wait_for 60 pings a 10.2.0.2 1

# --- revoked
cp "$pki/g2.good" "$pki/g2.pem"
revoke g2 root
crl root
check "a new CRL is read" reload g1
refused g1 INVALID_CERTIFICATE "the certificate is revoked"
