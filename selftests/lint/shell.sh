#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every shell script under shellcheck.
. "$(dirname "$0")/common.sh"

plan 1
mapfile -t files < <(shell_files)
# busybox's shell is like dash.
out=$(for f in "${files[@]}"; do
	shell=()
	! head -n 1 "$f" | grep -q busybox || shell=(-s dash)
	shellcheck -x -P SCRIPTDIR -S warning -f gcc "${shell[@]}" "$f"
done 2>&1)
verdict "shellcheck" "$out"
finish
