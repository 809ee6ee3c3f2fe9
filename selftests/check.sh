#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the test suites: those of the host here, the others in guests, one guest
# per kernel, at the same time. Called by "make check", which builds first.
#
# environment:
#   KERNEL="6.1 6.12"  kernels of the guests; "debug" for the debug kernel
#   TESTS="esp nl/policy.sh"  only these areas or files (default: all)
#   SUITES="guest"     only the suites of the host or of the guest
#   CI=true            something missing is a failure, not a skip
#   VERBOSE=1          all output of all tests
#   STRICT=1           a test of a guest that fails is not run again
#   JOBS=2             tests of the host at the same time
#
# A few tests of a guest that fail get a second try in a guest of their own, for
# they share slow processors with much else; those that need it are named as
# "unsteady" at the end. What the kernel log complains of is never forgiven.
#
# Ends with what failed, a table and the line "N passed, N failed, N skipped".
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
cd "$top" || exit
host_areas="lint unit sim runner cfg fuzz"
guest_areas="esp sad spd nl cli life leak tunnel ike interop"
kernels=${KERNEL:-6.1 6.12}

# tests_of AREA: the programs of an area, from the sources and from its build.
tests_of() {
	find "selftests/$1" "build/selftests/$1" -maxdepth 1 -type f -executable \
		2>/dev/null | sort
}

# An area with a Makefile is built first, into build/selftests/AREA.
build_area() {
	[ -e "selftests/$1/Makefile" ] || return 0
	mkdir -p "build/selftests/$1"
	make -s -j "$(nproc)" -C "selftests/$1" OUT="$top/build/selftests/$1"
}

# select AREA...: the tests that TESTS asks for, or all of them; for an area that
# does not build, its Makefile, which fails as a test.
select_tests() {
	local area t

	for area; do
		for t in ${TESTS-$area}; do
			case $t in
			"$area")
				build_area "$area" >&2 ||
					echo "selftests/$area/Makefile"
				tests_of "$area" ;;
			"$area"/*)
				build_area "$area" >&2 ||
					echo "selftests/$area/Makefile"
				tests_of "$area" | grep -E "selftests/$t(\.[a-z]+)?\$" ||
					echo "selftests/$t" ;;
			esac
		done
	done
}

# boot KERNEL NAME TEST...: the tests in one guest; their results in $results.
boot() {
	local k=$1 scale=1

	[ "$k" = debug ] && scale=6
	results=$out/guest-$k/$2/results
	mkdir -p "$out/guest-$k/$2"
	: > "$results"
	KERNEL=$k NOBUILD=1 RUN_DIR=$out/guest-$k/$2 \
	TIMEOUT=${TIMEOUT:-$((3300 * scale))} \
	PASS_ENV="RESULTS TIMEOUT_SCALE" RESULTS=/run/guest/results \
	TIMEOUT_SCALE=$scale \
		selftests/qemu/run.sh selftests/run_tests.sh "${@:3}" 2>&1
}

# A second try for up to three tests that failed: see the head of this file.
try_again() {
	local k=$1 results failed

	mapfile -t failed < <(awk '$3 > 0 { print $1 }' "$out/results-$k")
	[ ${#failed[@]} -gt 0 ] && [ ${#failed[@]} -le 3 ] || return 0
	echo "# a second try: ${failed[*]}"
	boot "$k" again "${failed[@]}" || return 0
	awk '$3 == 0' "$out/results-$k" > "$out/steady-$k"
	cat "$out/steady-$k" "$results" > "$out/results-$k"
	printf '%s\n' "${failed[@]/%/ ($k)}" >> "$out/unsteady"
}

# A guest that dies takes the rest of its tests with it: the one it died in
# has failed, the others get a new guest.
run_guest() {
	local k=$1 rest=("${@:2}") n=0 rc ran results

	while [ ${#rest[@]} -gt 0 ]; do
		n=$((n + 1))
		boot "$k" $n "${rest[@]}"
		rc=$?
		cat "$results" >> "$out/results-$k"
		ran=$(wc -l < "$results")
		[ "$rc" -ne 0 ] || break
		if [ "$ran" -eq ${#rest[@]} ]; then
			# All ran; the tests or the kernel log had failures.
			if [ "$rc" -ne 1 ]; then
				echo "selftests/kernel/log 0 1 0 0" >> "$out/results-$k"
			elif [ $n -eq 1 ] && [ ! "${STRICT:-}" ]; then
				try_again "$k"
			fi
			break
		fi
		echo "${rest[ran]} 0 1 0 0" >> "$out/results-$k"
		echo "not ok ${rest[ran]} # the guest ended in it"
		rest=("${rest[@]:ran + 1}")
	done
}

# What failed, again and in one place, for those who have only the end of a log;
# and what was skipped, and why.
failures() {
	local log

	for log in "$out"/log-*; do
		awk -v where="${log##*/log-}" '
		/^# not ok / { left = 4 }
		/^not ok / { left = 1 }
		/^(# )?ok / { left = 0 }
		left-- > 0 { print "# " where ": " $0 }
		/^# (1\.\.0|ok [0-9]+ .*) # SKIP / {
			sub(/.* # SKIP /, ""); why[++n] = $0; next
		}
		/^(not )?ok [0-9]+ / {
			for (i = 1; i <= n; i++)
				print "# " where ": skipped: " $3 ": " why[i]
			n = 0
		}' "$log"
	done
	[ ! -e "$out/unsteady" ] || sed 's/^/# unsteady: /' "$out/unsteady"
}

