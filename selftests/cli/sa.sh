#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every "sa" command against the module.
# TIMEOUT=300
. "$(dirname "$0")/common.sh"
plan 44
gateway

ends=(local 172.22.1.3 remote 172.22.1.4)
gcm=(cipher aes-gcm key "0x$key20")

check "add inbound" g sa add dir in spi 0x1000 "${ends[@]}" "${gcm[@]}" \
	replay-window 128 esn hard kilobytes 10 seconds 3600 soft packets 5
check "add outbound" g sa add dir out spi 0x2000 "${ends[@]}" mode transport \
	cipher aes-cbc key "$key16" integ hmac-sha1-96 integ-key "$key20" \
	pair 0x1000 df clear frag-after mss 1300 out-mark 7 dscp 46 idle 60 seq 7 \
	selector tcp host 172.22.1.3 eq 80 host 172.22.1.4
out=$(g sa get dir in spi 0x1000)
expect_re "identity" "$out" \
	"^sa dir in spi 0x1000 local 172.22.1.3 remote 172.22.1.4 id 2000 state active mode tunnel$"
expect_re "transform" "$out" "cipher aes-gcm key-bits 128 icv 16 driver "
expect_re "window and flags" "$out" "replay-window 128 seq 0 .* esn"
expect_re "hard limit" "$out" "hard bytes 10240 seconds 3600"
expect_re "soft limit" "$out" "soft packets 5"
out=$(g sa get dir out spi 0x2000 remote 172.22.1.4)
expect_re "outbound identity" "$out" "id 2001 .*mode transport.* pair 0x1000"
expect_re "outbound transform" "$out" \
	"cipher aes-cbc key-bits 128 integ hmac-sha1-96 icv 12"
expect_re "outbound options" "$out" "seq 7 df clear dscp 46 mss 1300 out-mark 7 .*frag-after.*idle 60"
expect_re "selector" "$out" \
	"selector tcp host 172.22.1.3 eq 80 host 172.22.1.4"
check_fails "get without the peer" "remote is missing" \
	g sa get dir out spi 0x2000
check_fails "get with another peer" "no sa with that" \
	g sa get dir out spi 0x2000 remote 172.22.1.5

expect "list" "$(g sa list | grep -c '^sa ')" 2
expect "list a direction" "$(g sa list dir out | grep -c '^sa ')" 1
expect "list a peer" "$(g sa list remote 172.22.1.9 | grep -c '^sa ')" 0
check_fails "no two of a kind" "(exists|already|in use)" \
	g sa add dir in spi 0x1000 "${ends[@]}" "${gcm[@]}"

check "update" g sa update dir in spi 0x1000 hard seconds 7200 idle 33
expect_re "what was updated" "$(g sa get dir in spi 0x1000)" \
	"hard .*seconds 7200"
expect_re "and idle" "$(g sa get dir in spi 0x1000)" "idle 33"
check "new addresses" g sa update dir in spi 0x1000 new-remote 172.22.1.9 \
	local 172.22.1.8
expect_re "both are new" "$(g sa get dir in spi 0x1000)" \
	"local 172.22.1.8 remote 172.22.1.9"
check_fails "update what is not there" "no sa with that" \
	g sa update dir in spi 0x1001 idle 5

out=$(g sa alloc-spi remote 172.22.1.4 min 0x5000 max 0x5000)
expect_re "alloc-spi" "$out" "^spi 0x5000 id [0-9]+$"
expect_re "reserved" "$(g sa list)" "spi 0x5000 .*remote 172.22.1.4.*state larval"
check "complete it" g sa add dir in spi 0x5000 "${ends[@]}" "${gcm[@]}"
expect_re "completed" "$(g sa get dir in spi 0x5000)" "state active"
g sa alloc-spi remote 172.22.1.4 min 0x5001 max 0x5001 > /dev/null
check_fails "alloc-spi without a free one" "." \
	g sa alloc-spi remote 172.22.1.4 min 0x5001 max 0x5001

check "IPv6" g sa add dir in spi 0x6000 local fd00::3 remote fd00::4 \
	"${gcm[@]}" selector ipv6 fd01::/64 any
expect_re "IPv6 as given" "$(g sa get dir in spi 0x6000)" \
	"selector ipv6 fd01::/64 any"

check "AH" g sa add proto ah dir in spi 0x1000 "${ends[@]}" \
	integ hmac-sha1-96 integ-key "$key20"
expect_re "AH has SPIs of its own" "$(g sa get dir in spi 0x1000 proto ah)" \
	"^sa dir in spi 0x1000 proto ah local "
expect_re "AH has no cipher" "$(g sa get dir in spi 0x1000 proto ah)" \
	"^    integ hmac-sha1-96 icv 12 driver "
expect_re "ESP as before" "$(g sa get dir in spi 0x1000 proto esp)" "aes-gcm"
check_fails "AH with a cipher" "ah has no cipher" g sa add proto ah dir in \
	spi 0x1001 "${ends[@]}" cipher null integ hmac-sha1-96 integ-key "$key20"
expect_re "alloc-spi for AH" \
	"$(g sa alloc-spi proto ah min 0x7000 max 0x7000)" "^spi 0x7000 id"
check_fails "which is not one for ESP" "no sa with that" \
	g sa get dir in spi 0x7000
check "delete AH" g sa delete proto ah dir in spi 0x7000
check "delete the other" g sa delete dir in spi 0x1000 proto ah

check "delete" g sa delete dir in spi 0x6000
check_fails "deleted" "no sa with that" g sa get dir in spi 0x6000
expect "flush a direction" "$(g -v sa flush dir out)" "1 SAs deleted"
expect "flush the rest" "$(g -v sa flush)" "3 SAs deleted"
expect "none left" "$(g sa list)" ""
