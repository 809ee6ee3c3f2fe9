#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Measure what a packet costs, in instructions, in a guest of each kernel.
#
# usage: run.sh        KERNEL=6.1|6.12 selects one; for BENCH_* see guest.sh
#
# Prints rows with the seconds gone by as they come, then a table, and leaves
# build/bench/datapath.json (see Documentation/performance.rst) with the rows of
# all kernels measured so far. OUT= is another folder than build/bench.
# Whoever wants numbers of a part only: BENCH_WHAT="plain ours" BENCH_MANY=0.
# Those leave their rows in part.json. With PARTS="plain ours-many" (see parts_of
# in guest.sh) those parts alone are measured, and take the place of their rows
# in datapath.json.
#
# What was measured before something failed is kept and shown, with what
# failed; the exit status is then not 0.
set -eu -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=${OUT:-$top/build/bench}
kernels=${KERNEL:-6.1 6.12}
json=$out/datapath.json
rows=datapath.rows
parts=${PARTS:-}
if [ "${!BENCH_*}" ]; then
	json=$out/part.json
	rows=part.rows
fi

# The bench module, built like the project's own: away from the sources.
aead() {
	local src=$out/$1/aead

	"$top/selftests/qemu/kernels.sh" "$1"
	mkdir -p "$src"
	ln -sf "$here/aead/Kbuild" "$here/aead/bench_aead.c" "$src/"
	# Without type information (BTF), which would need one more program.
	make -s -C "$top/build/kernels/$1/kdir" M="$src" \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules >&2
	BENCH_AEAD=$src/bench_aead.ko
	export BENCH_AEAD
}

# others FILE: the rows of FILE that are not about one of the parts.
others() {
	[ ! -s "$1" ] || awk -v parts="$parts" '
		BEGIN { n = split(parts, p); for (; n; n--) gone["part=" p[n]] = 1 }
		!($1 in gone)' "$1"
}

# Seconds in front of every line: a run takes a while.
clock() {
	local start=$SECONDS line

	while IFS= read -r line; do
		printf '[%s %4d s] %s\n' "$1" $((SECONDS - start)) "$line"
	done
}

status=0
[ -z "$parts" ] || export BENCH_PARTS=$parts
for k in $kernels; do
	aead "$k"
	rm -rf "${out:?}/$k/run"
	# A guest that dies leaves the rows that it had.
	KERNEL=$k ICOUNT=1 MEM=2048M TIMEOUT="${TIMEOUT:-3600}" \
		RUN_DIR="$out/$k/run" "$top/selftests/qemu/run.sh" \
		"$here/guest.sh" /run/guest/results 2>&1 | clock "$k" ||
		status=$?
	if [ -z "$parts" ]; then
		rm -f "$out/$k/$rows"
	fi
	[ -s "$out/$k/run/results" ] ||
		{ echo "bench: nothing was measured on $k" >&2; continue; }
	others "$out/$k/$rows" > "$out/$k/run/all"
	cat "$out/$k/run/results" >> "$out/$k/run/all"
	cp "$out/$k/run/all" "$out/$k/$rows"
done
files=("$out"/*/"$rows")
[ -e "${files[0]}" ] || exit 1
"$here/report.py" "$json" "${files[@]}" || status=$?
[ $status -eq 0 ] || echo "bench: failed, status $status" >&2
exit $status
