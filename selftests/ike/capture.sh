#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
# A capture with keys: tshark decrypts it; who was not allowed gives none.
. "$(dirname "$0")/common.sh"
need tshark tcpdump
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

plan 12
ike_init
topology
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
tunnel_config g2 g21 172.16.0.1 "$net2" "$net1"
daemon g1 --allow-key-export
daemon g2

expect "a daemon that may not gives no keys" \
	"$(ike g2 capture keys "$work/no" 2>&1)" \
	"ipsecctl: the daemon gives no keys away: start ikehelper with --allow-key-export, then try again"
check "and nothing is written" test ! -e "$work/no"
check "the start is a warning" log_has g1 'root may have the keys of new SAs'

IPSECGW_CONTROL=$(socket_of g1) ip netns exec "g1-$$" "$ipsecctl" \
	capture keys interface g12 "$work/cap" > "$work/said" 2>&1 &
pid=$!
_pids+=("$pid")
begun() { [ -s "$work/cap" ]; } # the head of the file
check "a capture begins" wait_for 60 begun
check "its use is a warning" log_has g1 "the keys of new SAs go to process $pid of root"
check "traffic brings the tunnel up" pings a 10.2.0.2
has_pings() { [ "$(tcpdump -nr "$work/cap" esp 2> /dev/null | grep -c ESP)" -ge 4 ]; }
check "its packets are captured" wait_for 60 has_pings
kill -INT "$pid"
wait "$pid"
expect "a signal ends it well" $? 0
expect "files for root only" "$(stat -c '%a %U' "$work/cap" "$work/cap.keys" | xargs)" \
	"600 root 600 root"
spis() { ctl g1 sa list | grep -o 'spi 0x[0-9a-f]*' | sed 's/.*0x//' | sort | xargs; }
expect "keys of both SAs" \
	"$(grep -v '^#' "$work/cap.keys" | cut -d'"' -f8 | sed 's/0x0*//' | sort | xargs)" \
	"$(spis | grep ' ')"

mkdir "$work/shark"
cp "$work/cap.keys" "$work/shark/esp_sa"
expect "tshark shows what is inside" \
	"$(WIRESHARK_CONFIG_DIR=$work/shark tshark -o esp.enable_encryption_decode:TRUE \
		-r "$work/cap" -Y 'icmp.type == 0' -T fields -e ip.src 2> /dev/null |
		sort -u | xargs)" "172.16.0.2,10.2.0.2"
keys=$(grep -o '"0x[0-9a-f]\{32,\}"' "$work/cap.keys" | tr -d '"' | sed 's/0x//')
expect "no key is said or logged" \
	"$(grep -cF "${keys:-:}" "$work/said" "$work/g1.log" "$work/g2.log" | cut -d: -f2 | xargs)" "0 0 0"
