#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# The module builds without a warning (W=1), and sparse has nothing to say, for
# each kernel. KERNEL= chooses one.
. "$(dirname "$0")/common.sh"

kernels=${KERNEL:-6.1 6.12}
kernels=${kernels/debug/}
out=$top/build/lint

# complaints KERNEL ARGUMENT...
complaints() {
	local k=$1

	shift
	# shellcheck disable=SC2069	# stderr only
	OUT=$out/$k selftests/qemu/module.sh "$k" "$@" 2>&1 > /dev/null
}

# shellcheck disable=SC2086
set -- $kernels
plan $(($# * 2))
for k; do
	# From nothing, so that no warning hides in a file that is up to date.
	rm -rf "${out:?}/$k"
	verdict "compiler warnings, $k" "$(complaints "$k" W=1)"
	verdict "sparse, $k" \
		"$(complaints "$k" W=1 C=2 CF=-D__CHECK_ENDIAN__)"
done
finish
