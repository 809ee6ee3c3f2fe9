#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The bench of IKE still measures: our daemon natively, with more tunnels than a
# configuration of people has, and strongSwan beside it if it was fetched.
. "$(dirname "$0")/../lib.sh"

[ "$(id -u)" -eq 0 ] || skip_all "needs root, for namespaces"
need jq
unshare -n true 2> /dev/null || skip_all "no network namespaces here"
plan 9

work=$(mktemp -d)
defer rm -rf "$work"
BENCH_TUNNELS=300 BENCH_REPEAT=1 BENCH_ROWS=aes128-sha256-ecp256 BENCH_SIZES=20 \
	BENCH_CROWD=50 BENCH_LINES=4000 BENCH_LIMIT=60 BENCH_ADOPT=50 BENCH_WHOLE=200 \
	BENCH_RELOAD=100 \
	OUT=$work \
	"$selftests/bench/ike/run.sh" > "$work/log" 2>&1 < /dev/null
status=$?
diag "$(cat "$work/log")"

# rows FILTER: how many rows of the result are so.
rows() { jq "[.[] | select($1)] | length" "$work/ike.json"; }

expect_num "it ends well" $status -eq 0
expect_num "tunnels and rekeys" "$(rows '.what == "ours" and .tunnels == 300 and
	.rate > 1 and .initiator_ms > 0.01 and .responder_ms > 0.01')" -eq 2
expect_num "memory" "$(rows '.row == "size" and .what == "ours" and
	.responder_kb > 0.5')" -eq 1
expect_num "all come back at once" "$(rows '.row == "crowd" and
	.asked > 10 and .answer_max_ms > 0')" -eq 1
expect_num "a large configuration" "$(rows '.row == "config" and
	.lines > 3900 and .replace_ms > 0')" -eq 1
expect_num "killed, it goes on" "$(rows '.row == "adopt" and .tunnels == 50 and
	.state_mb > 0.05')" -eq 1
expect_num "200 tunnels up, shown, cleared" "$(rows '.row == "whole" and
	.tunnels == 200 and .show_max_ms > 0 and .gone_ms > 0')" -eq 1
expect_num "a change of the configuration of 100 tunnels" "$(rows '.row == "reload" and
	.tunnels == 100 and .other_ms > 0 and .theirs_ms > 0')" -eq 1
if [ -e "$top/build/peers/ready" ] && [ -e /dev/net/tun ]; then
	expect_num "strongSwan" "$(rows '.what == "charon" and .rate > 1')" -eq 3
else
	skip "strongSwan" "not fetched, or no TUN device"
fi
