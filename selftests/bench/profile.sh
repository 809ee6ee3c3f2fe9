#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where the instructions go: exact counts by function, per packet, of what the
# gateways add to plain forwarding.
#
# usage: profile.sh [SIZE|tcp] [ours|xfrm]      (1370 ours)     KERNEL=6.1
#
# A plugin of QEMU counts how often every block of instructions runs while
# 10,000 packets pass, in the same guest and over the same way as the bench.
# With tcp, figures are per 1,000 octets of a transfer.
# TOP=40 lines are printed; all of them are in build/bench/K/profile-*.txt.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
size=${1:-1370}
what=${2:-ours}
k=${KERNEL:-6.1}
out=$top/build/bench/$k/profile
bin=$top/build/bench/bin

rm -rf "$out"
mkdir -p "$out" "$bin"
gcc -O2 -Wall -Wextra -shared -fPIC -fvisibility=hidden \
	-o "$bin/plugin.so" "$here/profile/plugin.c"
gcc -O2 -Wall -Wextra -o "$bin/marker" "$here/profile/marker.c"

# The runner takes QEMU from the path: this one adds the plugin.
qemu=$(command -v qemu-system-x86_64)
cat > "$bin/qemu-system-x86_64" <<END
#!/bin/sh
exec $qemu -plugin "$bin/plugin.so,out=$out/count" "\$@"
END
chmod +x "$bin/qemu-system-x86_64"

PATH=$bin:$PATH KERNEL=$k ICOUNT=1 MEM=2048M RUN_DIR="$out/run" \
	TIMEOUT="${TIMEOUT:-1800}" BENCH_PROFILE="$size $what" \
	BENCH_MARKER="$bin/marker" BENCH_MANY=0 \
	"$top/selftests/qemu/run.sh" "$here/guest.sh" /run/guest/kallsyms
"$here/profile/report.py" "$out/run/kallsyms" "$size" "$out"/count.[1-4] \
	> "$out-$what-$size.txt"
head -n "$((${TOP:-40} + 12))" "$out-$what-$size.txt"
echo "all: ${out#"$top/"}-$what-$size.txt"
