#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure what a packet costs, in instructions, in a guest of each kernel.
#
# usage: run.sh        KERNEL=6.1|6.12 selects one; for BENCH_* see guest.sh
#
# Prints a table and leaves build/bench/datapath.json (see
# Documentation/performance.rst) with the rows of all kernels measured so far.
# Whoever wants numbers of a part only: BENCH_WHAT="plain ours" BENCH_MANY=0.
# Those leave their rows in build/bench/part.json.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=$top/build/bench
kernels=${KERNEL:-6.1 6.12}
json=$out/datapath.json
[ -z "${BENCH_WHAT+x}${BENCH_SIZES+x}${BENCH_MANY+x}${BENCH_TCP+x}" ] ||
	json=$out/part.json

# The bench module, built like the project's own: away from the sources.
aead() {
	local src=$out/$1/aead

	"$top/selftests/qemu/kernels.sh" "$1"
	mkdir -p "$src"
	ln -sf "$here/aead/Kbuild" "$here/aead/bench_aead.c" "$src/"
	make -s -C "$top/build/kernels/$1/kdir" M="$src" modules 2>&1 |
		sed '/^Skipping BTF generation/d' >&2
	BENCH_AEAD=$src/bench_aead.ko
	export BENCH_AEAD
}

status=0
for k in $kernels; do
	aead "$k"
	rm -rf "${out:?}/$k/run"
	KERNEL=$k ICOUNT=1 MEM=2048M TIMEOUT="${TIMEOUT:-3600}" \
		RUN_DIR="$out/$k/run" "$top/selftests/qemu/run.sh" \
		"$here/guest.sh" /run/guest/results || status=$?
	[ $status -eq 0 ] || cat "$out/$k/run/results.log" >&2 || true
	[ -s "$out/$k/run/results" ] || continue
	cp "$out/$k/run/results" "$out/$k/$(basename "$json" .json).rows"
done
"$here/report.py" "$json" "$out"/*/"$(basename "$json" .json).rows" ||
	status=$?
exit $status
