# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Runs libFuzzer targets for a while; sourced by the tests of this folder.
#
# A target fuzz_NAME has its seeds in seeds/NAME/, and its words in NAME.dict if
# there is one. What a run finds new goes to build/fuzz/NAME/ and is used by the
# next one; an input that breaks the target stays in build/fuzz/.
#
# environment: FUZZ_SECONDS=60  how long for each target
set -u

fuzz_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fuzz_top=$(cd "$fuzz_here/../.." && pwd)
fuzz_bin=$fuzz_top/build/selftests/fuzz/bin
fuzz_seconds=${FUZZ_SECONDS:-60}
fuzz_count=0 fuzz_failed=0

# fuzz NAME [OPTION]...: one result.
fuzz() {
	local name=$1 corpus=$fuzz_top/build/fuzz/$1 log
	local dict=$fuzz_here/$1.dict

	shift
	fuzz_count=$((fuzz_count + 1))
	if [ ! -x "$fuzz_bin/fuzz_$name" ]; then
		echo "ok $fuzz_count fuzz_$name # SKIP it is not built; clang is missing"
		return
	fi
	mkdir -p "$corpus"
	log=$corpus.log
	[ ! -e "$dict" ] || set -- -dict="$dict" "$@"
	if UBSAN_OPTIONS=print_stacktrace=1 "$fuzz_bin/fuzz_$name" \
		-max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=1024 \
		-print_final_stats=1 -verbosity=1 \
		-artifact_prefix="$fuzz_top/build/fuzz/$name-" "$@" \
		"$corpus" "$fuzz_here/seeds/$name" > "$log" 2>&1; then
		echo "ok $fuzz_count fuzz_$name"
	else
		fuzz_failed=1
		echo "not ok $fuzz_count fuzz_$name"
		grep -vE '^#[0-9]+' "$log" | tail -n 60 | sed 's/^/# /'
	fi
	sed -nE 's/^#([0-9]+)\s+DONE\s+(cov: [0-9]+).*/# \1 runs, \2/p' "$log"
}

fuzz_plan() {
	echo "TAP version 13"
	echo "1..$1"
}

fuzz_end() { exit $fuzz_failed; }
