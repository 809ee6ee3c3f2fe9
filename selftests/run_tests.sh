#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run test programs and count their single results.
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
#              JOBS=N  so many tests at the same time, on the host; their
#                      results come in the order of the arguments all the same
set -u

total_pass=0 total_fail=0 total_skip=0
jobs=${JOBS:-1}
# Tests of a guest share its module, and what is left over shall be seen.
[ -z "${IPSECGW_GUEST:-}" ] || jobs=1
# By number of the test, from 1.
limit=() began=() status=() seconds=()
declare -A number_of=()
tmp=$(mktemp -d)
trap 'kill "${!number_of[@]}" 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

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

# ended NUMBER STATUS
ended() {
	status[$1]=$2
	seconds[$1]=$((SECONDS - began[$1]))
}

# begin NUMBER TEST: run it, its output to a file; in the background when several
# run at a time. (There bash has SIGINT ignored; timeout puts that right. And in a
# shell of its own, for "wait -n" misses what a signal ended before it was called.)
begin() {
	local n=$1 test=$2

	limit[n]=$(time_limit "$test")
	began[n]=$SECONDS
	if [ "$jobs" -gt 1 ]; then
		(
			timeout -k 5 "${limit[n]}" "$test" &
			# shellcheck disable=SC2064	# the process of now
			trap "kill $!" TERM
			wait $!
		) > "$tmp/$n" 2>&1 < /dev/null &
		number_of[$!]=$n
	elif [ "${VERBOSE:-}" ]; then
		timeout -k 5 "${limit[n]}" "$test" 2>&1 < /dev/null |
			tee "$tmp/$n" | sed -u 's/^/# /'
		ended "$n" "${PIPESTATUS[0]}"
	else
		timeout -k 5 "${limit[n]}" "$test" > "$tmp/$n" 2>&1 < /dev/null
		ended "$n" $?
	fi
}

# Wait for one of those in the background.
collect() {
	local pid rc

	wait -n -p pid "${!number_of[@]}"
	rc=$?
	ended "${number_of[$pid]}" $rc
	unset "number_of[$pid]"
}

# report NUMBER TEST: its results.
report() {
	local n=$1 test=$2 left

	judge "$tmp/$n" "${status[n]}" "${limit[n]}"
	if [ "${IPSECGW_GUEST:-}" ]; then
		left=$(leftover)
		[ -z "$left" ] || problem=${problem:+$problem; }$left
	fi
	[ -z "$problem" ] || fail=$((fail + 1))

	if [ "$fail" -gt 0 ] || [ "${VERBOSE:-}" ]; then
		# What is to be seen at once has been seen.
		[ "${VERBOSE:-}" ] && [ "$jobs" -eq 1 ] ||
			sed 's/^/# /' "$tmp/$n"
	else
		grep -E '^(ok|not ok|1\.\.0)' "$tmp/$n" | sed 's/^/# /'
	fi
	[ -z "$problem" ] || echo "# $problem"
	if [ "$fail" -gt 0 ]; then
		echo "not ok $n $test"
	elif [ "$pass" -eq 0 ] && [ "$skip" -gt 0 ]; then
		echo "ok $n $test # SKIP"
	else
		echo "ok $n $test"
	fi
	[ -z "${RESULTS:-}" ] ||
		echo "$test $pass $fail $skip ${seconds[n]}" >> "$RESULTS"
	total_pass=$((total_pass + pass))
	total_fail=$((total_fail + fail))
	total_skip=$((total_skip + skip))
	rm -f "$tmp/$n"
}

echo "TAP version 13"
echo "1..$#"
number=0 next=1
while [ $next -le $# ]; do
	if [ $number -lt $# ] && [ ${#number_of[@]} -lt "$jobs" ]; then
		number=$((number + 1))
		begin $number "${!number}"
	else
		collect
	fi
	while [ "${status[next]:-}" ]; do
		report $next "${!next}"
		next=$((next + 1))
	done
done
echo "# totals: $total_pass passed, $total_fail failed, $total_skip skipped"
[ $total_fail -eq 0 ]
