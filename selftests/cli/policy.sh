#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every "policy" and "map" command against the module.
# TIMEOUT=300
. "$(dirname "$0")/common.sh"
plan 31
gateway

add() { g policy add map M seq 10 "$@"; }

expect_re "add says the number" "$(add permit ip 10.1.0.0 0.0.255.255 any \
	peer 172.22.1.4 peer 172.22.1.5)" "^policy id [0-9]+$"
check "index" add index 5 deny tcp any any eq 22
check "discard" add index 6 discard udp any range 5 9 host 10.0.0.1
check "next" add index 7 next icmp any any echo
check "IPv6" add index 8 permit ipv6 fd01::/64 fd02::/64 peer fd00::4
check "wildcard with a hole" add index 9 permit ip 10.0.0.1 0.0.255.0 any \
	peer 172.22.1.4
check "replace" add index 5 deny tcp any any eq 23

out=$(g policy list)
expect "list in order" "$(grep -o 'index [0-9]*' <<< "$out" | xargs)" \
	"index 1 index 5 index 6 index 7 index 8 index 9"
expect_re "peers" "$out" \
	"index 1 permit ip 10.1.0.0 0.0.255.255 any peer 172.22.1.4 peer 172.22.1.5"
expect_re "port" "$out" "index 5 deny tcp any any eq 23 id"
expect_re "range" "$out" "index 6 discard udp any range 5 9 host 10.0.0.1 id"
expect_re "icmp" "$out" "index 7 next icmp any any 8 id"
expect_re "prefixes" "$out" "index 8 permit ipv6 fd01::/64 fd02::/64 peer"
expect_re "hole" "$out" "index 9 permit ip 10.0.0.1 0.0.255.0 any"
expect_re "get" "$(g policy get map M seq 10 index 5)" "deny tcp"
check_fails "get what is not there" "no (such )?rule" g policy get map M seq 11

id=$(g policy get map M seq 10 index 9 | sed -n 's/.* id //p')
check "delete by number" g policy delete id "$id"
check "delete by place" g policy delete map M seq 10 index 8
check_fails "deleted" "no (such )?rule" g policy get id "$id"

check "bind" g map bind M dev w0
expect_re "bound" "$(g map list)" \
	"^map M dev w0 mtu 1500 local 172.22.1.3 .*policies 4 staged 0"
check "bind with an address" g map bind M dev w0 local 172.22.1.3
check "staged" add index 20 permit ip any host 10.9.9.9 peer 172.22.1.4 staged
expect_re "waits" "$(g map list)" "staged 1"
check "commit" g map commit M
expect_re "in force" "$(g map list)" "policies 5 staged 0"
check "unbind" g map unbind dev w0
expect "unbound" "$(g map list M | grep -c dev)" 0
expect "acquires" "$(g acquire list)" ""
expect "flush" "$(g -v policy flush map M)" "5 rules deleted"
expect "none left" "$(g policy list)" ""
