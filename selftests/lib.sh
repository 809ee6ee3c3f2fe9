# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Helpers of the shell tests: KTAP results, waiting, namespaces, cleaning up.
#
# A test begins with
#	. "$(dirname "$0")/../lib.sh"
#	plan 5
# gives exactly that many results (ok, not_ok, skip or one of the checks), and
# simply ends. What it made through these helpers is removed at the end.

[ "${BASH_VERSION:-}" ] || { echo "lib.sh: needs bash" >&2; exit 1; }
set -u
export LC_ALL=C.UTF-8

selftests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034	# for the tests
top=$(dirname "$selftests")
ipsecctl=${IPSECCTL:-$top/tools/ipsecctl/ipsecctl}

_plan=0 _count=0 _failed=0
_ns=() _pids=() _defer=()
_log_mark=

# --- results -----------------------------------------------------------------

# plan N: this script will give N results.
plan() {
	_plan=$1
	echo "TAP version 13"
	echo "1..$1"
	_log_mark=$(dmesg 2>/dev/null | wc -l)
}

# diag TEXT...: lines for the reader, no result.
diag() { printf '%s\n' "$*" | sed 's/^/# /'; }

ok() {
	_count=$((_count + 1))
	echo "ok $_count $1"
}

# not_ok NAME [EXPLANATION]
not_ok() {
	_count=$((_count + 1))
	_failed=$((_failed + 1))
	echo "not ok $_count $1"
	[ -z "${2:-}" ] || diag "$2"
}

# skip NAME REASON: name what is missing.
skip() {
	_count=$((_count + 1))
	echo "ok $_count $1 # SKIP $2"
}

# skip_all REASON: nothing here can run.
skip_all() {
	echo "1..0 # SKIP $1"
	_plan=0 _count=0
	exit 4
}

# need COMMAND...: skip the whole script when a program is missing.
need() {
	local c

	for c; do
		command -v "$c" > /dev/null || skip_all "missing program: $c"
	done
}

# check NAME COMMAND...: the command succeeds.
check() {
	local name=$1 out status

	shift
	if out=$("$@" 2>&1); then
		ok "$name"
	else
		status=$?
		not_ok "$name" "'$*' returned $status: $out"
	fi
}

# check_fails NAME REGEX COMMAND...: the command fails, its output says why.
check_fails() {
	local name=$1 re=$2 out status

	shift 2
	out=$("$@" 2>&1)
	status=$?
	if [ $status -eq 0 ]; then
		not_ok "$name" "'$*' succeeded: $out"
	elif [ $status -ge 124 ]; then
		not_ok "$name" "'$*' was killed ($status): $out"
	elif ! grep -qE -- "$re" <<< "$out"; then
		not_ok "$name" "'$*' failed without saying '$re': $out"
	else
		ok "$name"
	fi
}

# expect NAME GOT WANT
expect() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:  $2"$'\n'"want: $3"
	fi
}

# expect_re NAME GOT REGEX
expect_re() {
	if grep -qE -- "$3" <<< "$2"; then
		ok "$1"
	else
		not_ok "$1" "got: $2"$'\n'"want a match of: $3"
	fi
}

# expect_num NAME GOT OPERATOR WANT: operators of test(1), -eq -ge ...
expect_num() {
	# shellcheck disable=SC1072,SC1073,SC1009
	if test "$2" "$3" "$4" 2>/dev/null; then
		ok "$1"
	else
		not_ok "$1" "got $2, want $3 $4"
	fi
}

# --- waiting -------------------------------------------------------------------

# pause SECONDS: for polling; never instead of waiting for a condition.
pause() { read -rt "$1" <> <(:) || :; }

# wait_for LIMIT COMMAND...: poll until it succeeds, at most LIMIT seconds (more
# where run_tests.sh gives tests more time).
wait_for() {
	local end=$((SECONDS + $1 * ${TIMEOUT_SCALE:-1}))

	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		pause 0.1
	done
}

# --- what must go away at the end ------------------------------------------------

# defer COMMAND...: run at the end, last one first. Words are kept as given.
defer() { _defer+=("$(printf '%q ' "$@")"); }

# spawn COMMAND...: in the background, killed at the end. Its id is in $!.
spawn() {
	"$@" &
	_pids+=("$!")
}

# kill_wait PID...: end processes of ours and wait until they are gone.
kill_wait() {
	kill "$@" 2>/dev/null
	wait "$@" 2>/dev/null
	return 0
}

