#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
# A known number of packets and octets across a rekey and a restart of the daemon,
# and every place where the figures are shown.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"
inner=1400 # octets of a packet
wire=1464 # outer header, ESP header, IV, padded to 16 octets, ICV
many=1750 # with them 2560 kilobytes are nearly used up, so there is a rekey
few=10

plan 33
ike_init
topology
echo "This is no history." > "$work/g2.history"
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
tunnel_config g2 g21 172.16.0.1 "$net2" "$net1"
for n in g1 g2; do
	cat >> "$work/$n.conf" <<-END
		crypto ipsec security-association lifetime kilobytes 2560
		crypto mib ipsec flowmib history failure size 140
	END
done
daemon g1
daemon g2
expect "a foreign file costs one line" \
	"$(grep -c 'history of earlier runs is not used: it is none of ours' "$work/g2.log")" 1

json() { local n=$1; shift; ike "$n" --json show crypto "$@"; }
# flood COUNT: one packet there for each that comes back, the first one brings the
# tunnel up. None may be lost.
echo_of() { ns a ping -nq "$@" -s $((inner - 28)) -W 20 10.2.0.2; }
flood() {
	echo_of -c 1 && echo_of -f -c $(($1 - 1)) |
		grep -q " $(($1 - 1)) received"
}

# text NS: in words, both directions.
text() {
	ike "$1" show crypto ipsec sa | grep -oE '#pkts (en|de)caps: [0-9]+'
	ike "$1" show crypto ipsec sa detail | grep -oE '#pkts (verify|digest): [0-9]+'
	ike "$1" show crypto session detail | grep -oE "#pkts (dec|enc)'ed [0-9]+"
	ike "$1" show crypto mib ipsec flowmib global |
		grep -E '^  (In|Out) (octets|packets):' | xargs
}
# words PACKETS: what it has to be.
words() {
	printf '#pkts encaps: %d\n#pkts decaps: %d\n' "$1" "$1"
	printf '#pkts digest: %d\n#pkts verify: %d\n' "$1" "$1"
	printf "#pkts dec'ed %d\n#pkts enc'ed %d\n" "$1" "$1"
	printf 'In octets: %d Out octets: %d In packets: %d Out packets: %d\n' \
		$((inner * $1)) $((wire * $1)) "$1" "$1"
}
# figures NS: all the sums over the flow's whole life.
figures() {
	json "$1" ipsec sa | jq -c '.[0].flows[0].stats |
		[.in_packets, .in_bytes, .out_packets, .out_bytes]'
	json "$1" session | jq -c '.[0].flows[0] |
		[.in_packets, .in_bytes, .out_packets, .out_bytes]'
	json "$1" mib ipsec flowmib global | jq -c '.[0] |
		[.in_packets, .in_octets, .out_packets, .out_octets]'
	ctl "$1" --json stats |
		jq -c '[.in_packets, .in_bytes, .out_packets, .out_bytes]'
}
sums() { # PACKETS
	local o=$((inner * $1)) w=$((wire * $1))

	echo "[$1,$o,$1,$o]"
	echo "[$1,$o,$1,$o]"
	echo "[$1,$o,$1,$w]"
	echo "[$1,$o,$1,$o]"
}
# tunnel NS: since the tunnel came up, which it does again after a restart.
tunnel() {
	json "$1" mib ipsec flowmib tunnel | jq -c '.[0].counters |
		[.in_packets, .in_octets, .out_packets, .out_octets]'
}
of() { echo "[$1,$((inner * $1)),$1,$((wire * $1))]"; }
rekeys() { json "$1" mib ipsec flowmib tunnel | jq '.[0].refreshes'; }

# --- across a rekey
check "$many packets" flood "$many"
rekeyed() { [ "$(rekeys g1)" = 1 ]; }
check "a rekey" wait_for 60 rekeyed
for n in g1 g2; do
	expect "$n: text" "$(text "$n")" "$(words "$many")"
	expect "$n: JSON" "$(figures "$n")" "$(sums "$many")"
	expect "$n: the tunnel" "$(tunnel "$n")" "$(of "$many")"
	expect "$n: one rekey" "$(rekeys "$n")" 1
done
expect "the size of the table" \
	"$(ike g1 show crypto mib ipsec flowmib history failure size)" \
	"IPSec Failure Window Size: 140"
expect "nothing has gone" "$(json g1 mib ipsec flowmib history)" "[]"

# --- across a restart
daemon_stop g1
expect "a stop ends it well" $? 0
sed -i 's/: ready$/: was ready/' "$work/g1.log"
daemon g1
expect "the file is used" "$(grep -c 'history of earlier' "$work/g1.log")" 0
history() { json "$1" mib ipsec flowmib history | jq -c '.[0] | [.reason, .refreshes,
	.counters.in_packets, .counters.in_octets, .counters.out_packets, .counters.out_octets]'; }
ended() { echo "[\"$1\",1,$many,$((inner * many)),$many,$((wire * many))]"; }
expect "its record has all of them" "$(history g1)" "$(ended "Operation request")"
complete() { [ "$(history g2)" = "$(ended "peer delete request")" ]; }
check "and that of the peer" wait_for 30 complete
diag "g2: $(history g2)"
check "$few packets more" flood "$few"
total=$((many + few))
for n in g1 g2; do
	expect "$n: text goes on" "$(text "$n")" "$(words "$total")"
	expect "$n: JSON goes on" "$(figures "$n")" "$(sums "$total")"
	expect "$n: another tunnel" "$(tunnel "$n")" "$(of "$few")"
done
expect "one before it" "$(json g1 mib ipsec flowmib global | jq '.[0].previous')" 1

# --- counters of the view begin again, sums do not
ike g1 clear crypto sa counters
ike g1 clear crypto engine accelerator counter
pkts() { ike "$1" show crypto ipsec sa | grep -oE '#pkts (en|de)caps: [0-9]+' | xargs; }
expect "cleared" "$(pkts g1)" "#pkts encaps: 0 #pkts decaps: 0"
expect "the sums are not" "$(figures g1 | tail -n 3)" "$(sums "$total" | tail -n 3)"
check "$few packets more" flood "$few"
expect "they count on" "$(pkts g1)" "#pkts encaps: $few #pkts decaps: $few"
expect "the peer's are its own" "$(pkts g2)" \
	"#pkts encaps: $((total + few)) #pkts decaps: $((total + few))"
accel() { json g1 engine accelerator statistic | jq -c "$1"; }
expect "so does the engine" \
	"$(accel '[.packets_decrypted, .packets_encrypted, .bytes_before_decrypt]')" \
	"[$few,$few,$((wire * few))]"
in_minutes() { [ "$(accel '.lately.packets_out >= 20')" = true ]; }
check "the last minutes" wait_for 10 in_minutes
expect "what it can, and a pair" \
	"$(json g1 eli | jq -c '[(.capability | contains(["AES", "GCM"])), .ipsec_sessions.active, .ike_sessions.active]')" \
	"[true,1,1]"
