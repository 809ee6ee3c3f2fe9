#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The measurement, as root in a guest that counts one nanosecond of its time
# for every instruction (run.sh starts it so). One CPU.
#
# Prints what it does; leaves results as lines of NAME=VALUE words in $1. When
# one implementation or transfer fails, a row says so, the others are measured
# and the exit status is 1.
#
# environment:
#   BENCH_WHAT="plain ours xfrm xfrm-offload wireguard aead"   what to measure
#   BENCH_SIZES="64 512 1370"   lengths of the inner Ethernet frames
#   BENCH_MANY=10000            "many" SAs and map entries, 0 for none
#   BENCH_PACKETS=10000         packets per figure
#   BENCH_TCP=1                 goodput too, 0 not
#   BENCH_QUICK=1               does everything still work: little of each,
#                               figures of no use
#
# How: the generator of the kernel (pktgen) in namespace a sends UDP through g1
# and g2; b drops what arrives at the ingress of its device and counts it.
# pktgen's own time ends when its last packet is gone, and everything runs in
# softirqs on the one CPU in between, so time is the sum of all instructions.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/bench/tunnels.sh
. "$(dirname "$0")/tunnels.sh"

results=$1
what=${BENCH_WHAT:-plain ours xfrm xfrm-offload wireguard aead}
if [ "${BENCH_QUICK:-}" ]; then
	sizes=${BENCH_SIZES:-512}
	many=${BENCH_MANY:-20}
	packets=${BENCH_PACKETS:-200}
	short=200000 long=700000
else
	sizes=${BENCH_SIZES:-64 512 1370}
	many=${BENCH_MANY:-10000}
	packets=${BENCH_PACKETS:-10000}
	short=2000000 long=42000000
fi
failures=/run/bench-failures why=/run/bench-why

# What is said last may not get out of a guest whose clock jumps: also to a file.
die() {
	echo "$*" > $why
	echo "bench: $*" | tee -a "$results.log" >&2
	exit 1
}
say() { echo "# $*" | tee -a "$results.log"; }
# result NAME=VALUE...
result() { echo "$*" | tee -a "$results"; }

# failed WHAT STEP ERROR...: a row in place of the one that is missing.
failed() {
	echo "$1: $2: ${*:3}" >> $failures
	result "row=failed what=$1 step=$2 error=${*:3}"
}

# step WHAT STEP COMMAND...: what fails in it ends it, and not the measurement.
step() {
	rm -f $why
	( "${@:3}" ) && return
	failed "$1" "$2" "$(tr '\n' ' ' < $why || echo "failed silently")"
	return 1
}

# until_true COMMAND...: by tries; a clock that counts instructions jumps while
# the guest waits for its disk, so seconds say nothing.
until_true() {
	local tries=1000

	until "$@" > /dev/null 2>&1; do
		[ $((tries--)) -gt 0 ] || return 1
		pause 0.1
	done
}

# --- the way -------------------------------------------------------------------

prepare() {
	local m

	modprobe aesni_intel || die "no AES instructions: the figures would" \
		"be those of the cipher in C"
	modprobe pktgen || die "no packet generator"
	for m in chacha_x86_64 poly1305_x86_64 curve25519-x86_64; do
		modprobe -q $m
	done
	topology
	# The far sides of the tunnels: one address each, behind b.
	ip_batch g1 <<< "route add $far_net via 172.16.0.2"
	ip_batch g2 <<< "route add $far_net via 10.2.0.2"
	ip_batch b <<< "addr add $(far "$one") dev lo"
	ns b nft -f - <<-END
		table netdev bench {
			counter arrived { }
			chain in {
				type filter hook ingress device b0 priority 0;
				udp dport 9 counter name arrived drop
			}
		}
	END
	mac=$(ip -n "$(nsname g1)" -j link show g1a | jq -r '.[0].address')
	[ "$mac" ] || die "no address of g1a"
}

arrived() {
	ns b nft list counter netdev bench arrived |
		sed -n 's/.*packets \([0-9]*\) .*/\1/p'
}

