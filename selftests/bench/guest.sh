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
#   BENCH_PARTS="ours xfrm-many" just these parts of it, see parts_of
#   BENCH_SIZES="64 512 1370"   lengths of the inner Ethernet frames
#   BENCH_MANY=10000            "many" SAs and map entries, 0 for none
#   BENCH_SAS=100000            SAs for the rows of "control", 0 for none
#   BENCH_TCP=1                 goodput too, 0 not
#   BENCH_QUICK=1               does everything still work: little of each,
#                               figures of no use
#
# How: the generator of the kernel (pktgen) in namespace a sends UDP through g1
# and g2; b drops what arrives at the ingress of its device and counts it. All
# that the one CPU does from the start of a burst until nothing is left to do is
# counted, for a long burst and for a short one: they differ by their packets
# only. Bursts are shorter than any queue on the way, and the CPU rests between
# them, so that those whose work is done by other threads can do it.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/bench/tunnels.sh
. "$(dirname "$0")/tunnels.sh"
# shellcheck source=selftests/bench/clock.sh
. "$(dirname "$0")/clock.sh"
# shellcheck source=selftests/bench/control.sh
. "$(dirname "$0")/control.sh"

results=$1
bench=$(cd "$(dirname "$0")" && pwd)
what=${BENCH_WHAT:-plain ours xfrm xfrm-offload wireguard aead}
if [ "${BENCH_QUICK:-}" ]; then
	sizes=${BENCH_SIZES:-512}
	many=${BENCH_MANY:-20}
	sas=${BENCH_SAS:-200}
	few=40 more=200 times=3
	short=200000 long=700000
else
	sizes=${BENCH_SIZES:-64 512 1370}
	many=${BENCH_MANY:-10000}
	sas=${BENCH_SAS:-100000}
	few=100 more=1000 times=5
	short=2000000 long=42000000
fi
# Nanoseconds without work after a burst that prove that it is over.
rest=100000000
failures=/run/bench-failures why=/run/bench-why

# What is said last may not get out of a guest whose clock jumps: also to a file.
die() {
	echo "$*" > $why
	echo "bench: $*" | tee -a "$results.log" >&2
	exit 1
}
say() { echo "# $*" | tee -a "$results.log"; }
# result NAME=VALUE...
result() { echo "part=$part $*" | tee -a "$results"; }

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

