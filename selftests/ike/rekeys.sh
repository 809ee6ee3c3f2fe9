#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=1500
# Ours against ours: phase 2 of several flows is rekeyed time and again, by either
# side in turn and by both at once, under traffic. No packet is lost, memory does
# not grow.
#
# environment: TEST_REKEYS=6   how many; TEST_SECONDS= ends them earlier
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255"
count=${TEST_REKEYS:-6}
flows=$((count < 100 ? 2 : 50))
rounds=$((count / flows))

# each FORMAT: with the number of each flow, from 2.
each() { seq -f "$1" 2 $((flows + 1)); }

need jq
plan $((count < 100 ? 7 : 8))
ike_init
topology
tunnel_config g1 g12 172.16.0.2 "$net1" "host 10.2.0.2"
tunnel_config g2 g21 172.16.0.1 "host 10.2.0.2" "$net1"
each "access-list 101 permit ip $net1 host 10.2.0.%g" | tail -n +2 >> "$work/g1.conf"
each "access-list 101 permit ip host 10.2.0.%g $net1" | tail -n +2 >> "$work/g2.conf"
each "addr add 10.2.0.%g/24 dev b0" | tail -n +2 | ip_batch b
daemon g1
daemon g2

# The SPIs that a gateway sends with, a line for each flow.
active() {
	ctl "$1" --json sa list dir out |
		jq -rs 'flatten | map(select(.state == "active")) | .[].spi' | sort
}
# soon NS SPIS REMOTE: the next packet is at the soft limit of these SAs.
soon() {
	local spi

	for spi in $2; do
		echo "sa update dir out spi $spi remote $3 soft packets 1"
	done | ctl "$1" -b -
}
# changed NS SPIS: all have others instead of these.
changed() {
	local now

	now=$(active "$1")
	[ "$(wc -l <<< "$now")" -eq "$flows" ] &&
		[ -z "$(comm -12 <(echo "$now") <(echo "$2"))" ]
}
# Private memory of the processes of a daemon; the first one of them speaks IKE.
memory() {
	for p in ${daemon_pid[$1]} $(pgrep -P "${daemon_pid[$1]}"); do
		awk '/^RssAnon:/ { print $2 }' "/proc/$p/status"
	done | awk '{ sum += $1 } END { print sum }'
}
slab() { awk '/^SUnreclaim:/ { print $2 }' /proc/meminfo; }
sas() { ctl "$1" sa list | grep -c '^sa '; }
figures() {
	diag "after $done_: daemons $(memory g1) and $(memory g2) kB, kernel" \
		"$(slab) kB, SAs $(sas g1) and $(sas g2)"
}
drops() { ctl "$1" --json stats | jq '[.drops[]?] | add // 0'; }
# What waits for a first SA is not what this is about.
all_up() {
	local a p pids=()

	for a in $(each 10.2.0.%g); do
		ip netns exec "a-$$" ping -nqc 1 -W 10 "$a" > /dev/null &
		pids+=("$!")
	done
	for p in "${pids[@]}"; do
		wait "$p" || a=
	done
	[ "$a" ]
}

check "the tunnels are up" wait_for 120 all_up
before="$(drops g1) $(drops g2)"
to=$(each 10.2.0.%g | paste -sd,)
stream echo b echo "$to" 5000
listening() { [ "$(ns b ss -Hlun | grep -c :5000)" -eq "$flows" ]; }
check "the echo is ready" wait_for 30 listening
stream run a run "$to" 5000 40 400

done_=0
for ((n = 0; n < rounds && SECONDS < ${TEST_SECONDS:-86400}; n++)); do
	old1=$(active g1) old2=$(active g2)
	case $((n % 3)) in
	0) soon g1 "$old1" 172.16.0.2 ;;
	1) soon g2 "$old2" 172.16.0.1 ;;
	2) soon g1 "$old1" 172.16.0.2 && soon g2 "$old2" 172.16.0.1 ;;
	esac || break
	wait_for 120 changed g1 "$old1" && wait_for 120 changed g2 "$old2" || break
	done_=$((done_ + flows))
	[ $((n % 5)) -ne 4 ] || figures
	[ "$n" -ne $((rounds / 3)) ] || first=$(($(memory g1) + $(memory g2)))
done
expect "rekeyed" "$done_" $((rounds * flows))
figures
last=$(($(memory g1) + $(memory g2)))
stream_end run
stream_end echo
expect_re "nothing is lost on the way there" "$(cat "$work/echo")" ' lost 0:'
expect_re "nor on the way back" "$(cat "$work/run")" ' lost 0:'
diag "$(cat "$work/echo")" "$(cat "$work/run")"
expect "no gateway has dropped anything" "$(drops g1) $(drops g2)" "$before"
expect_num "memory of the daemons does not grow" $((last - ${first:-0})) -le 800
# A pair stays behind its successor for a while, and the other side decides first.
ended() { [ "$(sas g1) $(sas g2)" = "$((2 * flows)) $((2 * flows))" ]; }
if [ "$count" -ge 100 ]; then
	check "no pair but the last ones stays" wait_for 150 ended
	figures
fi
[ "$_failed" -eq 0 ] || diag "$(tail -n 40 "$work/g1.log" "$work/g2.log")" \
	"$(ctl g1 stats)" "$(ctl g2 stats)"
