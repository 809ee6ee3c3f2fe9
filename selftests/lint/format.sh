#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# clang-format over the C files. usage: format.sh [--fix] [FILE...]
. "$(dirname "$0")/common.sh"

fix=
[ "${1:-}" = --fix ] && { fix=1; shift; }
if [ $# -gt 0 ]; then
	files=("$@")
else
	mapfile -t files < <(c_files kernel tools include selftests)
fi
if [ $fix ]; then
	clang-format -i "${files[@]}"
	exit
fi
plan 1
verdict "clang-format" \
	"$(clang-format --dry-run -Werror "${files[@]}" 2>&1 | grep error:)"
finish
