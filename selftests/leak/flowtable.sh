#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=240
# Flows that a flowtable takes over leave before the output hook.
. "$(dirname "$0")/common.sh"

need socat conntrack nft
plan 11
need_module
watched_topology
tunnel_rules
ns g1 nft -f - <<-END
	table inet f {
		flowtable ft {
			hook ingress priority 0
			devices = { g1a, g12 }
		}
		chain c {
			type filter hook forward priority 0
			ct state established flow add @ft
		}
	}
END
spawn ns b socat -u TCP-LISTEN:5001,fork,reuseaddr OPEN:/dev/null
spawn ns b socat -u TCP-LISTEN:5002,fork,reuseaddr OPEN:/dev/null
wait_for 10 eval 'ns b ss -ltn | grep -q 5002'

offloaded() { ns g1 conntrack -L 2> /dev/null | grep -c "dport=$1.*OFFLOAD"; }
is_offloaded() { [ "$(offloaded "$1")" -gt 0 ]; }
transfer() { ns a timeout 60 bash -c "head -c 300000 /dev/zero > /dev/tcp/10.2.0.2/$1"; }

# stream PORT: a flow that goes on and on, its id in $!.
stream() {
	background a socat -u SYSTEM:'while echo x; do sleep 0.1; done' \
		"TCP:10.2.0.2:$1"
}

stream 5001
check "a flow without a map is offloaded" wait_for 20 is_offloaded 5001
ctl g1 map bind m dev g12
ctl g2 map bind m dev g21
leaked > /dev/null
guarded() { [ "$(stat g1 out-guard)" -gt 0 ]; }
check "with a map, the guard drops its packets" wait_for 20 guarded
expect "and lets none pass" "$(leaked)" 0
kill_wait $!
ns g1 conntrack -F 2> /dev/null

tunnel_sa 10 1001
protected > /dev/null
check "a transfer through the tunnel" transfer 5001
expect_num "is protected" "$(protected)" -gt 200
stream 5001
check "another one too" wait_for 20 passed 12
expect "it is known" "$(ns g1 conntrack -L 2> /dev/null | grep -c "ESTABLISHED.*dport=5001")" 1
expect "but not offloaded" "$(offloaded 5001)" 0
expect "none of it leaks" "$(leaked)" 0
kill_wait $!

# What no rule protects may be offloaded.
ctl g1 policy add map m seq 5 index 1 deny tcp any any eq 5002 > /dev/null
ctl g2 policy add map m seq 5 index 1 deny tcp any eq 5002 any > /dev/null
stream 5002
check "a flow that a rule lets pass is offloaded" wait_for 20 is_offloaded 5002
expect_num "and is in clear" "$(leaked)" -gt 0
kill_wait $!
