#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Metrics of the module: the figures of the other views, read by the strict reader.
# TIMEOUT=300
. "$(dirname "$0")/common.sh"
need python3
plan 10
gateway
tmp=$(mktemp -d)
defer rm -rf "$tmp"
reader=$selftests/cli/lib/prometheus.py

g policy add map 'M"\x' seq 10 permit icmp any host 172.22.1.9 peer 172.22.1.4 > /dev/null
g map bind 'M"\x' dev w0
add() { g sa add "$@" local 172.22.1.3 remote 172.22.1.4 cipher aes-gcm key $key20 \
	map 'M"\x' seq 10; }
add dir in spi 0x1000
add dir out spi 0x2000 pair 0x1000
ip -n "$(nsname g)" neigh add 172.22.1.4 lladdr 02:00:00:00:00:04 dev w0
ns g ping -nqc 3 -i 0.2 -W 1 172.22.1.9 > /dev/null
g sa delete dir out spi 0x2000 remote 172.22.1.4

check "to a file" g metrics --output "$tmp/gw.prom"
expect_re "which is well-formed" "$("$reader" < "$tmp/gw.prom")" "^[0-9]+ families"
# value SERIES
value() { grep -v "^#" "$tmp/gw.prom" | grep -F "$1 " | sed 's/.* //'; }
expect "of the namespace" "$(value ipsecgw_out_packets_total)" 3
rule='map="M\"\\x",seq="10",index="1"'
expect "of the rule, when the SA has gone" \
	"$(value "ipsecgw_rule_packets_total{$rule,direction=\"out\"}")" 3
expect "octets" "$(value "ipsecgw_rule_bytes_total{$rule,direction=\"out\"}")" \
	"$(g -j policy list | json 'd[0]["stats"]["out_bytes"]')"
expect "SAs" "$(value 'ipsecgw_sas{direction="in",state="active"}')" 1
expect "every reason is there" "$(grep -c '^ipsecgw_drops_total' "$tmp/gw.prom")" \
	"$(g -j stats | json 'len(d["drops"])')"
expect "no daemon" "$(value ipsecgw_daemon_up)" 0
expect "JSON has the same" "$(g -j metrics 2> "$tmp/err" | json \
	'[f["samples"][0]["value"] for f in d if f["name"] == "ipsecgw_out_packets_total"]')" "[3]"
expect "JSON to a file" "$(g -j metrics -o "$tmp/gw.json" 2> "$tmp/err"
	json 'd[0]["name"]' < "$tmp/gw.json")" ipsecgw_module_up
