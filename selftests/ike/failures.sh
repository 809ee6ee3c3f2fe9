#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# Negotiations that fail: the record and the log line say why; nothing in clear.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

plan 19
ike_init
topology
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
tunnel_config g2 g21 172.16.0.1 "$net2" "$net1"

# one_ping: what is wanted is the attempt.
one_ping() { ns a ping -nqc 1 -W 1 10.2.0.2 > /dev/null; }
has_failure() {
	ike "$1" --json show crypto isakmp failures |
		jq -e --arg k "$2" 'any(.kind == $k)'
}

# --- no common policy
sed -i 's/^ group 5/ group 14/' "$work/g2.conf"
daemon g1
daemon g2

# debugs NAME NS TOPIC: the lines of "debug crypto", in a file of that name.
debugs() {
	IPSECGW_CONTROL=$(socket_of "$2") ip netns exec "$2-$$" "$ipsecctl" \
		debug crypto "$3" > "$work/$1" 2>&1 &
	_pids+=("$!")
	wait_for 30 grep -q 'debugging is on' "$work/$1"
}
debug_has() { grep -qF -- "$2" "$work/$1"; }

check "debugging is on" debugs isakmp g2 isakmp
check "of another kind, too" debugs ipsec g2 ipsec
expect "which can be seen" "$(ike g2 show debugging | grep -c 'debugging is on')" 2
ike g2 debug crypto condition peer ipv4 172.16.0.1
one_ping
check "no common policy: a record" wait_for 60 has_failure g2 NO_PROPOSAL_CHOSEN
expect "with what differs" "$(ike g2 --json show crypto isakmp failures |
	jq -r '.[0].attribute')" "group"
check "and a log line" log_has g2 NO_PROPOSAL_CHOSEN
check "and debug lines, at the terminal" wait_for 30 debug_has isakmp \
	"ISAKMP-ERROR: (0):Diffie-Hellman group offered does not match policy!"
check "and in the log" log_has g2 'ISAKMP-ERROR: \(0\):no offers accepted!'

# --- proxies that do not fit
sed -i 's/^ group 14/ group 5/; s/10\.1\.0\.0/10.7.0.0/' "$work/g2.conf"
check "configured anew" reload g2
ike g1 clear crypto session
one_ping
check "proxies: a record" wait_for 90 has_failure g2 INVALID_ID_INFORMATION
check "and a log line" log_has g2 INVALID_ID_INFORMATION
check "and debug lines" wait_for 30 debug_has ipsec \
	"IPSEC(ipsec_process_proposal): proxy identities not supported"

# --- another key
sed -i 's/10\.7\.0\.0/10.1.0.0/; s/secret-of-both/another-secret/' "$work/g2.conf"
check "configured anew" reload g2
ike g1 clear crypto session
lines=$(wc -l < "$work/g2.log")
one_ping
wrong_key() { tail -n +$((lines + 1)) "$work/g2.log" | grep -qE 'AUTHENTICATION_FAILED|PAYLOAD_MALFORMED'; }
check "another key: a log line" wait_for 90 wrong_key
check "and debug lines" wait_for 30 debug_has isakmp \
	"AUTHENTICATION_FAILED (pre-shared key or certificate mismatch)"
ike g2 undebug all > /dev/null
expect "and no line has a key" \
	"$(cat "$work/isakmp" "$work/ipsec" "$work/g2.log" | grep -c 'secret-of-both\|another-secret')" 0
expect "nothing came through" "$(ctl g2 sa list | grep -c '^sa dir out')" 0

# --- for support
expect "all parts of tech-support" \
	"$(ike g2 show tech-support ipsec 2> "$work/errors" | grep -c '^-----')" 14
expect "processes of the daemon" "$(ike g2 --json show processes memory |
	jq -c 'map(select(.resident_bytes > 0) | .role)')" \
	'["parent","engine","keys","control"]'
