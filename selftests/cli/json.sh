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
valid() { g -j "$1" | python3 -m json.tool; }
for s in "${shows[@]}"; do check "empty: $s" valid "$s"; done
id=$(g -j policy add map M seq 10 permit tcp any any eq 80 peer 172.22.1.4 |
	json 'd["id"]')
g map bind M dev w0
expect "policy add" "$id" 1
expect "sa add" "$(g -j sa add dir in spi 0x1000 local 172.22.1.3 \
	remote 172.22.1.4 cipher aes-gcm key $key20 policy "$id" |
	json 'd["id"], d["spi"]')" "2000 4096"
for s in "${shows[@]}"; do check "filled: $s" valid "$s"; done