table() {
	awk '
	{
		file = FILENAME; sub(".*/results-", "", file)
		n = split($1, part, "/"); key = part[n - 1] " " file
		if (!(key in seen)) { seen[key] = 1; order[++rows] = key }
		pass[key] += $2; fail[key] += $3; skip[key] += $4; secs[key] += $5
		p += $2; f += $3; s += $4
	}
	END {
		printf "%-10s %-8s %8s %8s %8s %8s\n", "suite", "where",
			"passed", "failed", "skipped", "seconds"
		for (i = 1; i <= rows; i++) {
			k = order[i]; split(k, part, " ")
			printf "%-10s %-8s %8d %8d %8d %8d\n", part[1], part[2],
				pass[k], fail[k], skip[k], secs[k]
		}
		printf "\n%d passed, %d failed, %d skipped\n", p, f, s
		exit (f > 0 || p == 0)
	}' "$@" /dev/null
}

# Two checks at once in one checkout do not meet.
mkdir -p build/check
find build/check -mindepth 1 -maxdepth 1 -mmin +600 -exec rm -rf {} +
out=$(mktemp -d "build/check/$(date +%H%M%S)-XXXX")
pids=()
trap '[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null' EXIT
trap 'exit 130' INT TERM HUP

if [[ ${SUITES:-host} == *host* ]]; then
	# shellcheck disable=SC2086
	mapfile -t tests < <(select_tests $host_areas)
	[ ${#tests[@]} -eq 0 ] ||
		RESULTS=$out/results-host JOBS=${JOBS:-2} \
			selftests/run_tests.sh "${tests[@]}" |
			tee "$out/log-host"
fi
if [[ ${SUITES:-guest} == *guest* ]]; then
	# shellcheck disable=SC2086
	mapfile -t tests < <(select_tests $guest_areas)
	if [ ${#tests[@]} -gt 0 ]; then
		for k in $kernels; do
			run_guest "$k" "${tests[@]}" > >(tee "$out/log-$k" |
				sed -u "s/^/[$k] /") &
			pids+=($!)
		done
		wait "${pids[@]}"
		pids=()
		# The prefixing sed may still have lines to write.
		wait
	fi
fi
echo
shopt -s nullglob
failures
table "$out"/results-*
