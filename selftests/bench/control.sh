# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Bench of what the control plane does: adding SAs, listing them, replacing the
# rules. Each by the program of its implementation, which is counted too; making
# its input is not. Sourced.
#
# shellcheck disable=SC2154	# sas, many: set by guest.sh

# control_row WHAT OPERATION NUMBER COMMAND...: instructions for one of NUMBER.
control_row() {
	local insns

	cost "${@:4}" || die "$1: $2 failed"
	result "row=control what=$1 op=$2 number=$3 insns=$((insns / $3))"
}

# from FILE COMMAND...: with its standard input from there.
from() { "${@:2}" < "$1"; }

ours_run() { ours_ctl g1 > /dev/null; }
xfrm_run() { ip_batch g1; }
ours_dump() { ctl g1 sa list > "$1"; }
xfrm_dump() { ip -n "$(nsname g1)" xfrm state list > "$1"; }

# The rules of g1 alone.
ours_forget() { ours_run <<< $'map unbind dev g12\npolicy flush'; }
xfrm_forget() { ip -n "$(nsname g1)" xfrm policy flush; }

# Lines of a dump that begin an SA.
ours_count() { grep -c '^sa ' "$1"; }
xfrm_count() { grep -c '^src' "$1"; }

# control WHAT: in g1 alone, without traffic.
control() {
	local lines=/run/control-lines n

	"$1_start"
	[ "$1" != ours ] || ours_ctl g1 <<< "conf set max-sas $((sas + 100))"
	# SAs that serve no rule: so many rules are another matter.
	"$1_sa_lines" g1 0 $((sas / 2 - 1)) | sed 's/ map vpn .*//' > $lines
	control_row "$1" sa-add "$sas" from $lines "$1_run"
	"$1_dump" $lines
	n=$("$1_count" $lines)
	[ "$n" -eq "$sas" ] || die "$1: $n SAs of $sas are in the list"
	control_row "$1" sa-list "$sas" "$1_dump" /dev/null
	"$1_clear_sas"
	if [ "$many" -gt 0 ]; then
		"$1_rule_lines" g1 0 $((many - 1)) | "$1_run"
		[ "$1" != ours ] ||
			ours_run <<< "map bind vpn dev g12 local 172.16.0.1"
		"$1_swap_lines" g1 "$many" $((2 * many - 1)) > $lines
		control_row "$1" rule-swap "$many" from $lines "$1_run"
		"$1_forget"
	fi
	rm $lines
	"$1_stop"
}
