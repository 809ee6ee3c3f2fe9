#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# Ten thousand rules: they can be entered, listed, searched, changed, removed.
. "$(dirname "$0")/common.sh"

plan 15
need_module
watched_topology
n=10000
batch=/tmp/rules-$$
defer rm "$batch"

# rules [WORD]: n of them; the last one is about b.
rules() {
	local i

	for ((i = 1; i < n; i++)); do
		echo "policy add map m seq $i index 1 permit tcp 10.1.0.0/16" \
			"host 10.$((100 + i / 250)).$((i % 250)).1 eq $((i % 60000)) $*"
	done
	echo "policy add map m seq $n index 1 permit ip 10.1.0.0/16" \
		"10.2.0.0/16 peer 172.16.0.2 $*"
}
count() { ctl g1 policy list | grep -c "^policy"; }

rules > "$batch"
check "entered one by one" ctl g1 -b "$batch"
expect "listed" "$(count)" $n
check "bound" ctl g1 map bind m dev g12
ip -n "$(nsname g1)" route add 10.9.0.0/16 via 172.16.0.2
pings a 10.2.0.2 2 > /dev/null
expect "the last rule is found" "$(ctl g1 acquire list | grep -c "seq $n ")/$(leaked)" 1/0
ns a bash -c 'echo > /dev/udp/10.9.9.9/9'
check "what none matches passes" wait_for 5 eval '[ $(leaked) -eq 1 ]'
id=$(ctl g1 policy get map m seq 5000 index 1 | sed -nE 's/.* id ([0-9]+)$/\1/p')
check "one is deleted by its number" ctl g1 policy delete id "$id"
check "one is put in its place" ctl g1 policy add map m seq 5000 index 1 \
	permit icmp any host 10.2.0.2
ns a ping -nqc1 -W1 10.2.0.2 > /dev/null
expect "it is found in the middle" "$(ctl g1 acquire list | grep -c "seq 5000 ")/$(leaked)" 1/0
expect "there are as many as before" "$(count)" $n

ctl g1 policy flush map m staged > /dev/null
rules staged > "$batch"
check "all of them again, staged" ctl g1 -b "$batch"
expect_re "they wait" "$(ctl g1 map list)" "policies $n staged $((n + 1))"
check "in force, all at once" ctl g1 map commit m
expect "as many as before" "$(count)" $n
ns a ping -nqc1 -W1 10.2.0.2 > /dev/null
expect "the last rule again" "$(leaked)" 0
ctl g1 map unbind dev g12
check "all go" ctl g1 policy flush
