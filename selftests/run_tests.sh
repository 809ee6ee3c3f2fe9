#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run test programs one after another and count their single results.
#
# usage: run_tests.sh TEST...
#
# Prints nested KTAP (the results of a test behind "# "), the whole output of a
# test that fails, and last "# totals: N passed, N failed, N skipped".
# A test fails too when it ends without a plan, gives another number of results
# than planned, runs too long, leaves a namespace behind, or (in the guest)
# leaves the module in a state in which it cannot be unloaded.
# A line "# TIMEOUT=300" in the head of a test replaces the limit of 300 s.
#
# environment: VERBOSE=1  all output as it comes
#              RESULTS=FILE  append "TEST passed failed skipped seconds" lines
#              CI=true  a skip for something missing is a failure
#              TIMEOUT_SCALE=N  multiply the time limits
set -u

total_pass=0 total_fail=0 total_skip=0 number=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

time_limit() {
	local t

	t=$(head -c 4096 "$1" | tr -d '\0' | head -n 15 |
		sed -nE 's|^[#/* ]*TIMEOUT=([0-9]+).*|\1|p' | head -n 1)
	echo $((${t:-300} * ${TIMEOUT_SCALE:-1}))
}

# judge FILE STATUS LIMIT: set pass, fail, skip and, if there is one, problem.
judge() {
	local planned seen re_skip='^ok [0-9]+.*# SKIP'

	skip=$(grep -cE "$re_skip" "$1")
	pass=$(($(grep -cE '^ok [0-9]+' "$1") - skip))
	fail=$(grep -cE '^not ok [0-9]+' "$1")
	seen=$((pass + fail + skip))
	planned=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$1" | head -n 1)
	problem=

	if [ "${CI:-}" ] && grep -qE '^(ok [0-9]+.*|1\.\.0) # SKIP missing' "$1"; then
		problem="skips for something missing, which CI must have"
	elif [ "$2" -eq 124 ] || [ "$2" -eq 137 ]; then
		problem="killed after $3 s"
	elif [ "$2" -eq 4 ] && [ $seen -eq 0 ]; then
		skip=1
	elif [ -z "$planned" ]; then
		problem="no plan (exit status $2)"
	elif [ "$planned" -ne $seen ]; then
		problem="planned $planned results, gave $seen (exit status $2)"
	elif [ "$2" -ne 0 ] && [ "$fail" -eq 0 ]; then
		problem="exit status $2"
	elif [ "$2" -eq 0 ] && [ "$fail" -ne 0 ]; then
		problem="exit status 0 in spite of failures"
	fi
}

# What the test left behind on this (guest) system.
leftover() {
	local left

	left=$(ip netns list 2>/dev/null)
	if [ "$left" ]; then
		echo "left namespaces behind:" $left
		ip -all netns del
	fi
	[ "${IPSECGW_GUEST:-}" ] && [ -d /sys/module/ipsecgw ] || return
	timeout 60 rmmod ipsecgw 2>&1 || echo "(the module does not unload)"
}

run_one() {
	local test=$1 limit status left began=$SECONDS

	number=$((number + 1))
	limit=$(time_limit "$test")
	if [ "${VERBOSE:-}" ]; then
		timeout -k 5 "$limit" "$test" 2>&1 < /dev/null |
			tee "$tmp/out" | sed -u 's/^/# /'
		status=${PIPESTATUS[0]}
	else
		timeout -k 5 "$limit" "$test" > "$tmp/out" 2>&1 < /dev/null
		status=$?
	fi
	judge "$tmp/out" "$status" "$limit"
	if [ "${IPSECGW_GUEST:-}" ]; then
		left=$(leftover)
		[ -z "$left" ] || problem=${problem:+$problem; }$left
	fi
	[ -z "$problem" ] || fail=$((fail + 1))

	if [ ! "${VERBOSE:-}" ]; then
		if [ "$fail" -gt 0 ]; then
			sed 's/^/# /' "$tmp/out"
		else
			grep -E '^(ok|not ok|1\.\.0)' "$tmp/out" | sed 's/^/# /'
		fi
	fi
	[ -z "$problem" ] || echo "# $problem"
	if [ "$fail" -gt 0 ]; then
		echo "not ok $number $test"
	elif [ "$pass" -eq 0 ] && [ "$skip" -gt 0 ]; then
		echo "ok $number $test # SKIP"
	else
		echo "ok $number $test"
	fi
	[ -z "${RESULTS:-}" ] ||
		echo "$test $pass $fail $skip $((SECONDS - began))" >> "$RESULTS"
	total_pass=$((total_pass + pass))
	total_fail=$((total_fail + fail))
	total_skip=$((total_skip + skip))
}

echo "TAP version 13"
echo "1..$#"
for t; do
	run_one "$t"
done
echo "# totals: $total_pass passed, $total_fail failed, $total_skip skipped"
[ $total_fail -eq 0 ]
