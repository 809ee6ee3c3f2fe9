#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# Packets that wait for an SA: how many, how long, who asks, what ends it.
. "$(dirname "$0")/common.sh"

plan 21
need_module
watched_topology
tunnel_rules
bind_all
udp() { ns a bash -c "for i in $(seq -s' ' "$1"); do echo \$i > /dev/udp/10.2.0.2/$2; done"; }
held() { ctl g1 policy get map m seq 10 index 1 | sed -nE 's/.*held ([0-9]+).*/\1/p'; }

ctl g1 conf set hold-packets 4
# Longer than all this takes on the slowest machine.
ctl g1 conf set acquire-timeout 600
ctl g1 monitor > "/tmp/events-$$" &
monitor=$!
defer rm "/tmp/events-$$"
wait_for 5 test -s "/proc/$monitor/net/netlink"
pause 1
udp 6 9
expect "as many as may wait do" "$(held)" 4
expect "the others are dropped" "$(stat g1 out-hold-full)" 2
expect "one question" "$(stat g1 pending)" 1
expect_re "that can be read again" "$(ctl g1 acquire list)" \
	"seq 10 .*flow udp host 10.1.0.2 .*host 10.2.0.2 .*dev g12 local 172.16.0.1"
wait_for 10 grep -q "attempts 3" "/tmp/events-$$"
expect "asked again, later and later" "$(grep -o "attempts [123]" "/tmp/events-$$" | xargs)" "attempts 1 attempts 2 attempts 3"
expect_re "drops are seen at the interface" "$(ctl g1 map list)" "no-sa-drops 2"
ns b bash -c "timeout 120 tcpdump -nqi b0 -c 4 udp port 9" > "/tmp/got-$$" 2> "/tmp/log-$$" &
defer rm "/tmp/got-$$" "/tmp/log-$$"
dump=$!
wait_for 10 grep -q listening "/tmp/log-$$"
tunnel_sa 10 1001
wait $dump
expect "the SA comes: all four arrive" "$(grep -c UDP "/tmp/got-$$")" 4
expect "in clear, none did" "$(leaked)" 0
none_asked() { [ "$(stat g1 pending)/$(held)" = 0/0 ]; }
# What waited goes out just before the question is taken for answered.
check "nothing is asked any more" wait_for 3 none_asked

# --- no answer
ctl g1 sa flush
udp 3 9
expect "they wait" "$(held)" 3
ctl g1 conf set acquire-timeout 2
all_gone() { [ "$(held)" -eq 0 ]; }
check "not for ever" wait_for 10 all_gone
expect "and that is counted" "$(stat g1 out-hold-timeout)" 3

# --- limits
ctl g1 conf set acquire-timeout 600
ctl g1 conf set hold-packets 0
n=$(stat g1 out-no-sa)
udp 2 9
expect "none may wait: dropped" "$(($(stat g1 out-no-sa) - n))" 2
ctl g1 conf set hold-packets 8
ctl g1 conf set max-acquires 1
ns a ping -nqc2 -i 0.2 -W1 fd02::2 > /dev/null
expect "only one question at a time: dropped" "$(stat g1 out-acquire-full)" 2
ctl g1 conf set max-acquires 1024

# --- what else ends the waiting
udp 2 9
expect "two wait" "$(held)" 2
n=$(stat g1 out-no-sa)
ctl g1 policy delete map m seq 10 index 1
expect "the rule goes: dropped" "$(($(stat g1 out-no-sa) - n))" 2
expect "in clear, none went" "$(leaked)" 0
ctl g1 policy add map m seq 10 index 1 permit ip 10.1.0.0/16 10.2.0.0/16 peer 172.16.0.2 > /dev/null
udp 2 9
expect "two wait" "$(held)" 2
n=$(stat g1 shutdown)
ctl g1 map unbind dev g12
expect "the interface is unbound: dropped" "$(($(stat g1 shutdown) - n))" 2
ctl g1 map bind m dev g12
udp 2 9
expect "two wait" "$(held)" 2
ip -n "$(nsname g1)" link del g12
expect "the interface vanishes: dropped" "$(stat g1 shutdown)/$(ctl g1 map list | grep -c dev)" "$((n + 4))/0"
kill_wait $monitor
