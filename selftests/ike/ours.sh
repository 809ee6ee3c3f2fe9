#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# Ours against ours: traffic brings the tunnel up, views, clear, reload, stop.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

plan 34
ike_init
topology
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
tunnel_config g2 g21 172.16.0.1 "$net2" "$net1"
daemon g1
daemon g2

# --- up
check "traffic brings the tunnel up" pings a 10.2.0.2
expect_re "an IKE SA, ours the source" "$(ike g1 show crypto isakmp sa)" \
	'^172\.16\.0\.2 +172\.16\.0\.1 +QM_IDLE +1001 +0 ACTIVE$'
expect_re "the same at the peer" "$(ike g2 show crypto isakmp sa)" \
	'^172\.16\.0\.2 +172\.16\.0\.1 +QM_IDLE +[0-9]+ +0 ACTIVE$'
expect_re "in detail" "$(ike g1 show crypto isakmp sa detail)" \
	'^1001 +172\.16\.0\.1 +172\.16\.0\.2 +ACTIVE aes +sha +psk +5 +23:5'
expect "counted" "$(ike g1 show crypto isakmp sa count | head -1)" \
	"Active ISAKMP SA's: 1"
expect "as JSON" "$(ike g1 --json show crypto isakmp sa | jq -r '.[0] | .state, .remote' | xargs)" \
	"QM_IDLE 172.16.0.2"
expect "filtered by peer" \
	"$(ike g1 --json show crypto isakmp sa peer 192.0.2.9 | jq length)" 0
expect_re "logged" "$(ike g1 show logging)" \
	'%CRYPTO-5-SESSION_STATUS: Crypto tunnel is UP\. +Peer 172\.16\.0\.2:500'

# --- sessions
expect_re "a session" "$(ike g1 show crypto session | tr '\n' ' ')" \
	'Interface: g12 Session status: UP-ACTIVE Peer: 172\.16\.0\.2/500   IKE SA: local 172\.16\.0\.1/500 remote 172\.16\.0\.2/500 Active   IPSEC FLOW: permit ip 10\.1\.0\.0/255\.255\.0\.0 10\.2\.0\.0/255\.255\.0\.0     Active SAs: 2, origin: crypto map'
sum() { ike g1 --json show crypto session | jq ".[0].$1"; }
answers=$(sum 'flows[0].in_packets')
expect_num "as numbers too" "$answers" -ge 1
expect_re "its packets" "$(ike g1 show crypto session detail)" \
	"#pkts dec'ed [1-3] drop 0 life \(KB/Sec\) 4608000/3[0-9]+"
expect_re "its peer, since when" "$(ike g2 show crypto session brief)" \
	'172\.16\.0\.1 +g21 +172\.16\.0\.1 00:0.:.. +UA$'
expect "the map has a peer" "$(ike g1 show crypto map | grep -c 'Current peer: 172.16.0.2')" 1
expect "no key in the log" "$(log_of g1 | grep -c secret-of-both)" 0

# --- the roles
roles=$(pgrep -P "${daemon_pid[g1]}" | wc -l)
expect "three processes without rights" "$roles" 3
for p in $(pgrep -P "${daemon_pid[g1]}"); do
	grep -E '^(CapEff|Seccomp|NoNewPrivs):' "/proc/$p/status"
done | sort | uniq -c | sed -E 's/[[:space:]]+/ /g' > "$work/rights"
expect "no capability, no new rights, a filter" "$(xargs < "$work/rights")" \
	"3 CapEff: 0000000000000000 3 NoNewPrivs: 1 3 Seccomp: 2"

# --- clear
no_sa() { [ "$(ctl "$1" sa list | grep -c '^sa dir out')" -eq 0 ]; }
check "there are SAs" eval '! no_sa g1 && ! no_sa g2'
check "clear a session" ike g1 clear crypto session remote 172.16.0.2
check "our SAs go" wait_for 30 no_sa g1
check "and those of the peer" wait_for 30 no_sa g2
status() { log_of g1 | grep -c "SESSION_STATUS: Crypto tunnel is $1. Peer 172.16.0.2:500 Id: 172.16.0.2$"; }
expect "up and down are logged once" "$(status UP) $(status DOWN)" "1 1"
counted() { [ "$(sum past.in_packets)" = "$answers" ]; }
check "its packets are remembered" wait_for 30 counted
expect "down" "$(ike g1 show crypto session | grep 'Session status')" \
	"Session status: DOWN"
expect "the MIB knows why" \
	"$(ike g1 show crypto mib isakmp flowmib history | grep Reason | xargs)" \
	"Reason: Operation request"
check "traffic brings it up again" pings a 10.2.0.2

# --- an untouched tunnel stays
spi() { ctl "$1" sa list dir out | grep -o 'spi 0x[0-9a-f]*' | sort | xargs; }
before=$(spi g1)
cat >> "$work/g1.conf" <<-END
	access-list 102 permit ip 10.9.0.0 0.0.255.255 10.8.0.0 0.0.255.255
	crypto map M 20 ipsec-isakmp
	 set peer 172.16.0.9
	 set transform-set TS
	 match address 102
END
check "another entry is configured" reload g1
expect_re "and in force" "$(ctl g1 policy list)" 'seq 20 .*10\.8\.0\.0'
expect "the tunnel stays" "$(spi g1)" "${before:-an SA}"

# --- a gateway that has lost everything, by the SPIs that the other one still uses
echo "crypto isakmp invalid-spi-recovery" >> "$work/g2.conf"
kill -KILL "${daemon_pid[g2]}"
wait "${daemon_pid[g2]}" 2> /dev/null
rm -f "$work/g2.state"
: > "$work/g2.log"
daemon g2
back() { ns a ping -nqc 1 -W 2 10.2.0.2; }
check "traffic of the peer brings it back" wait_for 60 back
check "the log says why" log_has g2 \
	'%CRYPTO-4-RECVD_PKT_INV_SPI: .*destaddr=172\.16\.0\.2, prot=50, spi=0x[0-9A-F]{8}\([0-9]+\), srcaddr=172\.16\.0\.1$'

# --- end
check "there are SAs again" eval '! no_sa g1 && ! no_sa g2'
daemon_stop g1
expect "a stop ends it well" $? 0
check "its SAs are gone" wait_for 30 no_sa g1
check "the peer knows" wait_for 30 no_sa g2
