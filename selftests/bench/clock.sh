# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The clock of a guest that counts one nanosecond for every instruction. Sourced.

# read_clock: nanoseconds since boot in which the one CPU worked in $busy, and in
# which it had nothing to do in $idle.
read_clock() {
	local t

	t=$(< /proc/timer_list)
	[[ $t =~ now\ at\ ([0-9]+) ]] || return
	busy=${BASH_REMATCH[1]}
	[[ $t =~ idle_sleeptime[\ :]+([0-9]+) ]] || return
	idle=${BASH_REMATCH[1]}
	busy=$((busy - idle))
}

# cost COMMAND...: its instructions, and those of all that goes on meanwhile, in
# $insns.
cost() {
	local before busy idle

	read_clock || return
	before=$busy
	"$@" || return
	# shellcheck disable=SC2034	# for the caller
	read_clock && insns=$((busy - before))
}