_cleanup() {
	local i n

	for ((i = ${#_defer[@]} - 1; i >= 0; i--)); do
		eval "${_defer[i]}" > /dev/null 2>&1
	done
	[ ${#_pids[@]} -eq 0 ] || kill_wait "${_pids[@]}"
	for n in "${_ns[@]}"; do
		ip netns pids "$n" 2>/dev/null | xargs -r kill 2>/dev/null
		ip netns del "$n" 2>/dev/null
	done
}

_log_new() {
	[ "$_log_mark" ] || return
	dmesg 2>/dev/null | tail -n +$((_log_mark + 1)) |
		"$selftests/qemu/bad_log.sh"
	[ $? -le 1 ] || echo "(the kernel log cannot be judged)"
}

_exit() {
	local status=$? bad

	trap - EXIT
	trap '' INT TERM
	_cleanup
	[ $status -eq 4 ] && exit 4
	if [ $_count -ne "$_plan" ]; then
		diag "planned $_plan results, gave $_count"
		exit 1
	fi
	bad=$(_log_new)
	if [ "$bad" ]; then
		diag "the kernel complained:"$'\n'"$bad"
		exit 1
	fi
	[ $_failed -eq 0 ] || exit 1
	exit $status
}
trap _exit EXIT
trap 'exit 143' INT TERM

# --- the module ------------------------------------------------------------------

# need_module [PARAMETER...]: load it, or skip; unloaded at the end.
need_module() {
	[ "$(id -u)" = 0 ] || skip_all "not root"
	[ -d /sys/module/ipsecgw ] && return
	modprobe -n -q ipsecgw || skip_all "missing module: ipsecgw"
	modprobe ipsecgw "$@" || exit 1
	_defer=("rmmod ipsecgw" "${_defer[@]}")
}

# ctl NS ARGUMENT...: ipsecctl in a namespace.
ctl() {
	local n=$1

	shift
	"$ipsecctl" -n "$n-$$" "$@"
}

# --- namespaces --------------------------------------------------------------------

# nsname NAME: what ip(8) calls it; unique to this script.
nsname() { echo "$1-$$"; }

# ns NAME COMMAND...: run in the namespace.
ns() {
	local n=$1

	shift
	ip netns exec "$n-$$" "$@"
}

# ns_add NAME...: with loopback up, forwarding on, no path filter, no DAD.
ns_add() {
	local n k=net.ipv4.conf s=net.ipv6.conf

	# A process is what takes time in a guest: one for all where that goes.
	_ns+=("${@/%/-$$}")
	printf "netns add %s-$$\n" "$@" | ip -batch - || exit 1
	for n; do
		ip -n "$n-$$" link set lo up
		ns "$n" sysctl -qw net.ipv4.ip_forward=1 $s.all.forwarding=1 \
			$k.all.rp_filter=0 $k.default.rp_filter=0 \
			$s.all.accept_dad=0 $s.default.accept_dad=0
	done
}

# ns_del NAME...: before the end.
ns_del() {
	local n

	for n; do ip netns del "$n-$$"; done
}

# veth NS1 DEV1 NS2 DEV2: a cable, both ends up.
veth() {
	ip link add "$2" up netns "$1-$$" type veth \
		peer name "$4" netns "$3-$$" &&
		ip -n "$3-$$" link set "$4" up || exit 1
}

# ip_batch NS: ip(8) commands from standard input, one per line.
ip_batch() { ip -n "$1-$$" -batch - || exit 1; }

# topology: two hosts behind two gateways.
#
#    a --------------- g1 --------------- g2 --------------- b
#      a0          g1a    g12        g21     g2b          b0
#      10.1.0.2   10.1.0.1                10.2.0.1   10.2.0.2	/24
#      fd01::2     fd01::1                 fd02::1    fd02::2	/64
#                     172.16.0.1  172.16.0.2			/24
#                       fd00::1    fd00::2			/64
topology() {
	ns_add a g1 g2 b
	veth a a0 g1 g1a
	veth g1 g12 g2 g21
	veth b b0 g2 g2b
	ip_batch a <<-END
		addr add 10.1.0.2/24 dev a0
		addr add fd01::2/64 dev a0 nodad
		route add default via 10.1.0.1
		route add default via fd01::1
	END
	ip_batch g1 <<-END
		addr add 10.1.0.1/24 dev g1a
		addr add fd01::1/64 dev g1a nodad
		addr add 172.16.0.1/24 dev g12
		addr add fd00::1/64 dev g12 nodad
		route add 10.2.0.0/24 via 172.16.0.2
		route add fd02::/64 via fd00::2
	END
	ip_batch g2 <<-END
		addr add 10.2.0.1/24 dev g2b
		addr add fd02::1/64 dev g2b nodad
		addr add 172.16.0.2/24 dev g21
		addr add fd00::2/64 dev g21 nodad
		route add 10.1.0.0/24 via 172.16.0.1
		route add fd01::/64 via fd00::1
	END
	ip_batch b <<-END
		addr add 10.2.0.2/24 dev b0
		addr add fd02::2/64 dev b0 nodad
		route add default via 10.2.0.1
		route add default via fd02::1
	END
	wait_for 10 ns a ping -nqc1 -W1 10.2.0.2 &&
		wait_for 10 ns a ping -nqc1 -W1 fd02::2 && return
	diag "topology: no way from a to b"
	exit 1
}

# counter NS DEV NAME: a device statistic, tx_packets, rx_dropped ...
counter() { ns "$1" cat "/sys/class/net/$2/statistics/$3"; }
