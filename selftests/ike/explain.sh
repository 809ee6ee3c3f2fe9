#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# What usually goes wrong with a tunnel, provoked against strongSwan: "explain", the
# table of failures, the session and the log each say so.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

# theirs PROPOSAL ESP LOCAL-NET KEY
theirs() {
	swan_config g2 <<-END
		connections { gw {
		  version = 1
		  local_addrs = 172.16.0.2
		  remote_addrs = 172.16.0.1
		  proposals = $1
		  local { auth = psk }
		  remote { auth = psk }
		  children {
		    net {
		      local_ts = $3
		      remote_ts = 10.1.0.0/16
		      esp_proposals = $2
		    }
		  }
		} }
		secrets { ike-1 { secret = $4 } }
	END
}

# begin: they do; what becomes of it is seen by asking.
begin() {
	swan g2 --initiate --child net --timeout 10 > "$work/initiate" 2>&1 &
	_pids+=("$!")
}

# explain WORD...: the codes, in order, in "$codes"; the exit status.
explain() {
	local rc

	ike g1 --json explain "$@" > "$work/findings"
	rc=$?
	codes=$(jq -r '.[].code' "$work/findings" | tr '\n' ' ')
	return $rc
}

# finds NAME CODE: explain says it, and that something is wrong.
finds() {
	local name=$1 code=$2

	explain 172.16.0.2
	expect "$name: the exit status" $? 1
	expect_re "$name: explain" "$codes" "(^| )$code "
}

# says CODE: explain says it.
says() {
	explain 172.16.0.2
	[[ " $codes" == *" $1 "* ]]
}

# clean: no SA is left at either end.
gone() {
	[ "$(ctl g1 sa list | grep -c '^sa dir out')" -eq 0 ] &&
		! swan g2 --list-sas | grep -q ESTABLISHED
}
clean() {
	ike g1 clear crypto session
	swan g2 --terminate --ike gw --force --timeout 1 > /dev/null 2>&1
	wait_for 30 gone || diag "SAs are left"
}

fine="aes128-sha1-modp1536 aes128-sha1 10.2.0.0/16 secret-of-both"
plan 38
ike_init
topology
swan_start g2
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
daemon g1

# --- nothing is wrong
# shellcheck disable=SC2086 # words
theirs $fine
begin
check "they begin" wait_for 60 says phase2-up
check "traffic" wait_for 30 pings a 10.2.0.2 1
explain 172.16.0.2
expect "nothing wrong: the exit status" $? 0
expect_re "nothing wrong: explain" "$codes" \
	"^map-entry peer-route phase1-up phase2-up both-ways lifetime .*flow-route $"
explain 10.1.0.2 10.2.0.2 icmp
expect "nothing wrong with a flow" $? 0
check "the metrics are well-formed" \
	sh -c "IPSECGW_CONTROL=$(socket_of g1) ip netns exec g1-$$ $ipsecctl metrics | $selftests/cli/lib/prometheus.py"
expect_re "and know the session" "$(ike g1 metrics)" \
	'ipsecgw_session_up\{interface="g12",local="172.16.0.1",remote="172.16.0.2",remote_port="500"\} 1'
explain 10.1.0.2 10.77.0.1
expect_re "packets of no entry" "$codes" "flow-unmatched "

# --- one side of the counters only: the way back is lost behind the peer
clean
begin
wait_for 60 says phase2-up
ip -n "$(nsname g2)" route replace blackhole 10.1.0.0/24
ns a ping -nqc 6 -i 0.2 -W 1 10.2.0.2 > /dev/null
finds "one way only" encaps-only
expect_re "one way only: the view" "$(ike g1 show crypto ipsec sa | tr '\n' ' ')" \
	"#pkts encaps: 7, .*#pkts decaps: 1, "
ip -n "$(nsname g2)" route replace 10.1.0.0/24 via 172.16.0.1

# --- no route into the tunnel, none to the peer
ip -n "$(nsname g1)" route del 10.2.0.0/24
explain 10.1.0.2 10.2.0.2
expect_re "no route into the tunnel" "$codes" "flow-no-route "
ip -n "$(nsname g1)" route add 10.2.0.0/24 via 172.16.0.2
ip -n "$(nsname g1)" route add unreachable 172.16.0.2
finds "no route to the peer" peer-no-route
ip -n "$(nsname g1)" route del unreachable 172.16.0.2

# fails NAME CODE KIND [STATUS]: begun by them, with what was configured last.
fails() {
	begin
	check "$1: explain" wait_for 60 says "$2"
	check_fails "$1: the exit status" "" ike g1 explain 172.16.0.2
	expect_re "$1: a record" "$(ike g1 show crypto isakmp failures)" "$3"
	check "$1: a log line" log_has g1 "$3: phase"
	expect_re "$1: the session" "$(ike g1 show crypto session)" \
		"Session status: ${4:-DOWN}"
}

# --- transform sets, proxies: phase 1 works
clean
theirs aes128-sha1-modp1536 aes256-sha256 10.2.0.0/16 secret-of-both
fails "transform sets" phase2-no-proposal NO_PROPOSAL_CHOSEN UP-IDLE
expect_re "transform sets: what differs" \
	"$(jq -r '.[] | select(.code == "difference") | .text' "$work/findings")" \
	"They have: esp-aes 256 .*We have: esp-aes .*First difference: "
clean
theirs aes128-sha1-modp1536 aes128-sha1 10.9.0.0/16 secret-of-both
fails "proxies" phase2-proxies INVALID_ID_INFORMATION UP-IDLE

# --- the pre-shared key
clean
theirs aes128-sha1-modp1536 aes128-sha1 10.2.0.0/16 another-secret
fails "the key" phase1-authentication AUTHENTICATION_FAILED 'DOWN'

# --- policies
clean
theirs aes128-sha1-modp2048 aes128-sha1 10.2.0.0/16 secret-of-both
differs() {
	ike g1 --json explain 172.16.0.2 |
		jq -e 'any(.code == "difference" and (.text | endswith("First difference: group.")))'
}
fails "policies" phase1-no-proposal NO_PROPOSAL_CHOSEN
check "policies: what differs" differs

# --- a peer that says nothing, then one that is not there
clean
for pid in $(ip netns pids "g2-$$"); do
	kill "$pid"
done
ns a ping -nqc 1 -W 1 10.2.0.2 > /dev/null
silent() {
	ike g1 --json explain 172.16.0.2 |
		jq -e 'any(.code == "phase1-negotiating" and (.text | contains("MM_NO_STATE")))'
}
check "the peer is silent" wait_for 30 silent
ip -n "$(nsname g2)" link set g21 down
check "the peer is gone: the next hop" wait_for 60 says neighbour-failed
