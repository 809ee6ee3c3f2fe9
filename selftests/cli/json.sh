#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# JSON of every command that shows something is a valid document.
# TIMEOUT=300
. "$(dirname "$0")/common.sh"
plan 26
need python3
gateway

shows=("sa list" "policy list" "map list" "encap list" "acquire list"
	"conf get" "stats" "show crypto ipsec sa" "show crypto ipsec sa address"
	"show crypto ipsec sa count" "show crypto engine connections active"
	"show crypto engine connections dropped-packet")
tmp=$(mktemp -d)
defer rm -rf "$tmp"

# valid WHEN: all of them; one interpreter for all, for it starts slowly.
valid() {
	local i n=0 when=$1 said

	for i in "${shows[@]}"; do
		n=$((n + 1))
		# Without the daemon some say so on standard error.
		g -j "$i" > "$tmp/$n" 2> "$tmp/said" ||
			echo "exit status $?: $(< "$tmp/said")" >> "$tmp/$n"
	done
	mapfile -t said < <(cd "$tmp" && python3 -IS -c "
import json
for n in range(1, $n + 1):
    with open(str(n)) as f:
        text = f.read()
    try:
        json.loads(text)
        print('valid')
    except ValueError as e:
        print('%s: %r' % (e, text))")
	for i in "${!shows[@]}"; do
		expect "$when: ${shows[i]}" "${said[i]:-}" valid
	done
}
valid empty
id=$(g -j policy add map M seq 10 permit tcp any any eq 80 peer 172.22.1.4 |
	json 'd["id"]')
g map bind M dev w0
expect "policy add" "$id" 1
expect "sa add" "$(g -j sa add dir in spi 0x1000 local 172.22.1.3 \
	remote 172.22.1.4 cipher aes-gcm key $key20 policy "$id" |
	json 'd["id"], d["spi"]')" "2000 4096"
valid filled
