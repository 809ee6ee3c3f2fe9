#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Batch mode: many lines, errors by line number, one connection.
# TIMEOUT=600
. "$(dirname "$0")/common.sh"
plan 17
gateway
tmp=$(mktemp -d)
defer rm -rf "$tmp"

add() {
	printf 'sa add dir in spi %d local 172.22.1.3 remote 172.22.1.4 cipher aes-gcm key 0x%s\n' \
		"$1" $key20
}

{
	echo "# two SAs"
	echo
	add 4096
	echo "  sa add dir in spi 4097 local 172.22.1.3 remote '172.22.1.4' cipher aes-gcm key \"$key20\"  # and a remark"
	echo "! done"
} > "$tmp/two"
check "comments and quotes" g -b "$tmp/two"
expect "two SAs" "$(g sa list | grep -c '^sa ')" 2
check "from standard input" g -b - < <(add 4098)
expect "three" "$(g sa list | grep -c '^sa ')" 3

{ add 5000; add 4096; add 5001; } > "$tmp/err"
check_fails "the line of an error" "^ipsecctl: $tmp/err:2: sa add: " g -b "$tmp/err"
check_fails "it ended there" "no sa" g sa get dir in spi 5001
g sa delete dir in spi 5000
check_fails "go on" "err:2: " g -k -b "$tmp/err"
check "it went on" g sa get dir in spi 5001
{ echo "sa list"; echo "sa nonsense"; } > "$tmp/err"
out=$(g -b "$tmp/err" 2>&1)
expect "status of a wrong line" $? 2
expect_re "its line" "$out" "^ipsecctl: $tmp/err:2: sa nonsense$"
check_fails "keys from the same input" "batch itself comes from standard input" \
	g -b - <<< "sa add dir in spi 9999 key-stdin"
check_fails "what runs on" "does not go into a batch" g -b - <<< monitor
expect "output of lines" "$(printf 'conf get max-sas\nconf get exclusive\n' |
	g -b - | xargs)" "max-sas 262144 exclusive 0"

g sa flush
n=${TEST_BATCH:-5000}
for ((i = 0; i < n; i++)); do add $((10000 + i)); done > "$tmp/many"
began=${EPOCHREALTIME/./}
check "$n lines" g -b "$tmp/many"
diag "$(((${EPOCHREALTIME/./} - began) / n)) us a line"
expect "$n SAs" "$(g stats | sed -n 's/^sas *//p')" "$n"
expect "all in a list" "$(g sa list | grep -c '^sa ')" "$n"
expect "and counted" "$(g show crypto ipsec sa count)" \
	"IPsec SA total: $n, active: $n, rekeying: 0, unused: 0, invalid: 0"
