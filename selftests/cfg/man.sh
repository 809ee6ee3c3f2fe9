#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every command and option of the program is in its manual page.
. "$(dirname "$0")/../lib.sh"
need mandoc col

page=$top/Documentation/man/ipsecctl.8
text=$(mandoc -Tascii -Owidth=200 "$page" | col -bx | tr -s ' \n' ' ')
# The keywords that a command begins with.
mapfile -t commands < <("$ipsecctl" help | sed -n 's/^  \([a-z]\)/\1/p' |
	sed -E 's/ [][({<*|A-Z].*//' | sort -u)
mapfile -t options < <("$ipsecctl" --help | grep -oE -- '--[a-z]+ ' |
	tr -d ' ' | sort -u)
# All keywords of all commands.
mapfile -t words < <("$ipsecctl" help | grep -vE '^ {10}' |
	grep -oE '(^|[ *])[a-z][a-z0-9-]+' | tr -d ' *' | sort -u)
plan $((${#commands[@]} + ${#options[@]} + 3))
for c in "${commands[@]}"; do
	check "command: $c" grep -qF -- "$c" <<< "$text"
done
for o in "${options[@]}"; do
	check "option: $o" grep -qF -- "$o" <<< "$text"
done
missing=
for w in "${words[@]}"; do
	grep -qE -- "(^|[^a-z-])$w([^a-z-]|$)" <<< "$text" || missing+=" $w"
done
expect "no keyword is missing" "$missing" ""
expect_num "there are commands" ${#commands[@]} -gt 20
expect "lint" "$(mandoc -Tlint -Wwarning "$page")" ""
