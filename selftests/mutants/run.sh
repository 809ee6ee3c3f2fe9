#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does each breakage of the module in list.txt make its tests fail?
#
# usage: run.sh [-b] [NAME...]     default: all of list.txt; -b only builds them
#
# Builds the broken modules one after the other, then runs their tests in a guest;
# the guest is left for a new one when a broken module has made it unusable. The
# tests are taken to pass with the module as it is: "make check" shows that.
#
# environment: KERNEL=6.1|6.12|debug  (6.1)
#              NOBUILD=1  use the modules as they were last built
#
# A line for each test: the breakage, the test, what failed first. Exit status 1
# when a test noticed nothing.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top" || exit
export KERNEL=${KERNEL:-6.1}
out=$top/build/mutants/$KERNEL
src=$out/src
kdir=$top/build/kernels/$KERNEL/kdir
# As the kernel's Makefile calls it; objtool asks for it.
srcarch=$(uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')

die() { echo "mutants: $*" >&2; exit 2; }

declare -A file tests code
names=()
read_list() {
	local line name words

	while IFS= read -r line; do
		case $line in
		''|'#'*) ;;
		$'\t'*) code[$name]+=${line#$'\t'}$'\n' ;;
		*)
			read -r name words <<< "$line"
			names+=("$name")
			file[$name]=kernel/${words%% *}
			tests[$name]=${words#* }
			code[$name]=
			;;
		esac
	done < "$here/list.txt"
}

make_module() {
	make -s -C "$kdir" M="$src" CONFIG_DEBUG_INFO_BTF_MODULES= modules \
		> "$out/make.log" 2>&1 || { cat "$out/make.log" >&2; return 1; }
}

# The sources, copied, and the module as it is.
copy() {
	rm -rf "$out"
	mkdir -p "$src"
	cp -a Kbuild kernel include "$src/"
	make_module
}

# again FILE: make it once more, by the command that Kbuild has left beside it. Kbuild
# itself would take five times as long to find out what is to be done.
again() {
	local cmd

	cmd=$(sed -nE '1s/^(saved)?cmd_[^ ]* := //p' \
		"$src/$(dirname "$1")/.$(basename "$1").cmd")
	(cd "$kdir" && SRCARCH=$srcarch && export SRCARCH && eval "$cmd") > "$out/make.log" 2>&1 || {
		cat "$out/make.log" >&2
		return 1
	}
}

# break_module NAME: $out/NAME.ko
break_module() {
	local f=${file[$1]} object=${file[$1]%.c}.o

	[ -e "$f" ] || die "$1: no $f"
	sed "${code[$1]}" "$f" > "$src/$f"
	! cmp -s "$f" "$src/$f" || die "$1: its expressions match nothing in $f"
	cp "$src/$object" "$out/whole.o"
	again "$object" && again ipsecgw.o && again ipsecgw.ko ||
		die "$1: does not build"
	strip --strip-debug -o "$out/$1.ko" "$src/ipsecgw.ko"
	cp "$f" "$src/$f"
	cp "$out/whole.o" "$src/$object"
}

# Those of the list for which there is no verdict yet.
left() {
	local name t

	for name in "${chosen[@]}"; do
		for t in ${tests[$name]}; do
			grep -q "^$name $t " "$out/verdicts" || echo "$name $t"
		done
	done
}

# A test with which the guest ended has noticed something.
ended() {
	local name t

	read -r name t < "$1/now" || die "no guest"
	grep -q "^$name $t " "$out/verdicts" ||
		echo "$name $t noticed: the guest ended in it" >> "$out/verdicts"
}

build_only=
[ "${1:-}" = -b ] && { build_only=1; shift; }
read_list
chosen=("$@")
[ $# -gt 0 ] || chosen=("${names[@]}")
for name in "${chosen[@]}"; do
	[ "${file[$name]+set}" ] || die "$name is not in list.txt"
done
if [ ! "${NOBUILD:-}" ]; then
	"$top/selftests/qemu/module.sh" "$KERNEL" || exit 2
	copy || die "the module as it is does not build"
	for name in "${chosen[@]}"; do
		break_module "$name"
	done
fi
[ ! $build_only ] || exit 0
rm -rf "$out"/guest-*

: > "$out/verdicts"
guests=0
while [ "$(left)" ]; do
	guests=$((guests + 1))
	run=$out/guest-$guests
	mkdir -p "$run"
	left > "$run/todo"
	NOBUILD=1 RUN_DIR=$run TIMEOUT=${TIMEOUT:-9000} \
		selftests/qemu/run.sh selftests/mutants/guest.sh "$out" \
		> "$run/log" 2>&1
	[ ! -e "$run/verdicts" ] || cat "$run/verdicts" >> "$out/verdicts"
	ended "$run"
done

echo
while read -r name t what; do
	printf '%-40s %-18s %s\n' "$name" "$t" "$what"
done < "$out/verdicts"
missed=$(grep -c ' NOT noticed' "$out/verdicts")
echo "$(wc -l < "$out/verdicts") tests of ${#chosen[@]} broken modules in" \
	"$guests guests: $missed noticed nothing"
[ "$missed" -eq 0 ]
