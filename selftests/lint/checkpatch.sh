#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
# The kernel's checkpatch over the module. usage: checkpatch.sh [FILE...]
. "$(dirname "$0")/common.sh"

ignore=(
	# Not for code outside the kernel tree.
	FILE_PATH_CHANGES
	LINUX_VERSION_CODE
	# Kernel sources are not written through the maintainers file.
	CONFIG_DESCRIPTION
	# clang-format lays the lines out; the two disagree about these.
	OPEN_ENDED_LINE
	LINE_CONTINUATIONS
)
# compat.h defines what an older kernel lacks, by the newer kernel's names.
ignore_compat=(NEW_TYPEDEFS MACRO_ARG_REUSE)

join() {
	local IFS=,

	echo "$*"
}

plan 1
src=$(selftests/kernel-source.sh) || exit
if [ $# -gt 0 ]; then
	files=("$@")
else
	mapfile -t files < <(c_files kernel include)
fi
out=$(for f in "${files[@]}"; do
	skip=("${ignore[@]}")
	[[ $f != *compat.h ]] || skip+=("${ignore_compat[@]}")
	perl "$src/scripts/checkpatch.pl" --no-tree --strict --terse --quiet \
		--no-summary --show-types \
		--ignore "$(join "${skip[@]}")" -f "$f"
done 2>&1)
verdict "checkpatch" "$out"
finish
