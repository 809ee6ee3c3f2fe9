#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Settings, counters, sockets and events.
# TIMEOUT=300
. "$(dirname "$0")/common.sh"
plan 24
gateway
tmp=$(mktemp -d)
defer rm -rf "$tmp"
# In the background without a shell between, so that a signal reaches it.
ctl=("$ipsecctl" -n "$(nsname g)")

expect "settings" "$(g conf get | wc -l)" 8
check "set" g conf set hold-packets 3
expect "was set" "$(g conf get hold-packets)" "hold-packets 3"
check_fails "out of range" "." g conf set hold-packets 5000
check_fails "no such setting" "Invalid input" g conf set nonsense 1

expect_re "counters" "$(g stats)" "^drop out-no-sa +0$"
expect "not the ones that are zero" "$(g stats -z)" ""
expect "by keyword too" "$(g stats nonzero)" ""
check "a rule" g policy add map M seq 1 permit ip any any peer 172.22.1.4
expect_re "one rule is counted" "$(g stats --nonzero)" "^policies +1$"

# a socket
"${ctl[@]}" -v encap hold 4500 > "$tmp/hold" 2>&1 &
hold=$!
check "hold" wait_for 20 grep -q "holding port 4500" "$tmp/hold"
expect "listed" "$(g encap list)" "encap local 0.0.0.0 port 4500"
printf '\0\0\0\0IKE' > "$tmp/ike"
ns g bash -c "cat '$tmp/ike' > /dev/udp/172.22.1.3/4500"
check "what is not ESP is shown" wait_for 20 \
	grep -qE "^from 172.22.1.3 port [0-9]+ length 7 00000000494b45$" \
	"$tmp/hold"
kill "$hold"
wait "$hold"
expect "a signal ends it" $? 0
expect "taken back" "$(g encap list)" ""
cat > "$tmp/busy.py" <<-END
	import socket, subprocess, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("", 4500))
	sys.exit(subprocess.call(["$ipsecctl", "encap", "hold", "4500"]))
END
check_fails "port in use" "cannot bind to port 4500: Address already in use" \
	ns g python3 "$tmp/busy.py"

# events
"${ctl[@]}" -v -c 2 monitor > "$tmp/events" 2> "$tmp/ready" &
mon=$!
"${ctl[@]}" -v -c 2 -j monitor > "$tmp/json" 2> "$tmp/jready" &
jmon=$!
wait_for 20 grep -q listening "$tmp/ready"
wait_for 20 grep -q listening "$tmp/jready"
g sa add dir in spi 0x1000 local 172.22.1.3 remote 172.22.1.4 \
	cipher aes-gcm key $key20
g sa delete dir in spi 0x1000
check "two events end it" wait_for 20 test ! -d /proc/$mon
wait $mon
expect "status" $? 0
stamp='[0-9-]{10}T[0-9:]{8}\.[0-9]{3}[+-][0-9]{4}'
expect_re "added" "$(sed -n 1p "$tmp/events")" \
	"^$stamp sa-add dir in spi 0x1000 local 172.22.1.3 remote 172.22.1.4 id"
expect_re "deleted" "$(sed -n 2p "$tmp/events")" "^$stamp sa-del dir in spi 0x1000"
wait $jmon
expect "JSON" "$(sed -n 1p "$tmp/json" | json 'd["event"], d["spi"]')" \
	"sa-add 4096"
expect "one line each" "$(wc -l < "$tmp/json")" 2
expect "no key in events" "$(grep -ci "$key16" "$tmp/events" "$tmp/json" | xargs)" \
	"$tmp/events:0 $tmp/json:0"
"${ctl[@]}" -v monitor > "$tmp/events" 2> "$tmp/ready" &
mon=$!
wait_for 20 grep -q listening "$tmp/ready"
kill $mon
wait $mon
expect "a signal ends it" $? 0
