# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the lint checks: each prints KTAP, one result per kind of check,
# with what is wrong as comment lines.
set -u
export LC_ALL=C.UTF-8
lint=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$lint/../.." && pwd)
cd "$top" || exit

_count=0 _failed=0

plan() {
	echo "TAP version 13"
	echo "1..$1"
}

# verdict NAME TEXT: fine when TEXT is empty.
verdict() {
	_count=$((_count + 1))
	if [ -z "$2" ]; then
		echo "ok $_count $1"
	else
		_failed=1
		echo "not ok $_count $1"
		sed 's/^/# /' <<< "$2"
	fi
}

skip() {
	_count=$((_count + 1))
	echo "ok $_count $1 # SKIP $2"
}

finish() { exit $_failed; }

# c_files FOLDER...: C sources and headers written by hand.
c_files() {
	local d

	for d; do
		[ ! -d "$d" ] || find "$d" -name '*.[ch]' ! -name 'nl_gen.[ch]' \
			! -path '*/uapi/*'
	done | sort
}

# shell_files: by their first line or by the note to shellcheck.
shell_files() {
	find selftests tools kernel Documentation .ci debian -type f \
		-size -200k -print0 2>/dev/null |
		xargs -0 -r grep -lIE -m1 \
			'^#!/bin/(busybox )?(ba)?sh|^#!/usr/bin/env bash|^# shellcheck shell=' |
		grep -v -e '\.rst$' -e '\.[1-8]$' -e '\.md$' -e '\.[ch]$' | sort
}