# generate SIZE COUNT FIRST LAST: prints microseconds.
generate() {
	ns a bash -s -- "$@" "$mac" <<-'END'
		p=/proc/net/pktgen
		echo rem_device_all > $p/kpktgend_0
		echo add_device a0 > $p/kpktgend_0
		for s in "pkt_size $1" "count $2" "clone_skb 0" "delay 0" \
		         "src_min 10.1.0.2" "src_max 10.1.0.2" \
		         "dst_min $3" "dst_max $4" "dst_mac $5" \
		         "udp_dst_min 9" "udp_dst_max 9"; do
			echo "$s" > $p/a0 || exit
		done
		echo start > $p/pgctrl
		sed -n 's/.*OK: \([0-9]*\).*/\1/p' $p/a0
	END
}

# burst SIZE COUNT FLOWS: microseconds in $us, packets that were lost in $lost,
# octets per packet between the gateways in $wire.
burst() {
	local before wire_before last

	last=$(far "$one")
	[ "$3" -eq 1 ] || last=$(far $((many - 1)))
	before=$(arrived)
	wire_before=$(counter g2 g21 rx_bytes)
	if [ "$3" -eq 1 ]; then
		us=$(generate "$1" "$2" "$last" "$last")
	else
		us=$(generate "$1" "$2" "$(far 0)" "$last")
	fi
	[ "$us" ] || die "the packet generator did not run"
	pause 0.05
	lost=$(($2 - $(arrived) + before))
	wire=$((($(counter g2 g21 rx_bytes) - wire_before) / $2))
}

# bursts SIZE FLOWS [BURST]: all the packets of a figure, sums of burst().
bursts() {
	local left n us lost

	sum=0 all_lost=0
	for ((left = packets; left > 0; left -= n)); do
		n=$((left < ${3:-$packets} ? left : ${3:-$packets}))
		burst "$1" $n "$2"
		sum=$((sum + us)) all_lost=$((all_lost + lost))
	done
}

# figure WHAT SAS ENTRIES FLOWS [BURST]: one row for every size. Now and then
# the softirqs of the guest fall behind the generator and a queue overflows;
# such a figure is taken again.
figure() {
	local size sum all_lost wire try us lost

	for size in $sizes; do
		# All flows once: caches, addresses, first use of an SA.
		burst "$size" $(($4 > 200 ? $4 : 200)) "$4"
		for try in 1 2 3; do
			bursts "$size" "$4" "${5:-}"
			[ "$all_lost" -gt 0 ] || break
			say "$1, $size octets: $all_lost packets lost, try $try"
		done
		if [ "$all_lost" -eq 0 ] && [ "$1" != plain ] &&
		   [ "$wire" -lt $((size + 30)) ]; then
			die "$1: $wire octets per packet of $size between the" \
				"gateways: that is not protected"
		fi
		result "row=packet what=$1 size=$size sas=$2 entries=$3" \
			"flows=$4 insns=$((sum * 1000 / packets))" \
			"lost=$all_lost wire=$wire"
		[ "$all_lost" -eq 0 ] ||
			failed "$1" "$size" "$all_lost packets were lost"
	done
}

# check_way WHAT [ADDRESS]: a packet and its answer come through, and the one
# leaves g1 with the addresses of the gateways.
check_way() {
	local clear

	ns g1 nft -f - <<-END
		table netdev check {
			counter clear { }
			chain out {
				type filter hook egress device g12 priority 0;
				ip saddr != 172.16.0.0/24 counter name clear
			}
		}
	END
	until_true ns a ping -nqc1 -W1 "${2:-$(far "$one")}" ||
		die "$1: no way through the gateways"
	clear=$(ns g1 nft list counter netdev check clear |
		sed -n 's/.*packets \([0-9]*\) .*/\1/p')
	ns g1 nft delete table netdev check
	[ "$1" = plain ] || [ "$clear" -eq 0 ] ||
		die "$1: $clear packets in clear between the gateways"
}

# --- memory ----------------------------------------------------------------------

