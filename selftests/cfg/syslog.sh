#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The log lines with a name are those of the documentation, and each is provoked
# by a test.
. "$(dirname "$0")/../lib.sh"

name='%CRYPTO-[0-9]-[A-Z_]*'
mapfile -t said < <(grep -rhoE "$name" "$top/tools/ikehelper" --include='*.c' |
	sort -u)
plan $((${#said[@]} + 2))
for n in "${said[@]}"; do
	check "$n has a test" grep -rqF --include='*.[ch]' --include='*.sh' \
		--include='*.py' -- "${n#%}" "$selftests"
done
expect "the table has all of them, and no other" \
	"$(grep -oE "^\`\`$name" "$top/Documentation/ike.rst" | tr -d '\`' | sort -u)" \
	"$(printf '%s\n' "${said[@]}")"
expect_num "there are some" ${#said[@]} -gt 10
