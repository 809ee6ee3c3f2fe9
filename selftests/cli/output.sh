#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Output that cannot be written is an error.
# TIMEOUT=200
. "$(dirname "$0")/common.sh"
plan 11
gateway

full() { g "$@" > /dev/full; }
closed() { g "$@" >&-; }
check_fails "full disk" "cannot write the output: No space left" full conf get
full conf get 2> /dev/null
expect "its status" $? 1
check_fails "full disk, help" "cannot write the output" full --help
check_fails "full disk, JSON" "cannot write the output" full -j conf get
check_fails "full disk, syntax" "cannot write the output" full sa help
check_fails "full disk in a batch" "stdin:1: cannot write" \
	full -b - <<< "conf get"
check_fails "no standard output" "cannot write the output" closed conf get

tmp=$(mktemp -d)
defer rm -rf "$tmp"
# The reader is gone before the command starts.
late() { (pause 1; exec "$ipsecctl" -n "$(nsname g)" stats); }
out=$( { late | :; echo "${PIPESTATUS[0]}"; } 2> "$tmp/err")
expect "broken pipe" "$out" 1
expect_re "and says so" "$(cat "$tmp/err")" "cannot write the output: Broken pipe"
# It goes in the middle of more than a pipe holds.
for ((i = 0; i < 20; i++)); do echo "configure reference"; done > "$tmp/many"
out=$( { "$ipsecctl" -b "$tmp/many" | head -1 > /dev/null; echo "${PIPESTATUS[0]}"; } 2> "$tmp/err")
expect "a reader that goes away in the middle" "$out" 1
expect_re "which is said once" "$(cat "$tmp/err")" \
	"^ipsecctl: $tmp/many:[0-9]+: cannot write the output: Broken pipe$"
