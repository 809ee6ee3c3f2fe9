#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run a command as root in a QEMU guest that boots a Debian kernel over this
# machine's own root file system (read-only; what the guest writes is lost).
#
# usage: run.sh COMMAND [ARGUMENT]...     exit status is that of the command
#        run.sh -i [COMMAND...]           interactive, default a shell
#
# The module built for that kernel is installed in the guest, not loaded.
# The work folder is the top of the checkout. /run/guest is shared with the
# host: files in it appear in the folder of the run, build/guest/<run>/.
#
# environment:
#   KERNEL=6.1|6.12|debug   (6.1)   DEBUG=1 means KERNEL=debug
#   CPUS=2  MEM=1024M  TIMEOUT=900 (seconds)
#   ICOUNT=1   one CPU, one nanosecond of guest time per instruction
#   ACCEL=kvm|tcg,thread=multi  (tcg,thread=single: one core for all its CPUs)
#   QUIET=1    no words about the guest itself
#   APPEND=    more kernel parameters
#   RUN_DIR=   an empty folder to use instead of build/guest/<run>/
#   NOBUILD=1  the module has just been built
#   PASS_ENV="A B"  variables the command shall see, beside those named here,
#              CI, TESTS, VERBOSE and all that begin with TEST_, BENCH_, FUZZ_
#              or LIFE_
#
# Whatever the command says, the run fails (125) when the kernel log holds a
# warning, oops, lock or leak report, when the module does not unload at the
# end, or (124) when the time is over.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
say() { [ "${QUIET:-}" ] || echo "# guest: $*" >&2; }
die() { echo "run.sh: $*" >&2; exit 2; }

