#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What views and counters say after traffic has passed.
# TIMEOUT=300
. "$(dirname "$0")/common.sh"
plan 9
# shellcheck disable=SC2119
need_module
topology
sec=(hard kilobytes 4608000 seconds 3600)

# gw NS LOCAL REMOTE LOCALNET REMOTENET DEV IN OUT
gw() {
	ctl "$1" -b - <<-END
	policy add map VPN seq 10 permit ip $4 $5 peer $3
	map bind VPN dev $6
	sa add dir in spi $7 local $2 remote $3 cipher aes-gcm key $key20 map VPN seq 10 replay-window 64 ${sec[*]}
	sa add dir out spi $8 local $2 remote $3 cipher aes-gcm key $key20 map VPN seq 10 pair $7 ${sec[*]}
	END
}
check "first gateway" gw g1 172.16.0.1 172.16.0.2 10.1.0.0/24 10.2.0.0/24 \
	g12 0x1000 0x2000
check "second gateway" gw g2 172.16.0.2 172.16.0.1 10.2.0.0/24 10.1.0.0/24 \
	g21 0x2000 0x1000
check "ping" ns a ping -qc3 -i0.2 -W2 10.2.0.2
out=$(ctl g1 show crypto ipsec sa)
expect_re "sent" "$out" "#pkts encaps: 3, #pkts encrypt: 3, #pkts digest 3$"
expect_re "received" "$out" "#pkts decaps: 3, #pkts decrypt: 3, #pkts verify 3$"
expect "connections" "$(ctl g1 show crypto engine connections active | tokens |
	tail -n 2)" "2000 g12 172.16.0.1 set GCM 0 3
2001 g12 172.16.0.1 set GCM 3 0"
expect_re "plain octets" "$(ctl g1 sa get dir out spi 0x2000 remote 172.16.0.2)" \
	"packets 3 bytes 252 wire-bytes [0-9]+ errors 0"
expect_re "namespace" "$(ctl g1 stats)" "^out-packets +3$"
expect "JSON agrees" "$(ctl g1 -j show crypto ipsec sa |
	json 'd[0]["flows"][0]["stats"]["out_packets"],
	d[0]["flows"][0]["inbound_esp_sas"][0]["stats"]["in_packets"]')" "3 3"
