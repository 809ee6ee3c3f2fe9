#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
# The guest runner passes on what a command says and returns, and does not let
# a warning, a panic or a hanging guest pass for success.
. "$(dirname "$0")/../lib.sh"

run=$selftests/qemu/run.sh
export NOBUILD=1 QUIET=1 KERNEL=6.1 RUN_DIR=
work=$(mktemp -d)
defer rm -rf "$work"

# guest NAME LIMIT SHELL-CODE: sets out, err and status.
guest() {
	TIMEOUT=$2 RUN_DIR=$work/$1 "$run" sh -c "$3" \
		> "$work/out" 2> "$work/err" < /dev/null
	status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}

[ -e "$top/build/modules/6.1/index" ] || skip_all "no module built for 6.1"
plan 11

guest status 120 'echo to stdout; echo to stderr >&2; id -u; pwd; exit 7'
expect "exit status" $status 7
expect "output" "$out" "to stdout"$'\n'"to stderr"$'\n'"0"$'\n'"$top"
expect "nothing else said" "$err" ""

guest write 120 'echo x > /run/guest/file; echo x > selftests/written-by-guest'
expect "shared folder" "$(cat "$work/write/file")" x
check "the checkout is not written to" test ! -e "$selftests/written-by-guest"

guest warning 120 'echo "<4>WARNING: made up" > /dev/kmsg'
expect "warning: status" $status 125
expect_re "warning: report" "$err" 'WARNING: made up'

guest panic 120 'echo c > /proc/sysrq-trigger'
expect "panic: status" $status 125
expect_re "panic: report" "$err" 'Kernel panic .* sysrq triggered crash'

guest hang 25 'exec tail -f /dev/null'
expect "hang: status" $status 124
expect_re "hang: report" "$err" 'time limit of 25 s'