interactive=
[ "${1:-}" = -i ] && { interactive=1; shift; }
[ $# -gt 0 ] || [ $interactive ] || die "no command (see the head of this file)"
[ $# -gt 0 ] || set -- bash
case $top in *[[:space:],\"]*) die "'$top': no blanks or commas please" ;; esac

[ "${DEBUG:-}" ] && KERNEL=debug
KERNEL=${KERNEL:-6.1}
CPUS=${CPUS:-2}
TIMEOUT=${TIMEOUT:-900}
# One thread for all processors of the guest: with one each, QEMU before 8.1 now
# and then runs code that the kernel has just replaced (jump labels, text_poke),
# which ends as "int3" or as a lockup. Two guests keep two cores busy anyway.
accel=${ACCEL:-tcg,thread=single}
if [ "${ICOUNT:-}" ]; then
	CPUS=1
	accel="tcg,thread=single -icount shift=0,sleep=off"
fi
kern=$top/build/kernels/$KERNEL
[ "$KERNEL" = debug ] && MEM=${MEM:-2048M}
"$here/kernels.sh" "$KERNEL"
# A caller that has just built the module says so; a broken build must stop us.
[ "${NOBUILD:-}" ] || "$here/module.sh" "$KERNEL" W=1 -s >&2 ||
	die "the module does not build for $KERNEL"
initrd=$kern/initrd
if [ ! "$initrd" -nt "$here/init" ] || [ ! "$initrd" -nt "$here/initrd.sh" ] ||
   [ ! "$initrd" -nt "$kern/ready" ]; then
	"$here/initrd.sh" "$KERNEL" "$initrd"
fi

# --- the folder of this run ---------------------------------------------
mkdir -p "$top/build/guest"
run=${RUN_DIR:-}
if [ "$run" ]; then
	mkdir -p "$run"
	run=$(cd "$run" && pwd)
else
	run=$(mktemp -d "$top/build/guest/$KERNEL-$(date +%H%M%S)-XXXX")
fi
pid=
cleanup() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	rm -rf "$run/index" "$run/out" "$run"/mon.in "$run"/mon.out
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
# Keep the logs of the last runs only.
find "$top/build/guest" -mindepth 1 -maxdepth 1 -mmin +600 -exec rm -rf {} +

release=$(cat "$kern/release")
cp -a "$top/build/modules/$KERNEL/index/lib/modules/$release" "$run/index"
mkfifo "$run/out" "$run/mon.in" "$run/mon.out"
{
	printf 'top=%q\nrelease=%q\nmodules=%q\n' "$top" "$release" "$run/index"
	if [ $interactive ]; then
		size=$(stty size 2>/dev/null || echo 0 0)
		[ "$size" != "0 0" ] || size="24 80"
		printf 'interactive=1\nterm=%q\nrows=%q\ncols=%q\n' \
			"${TERM:-dumb}" "${size% *}" "${size#* }"
	fi
} > "$run/settings"
{
	for v in KERNEL CPUS ICOUNT DEBUG CI TESTS VERBOSE ${PASS_ENV:-} \
	         $(compgen -e | grep -E '^(TEST|BENCH|FUZZ|LIFE)_'); do
		[ -z "${!v+x}" ] || printf 'export %s=%q\n' "$v" "${!v}"
	done
	printf 'export IPSECGW_GUEST=%q\n' "$KERNEL"
	printf 'exec'
	printf ' %q' "$@"
	echo
} > "$run/job"

# --- boot -----------------------------------------------------------------
cmdline="console=ttyS0 loglevel=5 log_buf_len=4M guest_top=$top
	panic=-1 oops=panic panic_on_warn=1 panic_print=32 unknown_nmi_panic
	random.trust_cpu=on mitigations=off tsc=reliable no_timer_check
	rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30
	net.ifnames=0 apparmor=0 audit=0 ${APPEND:-}"
# shellcheck disable=SC2054,SC2086,SC2116	# commas are qemu's; one line of it
args=(
	-nodefaults -no-user-config -display none -no-reboot
	-M q35 -cpu max -smp "$CPUS" -m "${MEM:-1024M}"
	-kernel "$kern/image" -initrd "$initrd"
	-append "$(echo $cmdline)"
	-fsdev "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"
	-device virtio-9p-pci,fsdev=host,mount_tag=host
	-fsdev "local,id=share,path=$run,security_model=none"
	-device virtio-9p-pci,fsdev=share,mount_tag=share
	-device virtio-rng-pci
	-chardev "file,id=console,path=$run/console.log"
	-serial chardev:console
	-chardev "pipe,id=mon,path=$run/mon" -mon chardev=mon
)
# shellcheck disable=SC2054
if [ $interactive ]; then
	args+=(-chardev stdio,id=tty,signal=off -serial chardev:tty)
else
	args+=(-device virtio-serial-pci -chardev "file,id=out,path=$run/out"
	       -device virtserialport,chardev=out,name=out)
	tee "$run/output.log" < "$run/out" &
	tee=$!
fi
# Both ends of the monitor pipe stay open here, so that nobody blocks on it.
exec 8<> "$run/mon.in" 9<> "$run/mon.out"
start=$(date +%s)
# shellcheck disable=SC2086
if [ $interactive ]; then
	qemu-system-x86_64 -accel $accel "${args[@]}" <&0 2> "$run/qemu.log" &
else
	qemu-system-x86_64 -accel $accel "${args[@]}" \
		< /dev/null > "$run/qemu.log" 2>&1 &
fi
pid=$!
late=
if [ ! $interactive ]; then
	while kill -0 $pid 2>/dev/null; do
		if [ $(($(date +%s) - start)) -ge "$TIMEOUT" ]; then
			late=1
			break
		fi
		# One line of the monitor per second is nobody's business: a
		# sleep that ends at once when the guest does.
		timeout 1 tail --pid=$pid -f /dev/null || true
	done
fi
if [ $late ]; then
	# The kernel's panic on this prints where it stood and its whole log.
	echo nmi >&8
	timeout 20 tail --pid=$pid -f /dev/null || kill $pid
fi
wait $pid || true
pid=
[ $interactive ] || wait $tee

# --- verdict ----------------------------------------------------------------
log=$run/kernel.log
if [ -s "$run/dmesg" ]; then
	mv "$run/dmesg" "$log"
	rm "$run/console.log"
else
	tr -d '\r' < "$run/console.log" > "$log"
fi
fail() {
	echo "# guest $KERNEL: FAILED: $1 (kernel log: ${log#"$top/"})" >&2
	[ "${2:-}" ] && echo "$2" | sed 's/^/# | /' >&2
	exit "${3:-125}"
}
bad=$("$here/bad_log.sh" < "$log") || [ $? -eq 1 ] ||
	fail "the kernel log cannot be judged"
bad=${bad%%:*}
# From the first complaint on, else the end.
excerpt() {
	if [ "$bad" ]; then
		tail -n "+$((bad > 3 ? bad - 3 : 1))" "$log" | head -n 60
	else
		grep -a . "$log" | tail -n 60
	fi
}

[ ! $late ] || fail "time limit of $TIMEOUT s" "$(excerpt)" 124
if [ ! -s "$run/exit" ]; then
	[ -s "$run/qemu.log" ] && cat "$run/qemu.log" >&2
	fail "the guest died before the command ended" "$(excerpt)"
fi
[ ! -s "$run/kmemleak" ] || fail "memory leaks" "$(head -80 "$run/kmemleak")"
[ -z "$bad" ] || fail "the kernel complained" "$(excerpt)"
[ ! -e "$run/unload" ] || fail "the module does not unload" "$(cat "$run/unload")"
status=$(cat "$run/exit")
say "$release: booted in $(cat "$run/boot-seconds") s," \
	"$(($(date +%s) - start)) s in all, exit status $status"
exit "$status"
