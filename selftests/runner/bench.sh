#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# The bench still measures ours, XFRM and the cipher; the other peers are left out
# because of the time that they take. One of the things that it is asked for does
# not exist: that is said, and keeps nothing else from being there.
. "$(dirname "$0")/../lib.sh"

[ -e "$top/build/modules/6.1/index" ] || skip_all "no module built for 6.1"
need jq iperf3 nft ethtool
plan 10

work=$(mktemp -d)
defer rm -rf "$work"
kinds="plain ours xfrm"
BENCH_QUICK=1 BENCH_WHAT="nonsense $kinds aead" KERNEL=6.1 OUT=$work/out \
	"$selftests/bench/run.sh" > "$work/log" 2>&1 < /dev/null
status=$?
diag "$(cat "$work/log")"

# rows FILTER: how many rows of the result are so.
rows() { jq "[.[] | select($1)] | length" "$work/out/part.json"; }

# Whom rows that are so are about, each once and in order.
whom() {
	jq -r "[.[] | select($1)] | unique_by(.what) | map(.what) | join(\" \")" \
		"$work/out/part.json"
}

expect_num "something failed: status" $status -ne 0
expect "something failed: row" "$(whom '.row == "failed"')" nonsense
check "something failed: said" \
	grep -q "FAILED: nonsense, all: BENCH_WHAT: 'nonsense' is unknown" \
	"$work/log"
sorted=$(tr ' ' '\n' <<< "$kinds" | sort | tr '\n' ' ')
expect "packets" "$(whom '.row == "packet" and .insns > 1000') " "$sorted"
expect "goodput" "$(whom '.row == "goodput" and .octets > 0') " "$sorted"
expect "memory" "$(whom '.row == "memory"')" "ours xfrm"
expect_num "ciphers alone" "$(rows '.row == "aead" and .tax > 500')" -eq 2
# One SA, one SA and many entries, many SAs with one and with all in use; a figure
# from so few packets may be far off.
expect "tunnels are measured" \
	"$(rows '.what == "ours" and .row == "packet" and .tax != null')" 4
expect_num "and cost something" \
	"$(rows '.what == "ours" and .row == "packet" and .tax > 1000')" -ge 2
# SAs added and listed, rules replaced, by both.
expect_num "programs" "$(rows '.row == "control" and .insns > 1000')" -eq 6
