#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Bursts of UDP packets, made by the kernel's generator (pktgen), and what each
# makes the CPU do.
#
# usage: bursts.sh DEV MAC SIZE      in the namespace of DEV
#
# Standard input has a line "COUNT FIRST LAST" for every burst: how many packets,
# to which addresses. For each, a line is printed: the instructions of the CPU
# from the start until some time after the generator has ended, and for how many
# nanoseconds of that time it had nothing to do. It had not if others, like the
# workers of WireGuard, still have packets then.
#
# shellcheck source=selftests/bench/clock.sh
. "$(dirname "$0")/clock.sh"

after=0.2
dev=$1 p=/proc/net/pktgen

# once COUNT FIRST LAST
once() {
	local s before worked busy idle

	for s in "count $1" "dst_min $2" "dst_max $3"; do
		echo "$s" > "$p/$dev" || return
	done
	read_clock || return
	before=$busy
	echo start > $p/pgctrl || return
	read_clock || return
	worked=$idle
	read -rt $after -u 9
	read_clock || return
	grep -q '^Result: OK' "$p/$dev" || return
	echo "$((busy - before)) $((idle - worked))"
}

# Nothing is ever said there. A child that ended later would cut short the time
# that pktgen gives its threads to obey (it sleeps until a signal comes).
exec 9<> <(:)
wait $!
echo rem_device_all > $p/kpktgend_0
echo "add_device $dev" > $p/kpktgend_0
for s in "pkt_size $3" "clone_skb 0" "delay 0" "src_min 10.1.0.2" \
         "src_max 10.1.0.2" "dst_mac $2" "udp_dst_min 9" "udp_dst_max 9"; do
	echo "$s" > "$p/$dev" || exit
done
while read -r count first last; do
	once "$count" "$first" "$last" || exit
done
