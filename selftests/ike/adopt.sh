#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# Killed or restarted, the daemon goes on with its tunnels and nobody notices.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"
need tcpdump

plan 44
ike_init
topology
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
tunnel_config g2 g21 172.16.0.1 "$net2" "$net1"
for n in g1 g2; do
	# A slow machine needs half a minute for a restart, and the one that stays must
	# not take the other one for dead meanwhile: this waits 20 + 5 * 20 seconds.
	echo "crypto isakmp keepalive 20 20 periodic" >> "$work/$n.conf"
done
cat >> "$work/g1.conf" <<-END
	crypto map M 10 ipsec-isakmp
	 reverse-route
END
daemon g1
daemon g2
check "traffic brings the tunnel up" wait_for 60 pings a 10.2.0.2 1

spi() { ctl "$1" sa list | grep -o 'spi 0x[0-9a-f]*' | sort | xargs; }
conn() { ike "$1" --json show crypto isakmp sa | jq -r '.[].conn' | xargs; }
before=$(spi g1) conn=$(conn g1)
expect "the state is for root" "$(stat -c %a "$work/g1.state")" 600

# Exchange types of all IKE messages: octet 18 of the header.
ns g2 tcpdump -Uni g21 -w "$work/ike.pcap" udp port 500 2> "$work/dump.log" &
_pids+=("$!")
wait_for 60 grep -q 'listening on' "$work/dump.log"
seen() { tcpdump -nr "$work/ike.pcap" "$1" 2> /dev/null | wc -l; }

# One that is down has no uptime.
session() { ike g1 --json show crypto session | jq ".[0].$1 // 0"; }
session_before=$(session id) age=$(session uptime)
expect_re "a reverse route" "$(ns g1 ip route show proto 73)" '^10\.2\.0\.0/16 '
ip netns exec "g1-$$" ip monitor route > "$work/routes" &
_pids+=("$!")

# --- killed, one role after the other
stream echo b echo 10.2.0.2 5000
check "somebody sends back what comes" wait_for 60 \
	ns b sh -c 'ss -Hlun sport = :5000 | grep -q 5000'
stream run a run 10.2.0.2 5000 10 100

role_pid() {
	local n=$1 role=$2 p

	[ "$role" != parent ] || { echo "${daemon_pid[$n]}"; return; }
	for p in $(pgrep -P "${daemon_pid[$n]}"); do
		! tr '\0' ' ' < "/proc/$p/cmdline" | grep -q -- "--role $role " ||
			echo "$p"
	done
}

# restart NS SIGNAL ROLE STATUS: and another daemon takes its place.
restarts=0 without=0
restart() {
	local n=$1 status

	# Not in a subshell: it remembers the daemon.
	restarts=$((restarts + 1))
	kill "-$2" "$(role_pid "$n" "$3")"
	without=$((without - $(date +%s%N)))
	wait "${daemon_pid[$n]}" 2> /dev/null
	status=$?
	daemon "$n"
	without=$((without + $(date +%s%N)))
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
stream_end run
stream_end echo
diag "$restarts restarts, $((without / 1000000)) ms without a daemon:" \
	"there and back $(cat "$work/run")"
expect_re "not a packet was lost" "$(cat "$work/run")" ' lost 0:'
expect "the reverse route never went" "$(grep -c 10.2.0.0 "$work/routes")" 0
expect "the session has its number" "$(session id)" "$session_before"
expect "and its time" "$(($(session uptime) > age + restarts))" 1
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

# --- a peer that is no longer configured
restart_without() {
	kill -KILL "${daemon_pid[g1]}"
	wait "${daemon_pid[g1]}" 2> /dev/null
	sed -i 's/172\.16\.0\.2/172.16.0.3/' "$work/g1.conf"
	daemon g1
}
no_sa() { [ "$(ctl "$1" sa list | grep -c '^sa dir')" -eq 0 ]; }
restart_without
check "its SAs go" wait_for 30 no_sa g1
check "and those of the peer, who is told" wait_for 30 no_sa g2
expect "its route goes" "$(ns g1 ip route show proto 73)" ""
sed -i 's/172\.16\.0\.3/172.16.0.2/' "$work/g1.conf"
check "it is configured again" reload g1
check "traffic brings a tunnel up" pings a 10.2.0.2

# --- what cannot be taken over
by_hand() {
	ctl g1 sa add dir in spi 0x7001 local 172.16.0.1 remote 172.16.0.77 \
		cipher aes-gcm key "0x$(printf '11%.0s' {1..20})"
}
check "an SA by hand" by_hand
kill -KILL "${daemon_pid[g1]}"
wait "${daemon_pid[g1]}" 2> /dev/null
printf 'x' | dd of="$work/g1.state" bs=1 seek=30 conv=notrunc 2> /dev/null
daemon g1
expect "a damaged state is refused in a line" "$(log_of g1 |
	grep -c 'tunnels begin anew')" 1
gone() { [ "$(spi g1)" = "spi 0x00007001" ] || [ "$(spi g1)" = "spi 0x7001" ]; }
check "the SAs that are nobody's go, not the one by hand" wait_for 30 gone
check "traffic brings a tunnel up" pings a 10.2.0.2


# --- a state of an earlier run, and a map with another name
cp "$work/g1.state" "$work/old"
restart g1 KILL parent 137
kill -KILL "${daemon_pid[g1]}"
wait "${daemon_pid[g1]}" 2> /dev/null
cat "$work/old" > "$work/g1.state"
sed -i 's/crypto map M/crypto map N/' "$work/g1.conf"
daemon g1
expect "an old state is refused in a line" "$(log_of g1 |
	grep -c 'tunnels begin anew: there is no key for it')" 1
expect "the map that is no longer configured is gone" \
	"$(ctl g1 policy list | grep -c 'map M ')" 0
expect_re "the other one is there" "$(ctl g1 policy list)" 'map N '
check "traffic brings a tunnel up" pings a 10.2.0.2

# --- an SA that the kernel has lost
ctl g2 sa flush > /dev/null
restart g2 KILL parent 137
expect "all SAs of a kernel are lost" $? 0
check "traffic brings a tunnel up" pings b 10.1.0.2

# --- the end
daemon_stop g1
expect "a stop ends it well" $? 0
expect "and leaves no state" "$(ls "$work"/g1.state{,.new} 2> /dev/null | wc -l)" 0
