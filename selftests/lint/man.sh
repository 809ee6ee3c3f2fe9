#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mandoc over the manual pages.
. "$(dirname "$0")/common.sh"

plan 1
shopt -s nullglob
pages=(Documentation/man/*.[1-8])
if [ ${#pages[@]} -eq 0 ]; then
	verdict "manual pages" "there are none in Documentation/man"
else
	verdict "manual pages" "$(mandoc -Tlint -Wwarning "${pages[@]}" 2>&1)"
fi
finish