# memory: "slab percpu vmalloc" in KiB, after things have settled. Not free
# memory: what a CPU keeps in reserve is missing there and is no small amount.
memory() {
	local f

	sync
	echo 3 > /proc/sys/vm/drop_caches
	pause 2
	for f in /sys/kernel/slab/*/shrink; do echo 1 > "$f"; done
	pause 1
	awk '{ v[$1] = $2 } END { print v["Slab:"], v["Percpu:"],
		v["VmallocUsed:"] }' /proc/meminfo
}

# memory_row WHAT NUMBER BEFORE AFTER: octets for one of the NUMBER.
memory_row() {
	local b a s p v

	read -ra b <<< "$3"
	read -ra a <<< "$4"
	s=$(((a[0] - b[0]) * 1024 / $2))
	p=$(((a[1] - b[1]) * 1024 / $2))
	v=$(((a[2] - b[2]) * 1024 / $2))
	result "row=memory what=$1 number=$2 octets=$((s + p + v)) slab=$s" \
		"percpu=$p vmalloc=$v"
}

# --- goodput -----------------------------------------------------------------------

# busy: instructions since boot, idle time left out.
busy() {
	awk '/^now at/ { now = $3 } /\.idle_sleeptime/ { idle = $3 }
		END { printf "%.0f\n", now - idle }' /proc/timer_list
}

# transfer OCTETS
transfer() {
	local server

	ns b iperf3 -s -1 -B 10.2.0.2 > /dev/null 2>&1 &
	server=$!
	until_true ns b sh -c 'ss -Hltn sport = :5201 | grep -q .' ||
		{ kill $server; die "the receiver does not listen"; }
	ns a iperf3 -c 10.2.0.2 -n "$1" -l 128K > /run/iperf.log 2>&1 ||
		{ kill $server; die "iperf3: $(cat /run/iperf.log)"; }
	wait $server
}

# cost OCTETS: instructions of a transfer, in $insns.
cost() {
	local before

	before=$(busy)
	transfer "$1"
	insns=$(($(busy) - before))
}

# goodput WHAT: what the octets of a long transfer cost beyond a short one. What
# starts and ends a transfer varies, and the median of several does so less.
goodput() {
	local all=() start insns

	transfer $short
	for _ in 1 2 3 4 5; do
		cost $short
		all+=("$insns")
	done
	start=$(printf '%s\n' "${all[@]}" | sort -n | sed -n 3p)
	cost $long
	result "row=goodput what=$1 octets=$((long - short))" \
		"insns=$((insns - start))"
}

# tcp WHAT: goodput, as a step of its own.
tcp() {
	[ "${BENCH_TCP:-1}" = 1 ] || return 0
	say "$1: TCP"
	gro on
	step "$1" tcp goodput "$1"
	gro off
}

# Segments joined on receipt, as the driver of a network card does it.
gro() {
	local n dev

	while read -r n dev; do
		ns "$n" ethtool -K "$dev" gro "$1" > /dev/null ||
			die "cannot switch GRO $1 on $dev"
	done <<-END
		a a0
		g1 g1a
		g1 g12
		g2 g21
		g2 g2b
		b b0
	END
}

# --- everything of one kind ----------------------------------------------------------

plain() {
	check_way plain
	figure plain 1 1 1
	[ "$many" -eq 0 ] || figure plain "$many" "$many" "$many"
	tcp plain
}

# tunnels WHAT PREFIX: PREFIX_rules, PREFIX_sas, PREFIX_clear and PREFIX_check
# make them.
tunnels() {
	local m0 m1

	"$2_start"
	"$2_rules" "$one" "$one"
	"$2_sas" "$one" "$one"
	check_way "$1"
	figure "$1" 1 1 1
	if [ "${BENCH_TCP:-1}" = 1 ]; then
		# The transfer goes to b itself.
		"$2_clear"
		"$2_rules" net net
		"$2_sas" net net
		check_way "$1" 10.2.0.2
		tcp "$1"
	fi
	"$2_clear"
	if [ "$many" -gt 0 ]; then
		"$2_rules" 0 $((many - 1))
		"$2_sas" "$one" "$one"
		check_way "$1"
		figure "$1" 1 "$many" 1
		"$2_clear_sas"
		m0=$(memory)
		"$2_sas" 0 $((many - 1)) g1
		m1=$(memory)
		memory_row "$1" "$many" "$m0" "$m1"
		"$2_sas" 0 $((many - 1)) g2
		check_way "$1"
		figure "$1" "$many" "$many" 1
		figure "$1" "$many" "$many" "$many"
		"$2_clear"
	fi
	"$2_stop"
}

wireguard() {
	wg_start
	check_way wireguard
	# Its workers run later than pktgen: bursts that its queues can hold.
	figure wireguard 1 1 1 5000
	tcp wireguard
	wg_stop
}

# The text that ESP encrypts: the packet, padding, two octets.
aead() {
	local size alg p=/sys/module/bench_aead/parameters

	for size in $sizes; do
		for alg in 'gcm(aes)' 'rfc4106(gcm(aes))'; do
			insmod "$BENCH_AEAD" alg="$alg" \
				len=$(((size - 14 + 2 + 3) / 4 * 4)) ||
				die "the bench module does not load"
			result "row=aead what=aead size=$size alg=$alg" \
				"driver=$(cat $p/driver)" \
				"seal=$(cat $p/seal) open=$(cat $p/open)" \
				"insns=$(($(cat $p/seal) + $(cat $p/open)))"
			rmmod bench_aead
		done
	done
}

# --- for profile.sh -----------------------------------------------------------------

# window COMMAND...: between two markers of the profiler.
window() {
	"$BENCH_MARKER" start
	"$@"
	"$BENCH_MARKER" stop
}

# windows SIZE: two of different length, so that what surrounds the packets
# cancels out. SIZE "tcp" is a transfer.
windows() {
	local n us lost

	if [ "$1" = tcp ]; then
		gro on
		transfer 2000000
		transfer 2000000
		window transfer 2000000
		window transfer 22000000
		return
	fi
	for n in 1000 1000 1000; do burst "$1" $n 1; done
	for n in 1000 11000; do
		window burst "$1" $n 1
		say "$us us, $lost lost"
		[ "$lost" -eq 0 ] || die "packets were lost"
	done
}

# profile SIZE PREFIX: the way without and with tunnels.
profile() {
	windows "$1"
	"$2_start"
	if [ "$1" = tcp ]; then
		"$2_rules" net net
		"$2_sas" net net
		check_way "$2" 10.2.0.2
	else
		"$2_rules" "$one" "$one"
		"$2_sas" "$one" "$one"
		check_way "$2"
	fi
	windows "$1"
	# Addresses of modules are valid as long as they are loaded.
	cp /proc/kallsyms "$results"
}

one=$((many > 0 ? many - 1 : 0))
prepare
if [ "${BENCH_PROFILE:-}" ]; then
	# shellcheck disable=SC2086	# two words
	profile $BENCH_PROFILE
	exit
fi

# measure WHAT
measure() {
	case $1 in
	plain) plain ;;
	ours) tunnels ours ours ;;
	xfrm) tunnels xfrm xfrm ;;
	xfrm-offload)
		modprobe esp4_offload || die "no esp4_offload"
		tunnels xfrm-offload xfrm
		;;
	wireguard) wireguard ;;
	aead) aead ;;
	*) die "BENCH_WHAT: '$1' is unknown" ;;
	esac
}

# recover WHAT: nothing of a failed one must be in the way of the next.
recover() {
	local kind=${1%-offload}

	ns g1 nft delete table netdev check
	case $kind in
	ours | xfrm) "${kind}_clear"; "${kind}_stop" ;;
	wireguard) wg_stop ;;
	aead) rmmod bench_aead ;;
	esac
	gro off
}

for w in $what; do
	say "$w"
	step "$w" all measure "$w" || ( recover "$w" ) > /dev/null 2>&1
done
[ ! -s $failures ] || die "not everything was measured: $(cat $failures)"
