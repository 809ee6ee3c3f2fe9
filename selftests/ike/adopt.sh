#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# Killed or restarted, the daemon goes on with its tunnels and nobody notices.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"
need tcpdump

plan 30
ike_init
topology
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
tunnel_config g2 g21 172.16.0.1 "$net2" "$net1"
for n in g1 g2; do
	echo "crypto isakmp keepalive 10 periodic" >> "$work/$n.conf"
done
daemon g1
daemon g2
check "traffic brings the tunnel up" pings a 10.2.0.2

spi() { ctl "$1" sa list | grep -o 'spi 0x[0-9a-f]*' | sort | xargs; }
conn() { ike "$1" --json show crypto isakmp sa | jq -r '.[].conn' | xargs; }
before=$(spi g1) conn=$(conn g1)
expect "the state is for root" "$(stat -c %a "$work/g1.state")" 600

# Exchange types of all IKE messages: octet 18 of the header.
ns g2 tcpdump -Uni g21 -w "$work/ike.pcap" udp port 500 2> "$work/dump.log" &
_pids+=("$!")
wait_for 60 grep -q 'listening on' "$work/dump.log"
seen() { tcpdump -nr "$work/ike.pcap" "$1" 2> /dev/null | wc -l; }

# --- killed, one role after the other
# Not through ns: what gets the signal must be ping itself.
ip netns exec "a-$$" ping -nq -i 0.2 10.2.0.2 > "$work/ping" &
ping=$!
_pids+=("$ping")

role_pid() {
	local n=$1 role=$2 p

	[ "$role" != parent ] || { echo "${daemon_pid[$n]}"; return; }
	for p in $(pgrep -P "${daemon_pid[$n]}"); do
		! tr '\0' ' ' < "/proc/$p/cmdline" | grep -q -- "--role $role " ||
			echo "$p"
	done
}

# restart NS SIGNAL ROLE STATUS: and another daemon takes its place.
restart() {
	local n=$1 status

	# Not in a subshell: it remembers the daemon.
	kill "-$2" "$(role_pid "$n" "$3")"
	wait "${daemon_pid[$n]}"
	status=$?
	daemon "$n"
	[ "$status" -eq "$4" ] || { diag "exit status $status"; return 1; }
}
taken() { log_of "$1" | grep -c 'took over 1 ISAKMP SAs and 1 tunnels'; }

restart g1 KILL parent 137
expect "the parent is killed" $? 0
expect "its tunnel is taken over" "$(taken g1)" 1
restart g1 KILL engine 1
expect "the engine is killed, the daemon ends" $? 0
restart g1 KILL keys 1
expect "keys" $? 0
restart g1 KILL control 1
expect "control" $? 0
restart g2 KILL parent 137
expect "the responder's parent" $? 0
restart g1 USR2 parent 0
expect "a restart" $? 0
expect "taken over each time" "$(taken g1) $(taken g2)" "5 1"
expect "the same SAs" "$(spi g1)" "$before"
expect "the same ISAKMP SA" "$(conn g1)" "$conn"

# --- and it goes on
dpd=$(seen 'src 172.16.0.1 and udp[26] = 5')
more_dpd() { [ "$(seen 'src 172.16.0.1 and udp[26] = 5')" -gt "$dpd" ]; }
check "dead peer detection goes on" wait_for 60 more_dpd
kill -INT $ping
wait $ping
expect_re "not a packet was lost" "$(cat "$work/ping")" ' 0% packet loss'
expect "nothing was negotiated" "$(seen 'udp[26] != 5')" 0
expect "nothing was deleted" \
	"$(cat "$work"/g?.log | grep -c 'tunnel is DOWN')" 0

# renew NS FROM TO: its SAs are cleared, traffic brings others.
renew() {
	local old

	old=$(spi "$1")
	ike "$1" clear crypto sa > /dev/null
	pings "$2" "$3" && [ "$(spi "$1")" != "$old" ]
}
check "the initiator negotiates anew" renew g1 a 10.2.0.2
check "and the responder" renew g2 b 10.1.0.2
expect "in the same ISAKMP SA" "$(seen 'udp[26] = 2')" 0
expect "of which there is one" "$(conn g1 | wc -w) $(conn g2 | wc -w)" "1 1"

# --- another configuration meanwhile
before=$(spi g1)
cat >> "$work/g1.conf" <<-END
	access-list 90 permit any
	access-list 102 permit ip 10.9.0.0 0.0.255.255 10.8.0.0 0.0.255.255
	crypto map M 5 ipsec-isakmp
	 set peer 172.16.0.9
	 set transform-set TS
	 match address 102
END
restart g1 KILL parent 137
expect "an entry is added" $? 0
expect "the tunnel stays" "$(spi g1)" "$before"

# --- what cannot be taken over
by_hand() {
	ctl g1 sa add dir in spi 0x7001 local 172.16.0.1 remote 172.16.0.77 \
		cipher aes-gcm key "0x$(printf '11%.0s' {1..20})"
}
check "an SA by hand" by_hand
kill -KILL "${daemon_pid[g1]}"
wait "${daemon_pid[g1]}"
printf 'x' | dd of="$work/g1.state" bs=1 seek=30 conv=notrunc 2> /dev/null
daemon g1
expect "a damaged state is refused in a line" "$(log_of g1 |
	grep -c 'tunnels begin anew')" 1
gone() { [ "$(spi g1)" = "spi 0x00007001" ] || [ "$(spi g1)" = "spi 0x7001" ]; }
check "the SAs that are nobody's go, not the one by hand" wait_for 30 gone
check "traffic brings a tunnel up" pings a 10.2.0.2

# --- an SA that the kernel has lost
ctl g2 sa flush > /dev/null
restart g2 KILL parent 137
expect "all SAs of a kernel are lost" $? 0
check "traffic brings a tunnel up" pings b 10.1.0.2

# --- the end
daemon_stop g1
expect "a stop ends it well" $? 0
expect "and leaves no state" "$(ls "$work"/g1.state* 2> /dev/null | wc -l)" 0
