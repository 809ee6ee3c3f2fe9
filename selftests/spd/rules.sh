#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# The rules of a crypto map: their order, what each action does, changes.
. "$(dirname "$0")/common.sh"

plan 41
need_module
watched_topology
net="ip 10.1.0.0/16 10.2.0.0/16"

ids() { ctl g1 policy list | sed -nE 's/.* id ([0-9]+)$/\1/p' | xargs; }
places() { ctl g1 policy list | sed -nE 's/.*seq ([0-9]+) index ([0-9]+).*/\1.\2/p' | xargs; }
# shellcheck disable=SC2086
add() { ctl g1 policy add map "$@" > /dev/null; }

# --- order and action
check "a map without an interface" add m seq 20 index 1 permit $net peer 172.16.0.2
check "a place in front" add m seq 10 index 2 deny $net
check "and before that" add m seq 10 index 1 discard $net
check "and behind all" add m seq 4294967295 index 4294967295 deny $net
expect "the order" "$(places)" "10.1 10.2 20.1 4294967295.4294967295"
expect "unbound, nothing is protected" "$(pings a 10.2.0.2 3)" 3
leaked > /dev/null
ctl g1 map bind m dev g12
expect "the first rule discards" "$(pings a 10.2.0.2 3)/$(leaked)" 0/0
expect "and counts" "$(stat g1 out-discard)" 3
ctl g1 policy delete map m seq 10 index 1
expect "the next one lets pass" "$(pings a 10.2.0.2 3)/$(leaked)" 3/3
expect "and counts" "$(stat g1 bypassed)" 3
ctl g1 policy delete map m seq 10 index 2
expect "the third protects" "$(pings a 10.2.0.2 2)/$(leaked)" 0/0
expect "and asks" "$(stat g1 pending)" 1
check "next, in front" add m seq 20 index 0 next icmp 10.1.0.0/16 10.2.0.0/16
expect "skips the rest of the entry" "$(pings a 10.2.0.2 3)/$(leaked)" 3/3
ns a bash -c 'echo x > /dev/udp/10.2.0.2/9'
expect "only for what it matches" "$(leaked)" 0
ctl g1 policy delete map m seq 4294967295 index 4294967295
expect "no rule at all: in clear" "$(pings a 10.2.0.2 3)" 3
leaked > /dev/null

# --- what is refused
check_fails "two rules of one number" "another rule has that number" \
	ctl g1 policy add map m seq 30 index 1 permit $net id "$(ids | cut -d' ' -f1)"
check_fails "delete what is not there" "no rule with that" \
	ctl g1 policy delete map m seq 31 index 1
check_fails "delete what is not there, by number" "no rule with that" \
	ctl g1 policy delete id 999
check_fails "commit what is not there" "no crypto map of that name" \
	ctl g1 map commit nothing
check_fails "unbind what is not bound" "has no crypto map" \
	ctl g1 map unbind dev g1a
ctl g1 conf set max-policies 3
check "the last one that fits" add m seq 40 index 1 deny $net
check_fails "one too many" "the table of rules is full" add m seq 50 index 1 deny $net
check "but one in place of another" add m seq 40 index 1 discard $net
ctl g1 policy delete map m seq 40 index 1
ctl g1 conf set max-policies 1000

# --- staged
before=$(ids)
check "stage an addition" add m seq 5 index 1 discard $net staged
expect "it is not in force" "$(ids) $(pings a 10.2.0.2 1)" "$before 1"
check "stage a deletion" ctl g1 policy delete map m seq 20 index 1 staged
expect_re "both wait" "$(ctl g1 map list)" "policies 2 staged 2"
check "commit" ctl g1 map commit m
expect "now they are" "$(places) $(pings a 10.2.0.2 1)" "5.1 20.0 0"
check "stage, and think better of it" ctl g1 policy delete map m seq 5 index 1 staged
check "the addition undoes the deletion" add m seq 5 index 1 discard $net staged
ctl g1 map commit m
expect "nothing has changed" "$(places)" "5.1 20.0"

# --- the whole map again: what is the same stays the same
ctl g1 policy flush map m
add m seq 10 index 1 permit $net peer 172.16.0.9
id=$(ids)
k="mode tunnel cipher aes-gcm key $key"
# shellcheck disable=SC2086
ctl g1 sa add dir out spi 1001 local 172.16.0.1 remote 172.16.0.2 $k map m seq 10 index 1
leaked > /dev/null
protected > /dev/null
ctl g1 policy flush map m staged
add m seq 10 index 1 permit $net peer 172.16.0.2 staged
add m seq 20 index 1 deny ip any any staged
expect_re "a flush and two rules wait" "$(ctl g1 map list)" "policies 1 staged 3"
ctl g1 map commit m
expect "the rule kept its number" "$(ids | cut -d' ' -f1)" "$id"
expect_re "and took the new peer" "$(ctl g1 policy get id "$id")" "peer 172.16.0.2"
expect_re "and kept its SA" "$(ctl g1 policy get id "$id")" "out 1 .*out-spi"
add m seq 10 index 1 permit ip 10.1.0.0/16 10.2.0.0/24 peer 172.16.0.2
expect "another selector: another rule" "$(ctl g1 sa list | wc -l)" 0
expect_num "with another number" "$(ids | cut -d' ' -f1)" -ne "$id"

# --- the end
check "flush all maps" ctl g1 policy flush
ctl g1 map unbind dev g12
expect "nothing is left" "$(ctl g1 map list)" ""