# send SIZE: the bursts of standard input, in the lines of bursts.sh. What it says
# of them in the list costs, packets that were lost in $lost, octets per packet
# between the gateways in $wire.
send() {
	local before wire_before line lines sent=0

	mapfile -t lines
	for line in "${lines[@]}"; do sent=$((sent + ${line%% *})); done
	before=$(arrived)
	wire_before=$(counter g2 g21 rx_bytes)
	mapfile -t costs < <(printf '%s\n' "${lines[@]}" |
		ns a "$bench/bursts.sh" a0 "$mac" "$1")
	[ ${#costs[@]} -eq ${#lines[@]} ] ||
		die "the packet generator did not run"
	lost=$((sent - $(arrived) + before))
	wire=$((($(counter g2 g21 rx_bytes) - wire_before) / sent))
}

# plan_bursts FLOWS COUNT...: one burst of each COUNT, for every part of the flows
# if there are many, some times if it is one.
plan_bursts() {
	local i n first last

	for ((i = 0; i < ($1 > more ? ($1 + more - 1) / more : times); i++)); do
		first=$one last=$one
		if [ "$1" -gt 1 ]; then
			first=$((i * more % $1))
			last=$((first + more > $1 ? $1 - 1 : first + more - 1))
		fi
		for n in "${@:2}"; do
			echo "$n $(far $first) $(far $last)"
		done
	done
}

# median VALUE...
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

# figure WHAT SAS ENTRIES FLOWS: one row for every size. Now and then a queue
# overflows; such a figure is taken again.
figure() {
	local size try i costs lost wire insns

	for size in $sizes; do
		# All flows once: caches, addresses, first use of an SA.
		send "$size" <<< "$(times=1 plan_bursts "$4" $more)"
		for try in 1 2 3; do
			send "$size" <<< "$(plan_bursts "$4" $few $more)"
			[ "$lost" -gt 0 ] || break
			say "$1, $size octets: $lost packets lost, try $try"
		done
		if [ "$lost" -eq 0 ] && [ "$1" != plain ] &&
		   [ "$wire" -lt $((size + 30)) ]; then
			die "$1: $wire octets per packet of $size between the" \
				"gateways: that is not protected"
		fi
		insns=()
		for ((i = 0; i < ${#costs[@]}; i += 2)); do
			[ "${costs[i + 1]#* }" -gt $rest ] || die "$1:" \
				"packets of $size octets are still on their way"
			insns+=($((${costs[i + 1]% *} - ${costs[i]% *})))
		done
		result "row=packet what=$1 size=$size sas=$2 entries=$3" \
			"flows=$4 insns=$(($(median "${insns[@]}") / (more - few)))" \
			"lost=$lost wire=$wire"
		# What a peer loses its row says.
		case $1 in
		plain | ours)
			[ "$lost" -eq 0 ] ||
				failed "$1" "$size" "$lost packets were lost"
			;;
		esac
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

# goodput WHAT: what the octets of a long transfer cost beyond a short one. What
# starts and ends a transfer varies, and the median of several does so less.
goodput() {
	local all=() start insns

	transfer $short
	for _ in 1 2 3 4 5; do
		cost transfer $short
		all+=("$insns")
	done
	start=$(median "${all[@]}")
	cost transfer $long
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
	tcp plain
}

plain_many() {
	check_way plain
	figure plain "$many" "$many" "$many"
}

# tunnels WHAT PREFIX: PREFIX_rules, PREFIX_sas and PREFIX_clear make them.
tunnels() {
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
	"$2_stop"
}

# tunnels_many WHAT PREFIX
tunnels_many() {
	local m0 m1

	"$2_start"
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
	"$2_stop"
}

wireguard() {
	wg_start
	check_way wireguard
	figure wireguard 1 1 1
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
	local n costs lost wire

	if [ "$1" = tcp ]; then
		gro on
		transfer 2000000
		transfer 2000000
		window transfer 2000000
		window transfer 22000000
		return
	fi
	send "$1" <<< "$(plan_bursts 1 1000)"
	for n in 1000 11000; do
		window send "$1" <<< "$n $(far "$one") $(far "$one")"
		say "${costs[*]}, $lost lost"
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
	xfrm-offload*) modprobe esp4_offload || die "no esp4_offload" ;;
	esac
	case $1 in
	plain) plain ;;
	plain-many) plain_many ;;
	ours | xfrm) tunnels "$1" "$1" ;;
	ours-many | xfrm-many) tunnels_many "${1%-many}" "${1%-many}" ;;
	xfrm-offload) tunnels xfrm-offload xfrm ;;
	xfrm-offload-many) tunnels_many xfrm-offload xfrm ;;
	wireguard) wireguard ;;
	aead) aead ;;
	ours-control | xfrm-control) control "${1%-control}" ;;
	*) die "BENCH_WHAT: '$1' is unknown" ;;
	esac
}

# recover WHAT: nothing of a failed one must be in the way of the next.
recover() {
	local kind=${1%%-*}

	ns g1 nft delete table netdev check
	case $kind in
	ours | xfrm) "${kind}_clear"; "${kind}_stop" ;;
	wireguard) wg_stop ;;
	aead) rmmod bench_aead ;;
	esac
	gro off
}

# parts_of WHAT...: with one SA, with many SAs and rules, what programs do.
parts_of() {
	local w

	for w; do
		echo "$w"
		case $w in
		plain | ours | xfrm | xfrm-offload)
			[ "$many" -eq 0 ] || echo "$w-many"
			;;
		esac
		case $w in
		ours | xfrm)
			[ "$sas" -eq 0 ] || echo "$w-control"
			;;
		esac
	done
}

# shellcheck disable=SC2086	# lists of words
for part in ${BENCH_PARTS:-$(parts_of $what)}; do
	say "$part"
	step "$part" all measure "$part" || ( recover "$part" ) > /dev/null 2>&1
done
[ ! -s $failures ] || die "not everything was measured: $(cat $failures)"
