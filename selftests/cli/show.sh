#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The views with the module: layouts token by token, filters, modifiers.
# TIMEOUT=400
. "$(dirname "$0")/common.sh"
plan 26
gateway

expect "nothing bound" "$(g show crypto ipsec sa)" ""
expect "no connection" "$(g show crypto engine connections active | tokens)" \
	"ID Interface IP-Address State Algorithm Encrypt Decrypt"

# The classic sample: GRE in transport mode with Triple DES. (A flow without
# SAs first.)
g policy add map TUNNELMAP seq 10 permit gre host 172.22.1.3 host 172.22.1.4 \
	peer 172.22.1.4 > /dev/null
g map bind TUNNELMAP dev w0
want_head="interface: w0
Crypto map tag: TUNNELMAP, local addr. 172.22.1.3"
want_flow() {
	cat <<-END
	local ident (addr/mask/prot/port): (172.22.1.3/255.255.255.255/47/0)
	remote ident (addr/mask/prot/port): (172.22.1.4/255.255.255.255/47/0)
	current_peer: 172.22.1.4
	PERMIT, flags={$1}
	#pkts encaps: 0, #pkts encrypt: 0, #pkts digest 0
	#pkts decaps: 0, #pkts decrypt: 0, #pkts verify 0
	#pkts compressed: 0, #pkts decompressed: 0
	#pkts not compressed: 0, #pkts compr. failed: 0, #pkts decompress failed: 0
	#send errors 0, #recv errors 0
	local crypto endpt.: 172.22.1.3, remote crypto endpt.: 172.22.1.4
	path mtu 1500, media mtu 1500
	current outbound spi: $2
	END
}
expect "a flow without SAs" "$(g show crypto ipsec sa | tokens)" "$want_head
$(want_flow origin_is_acl, 0)
inbound esp sas:
inbound ah sas:
inbound pcp sas:
outbound esp sas:
outbound ah sas:
outbound pcp sas:"

add() {
	g sa add "$@" local 172.22.1.3 remote 172.22.1.4 mode transport \
		cipher des3-cbc key 0123456789abcdeffedcba98765432101122334455667788 \
		integ hmac-sha1-96 integ-key $key20 replay-window 64 \
		map TUNNELMAP seq 10 hard kilobytes 4608000 seconds 3600
}
add dir in spi 0x5A48ACC4
add dir out spi 0xEB99FB6C pair 0x5A48ACC4
# want_sa SPI ID FLOW
want_sa() {
	cat <<-END
	spi: $1
	transform: esp-3des esp-sha-hmac ,
	in use settings ={Transport, }
	slot: 0, conn id: $2, flow_id: $3, crypto map: TUNNELMAP
	sa timing: remaining key lifetime (k/sec): (4608000/N)
	IV size: 8 bytes
	replay detection support: Y
	END
}
seconds() { sed -E 's#\(4608000/3[56][0-9][0-9]\)#(4608000/N)#'; }
flags=origin_is_acl,transport_parent,parent_is_transport,
expect "the classic sample" "$(g show crypto ipsec sa | tokens | seconds)" \
"$want_head
$(want_flow $flags EB99FB6C)
inbound esp sas:
$(want_sa '0x5A48ACC4(1514712260)' 2000 1)
inbound ah sas:
inbound pcp sas:
outbound esp sas:
$(want_sa '0xEB99FB6C(3952737132)' 2001 2)
outbound ah sas:
outbound pcp sas:"
expect "no blanks at the end" "$(g show crypto ipsec sa | grep -c ' $')" 0
expect "identity" "$(g show crypto ipsec sa identity | tokens)" "$want_head
$(want_flow $flags EB99FB6C)"
expect "by address" "$(g show crypto ipsec sa address | tokens | seconds)" \
"fvrf/address: (none)/172.22.1.3
protocol: ESP
$(want_sa '0x5A48ACC4(1514712260)' 2000 1)
fvrf/address: (none)/172.22.1.4
protocol: ESP
$(want_sa '0xEB99FB6C(3952737132)' 2001 2)"
expect "one address" \
	"$(g show crypto ipsec sa address 172.22.1.4 | grep -c spi:)" 1
expect "map" "$(g show crypto ipsec sa map TUNNELMAP | grep -c spi:)" 3
expect "another map" "$(g show crypto ipsec sa map X)" "No SAs found"
expect "interface" "$(g show crypto ipsec sa interface w0 | grep -c spi:)" 3
expect "peer" "$(g show crypto ipsec sa peer 172.22.1.4 | grep -c spi:)" 3
expect "another peer" "$(g show crypto ipsec sa peer 172.22.1.9)" \
	"No SAs found"
expect "count" "$(g show crypto ipsec sa count)" \
	"IPsec SA total: 2, active: 2, rekeying: 0, unused: 0, invalid: 0"
out=$(g show crypto ipsec sa detail)
expect "detail: nine causes" "$(grep -cE \
	'#pkts (no sa|encaps failed|invalid prot|invalid identity|replay rollover|tagged|not tagged|internal)|##pkts replay' \
	<<< "$out")" 9
expect "detail: weak transforms are marked" \
	"$(grep -c 'Note: esp-3des esp-sha-hmac is no longer considered secure' <<< "$out")" 2
expect "weak in the plumbing too" "$(g sa list | grep -c '(weak')" 2
expect "connections" "$(g show crypto engine connections active | tokens)" \
"ID Interface IP-Address State Algorithm Encrypt Decrypt
2000 w0 172.22.1.3 set HMAC_SHA+3DES_56_C 0 0
2001 w0 172.22.1.3 set HMAC_SHA+3DES_56_C 0 0"
expect "dropped" "$(g show crypto engine connections dropped-packet | tokens)" \
"Packets dropped because of connection not established:
Interface IP-Address Drop Count"

# modifiers
expect "include" "$(g show crypto ipsec sa '|' include spi: | wc -l)" 3
expect "cut short, one word" \
	"$(g 'sh cry ip sa | i current outbound' | tokens)" \
	"current outbound spi: EB99FB6C"
expect "count lines" "$(g show crypto ipsec sa '|' count Transport)" \
	"Number of lines which match regexp = 2"
expect "section" "$(g show crypto ipsec sa '|' section inbound esp | tokens |
	head -n 2 | tail -n 1)" "spi: 0x5A48ACC4(1514712260)"

# A packet without an SA is counted for the interface.
g sa flush
ip -n "$(nsname g)" tunnel add t0 mode gre local 172.22.1.3 remote 172.22.1.4
ip -n "$(nsname g)" link set t0 up
ip -n "$(nsname g)" route add 10.9.0.0/24 dev t0
g conf set hold-packets 0
ns g ping -qc2 -W1 -i0.2 -I 172.22.1.3 10.9.0.1 > /dev/null
expect_re "dropped for want of an SA" \
	"$(g show crypto engine connections dropped-packet | tokens)" \
	"^w0 172.22.1.3 [1-9][0-9]*$"
expect_re "an acquire" "$(g acquire list)" \
	"^acquire policy [0-9]+ map TUNNELMAP seq 10 index 1 .*flow gre host 172.22.1.3 host 172.22.1.4 dev w0 local 172.22.1.3 attempts"
expect_re "the flow counts it" "$(g show crypto ipsec sa)" \
	"#send errors [1-9]"
