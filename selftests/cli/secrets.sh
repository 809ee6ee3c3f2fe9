#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A key that goes in never comes out again.
# TIMEOUT=300
. "$(dirname "$0")/common.sh"
plan 13
gateway
tmp=$(mktemp -d)
defer rm -rf "$tmp"
key=deadbeefcafe0123456789abcdef5566a1b2c3d4
ikey=0badc0de0badc0de0badc0de0badc0de00112233
hit='(deadbeefcafe|DEADBEEFCAFE|0badc0de|a1b2c3d4|0x?dead)'
e=(local 172.22.1.3 remote 172.22.1.4)

g policy add map M seq 10 permit ip any any peer 172.22.1.4 > /dev/null
g map bind M dev w0
echo "0x$key" > "$tmp/key"
chmod 600 "$tmp/key"
check "from a file" g sa add dir in spi 0x1000 "${e[@]}" cipher aes-gcm \
	key-file "$tmp/key" map M seq 10
check "from standard input" g sa add dir out spi 0x2000 "${e[@]}" \
	cipher aes-cbc key-stdin integ hmac-sha1-96 integ-key-stdin \
	map M seq 10 pair 0x1000 <<< "${key:0:32}"$'\n'"$ikey"
check "from the command line" g sa add dir in spi 0x1001 "${e[@]}" \
	cipher aes-gcm key "0x$key"
chmod 644 "$tmp/key"
expect_re "a file that others may read" "$(g sa add dir in spi 0x1002 \
	"${e[@]}" cipher aes-gcm key-file "$tmp/key" 2>&1)" \
	"warning: key-file: others may read '$tmp/key'; use 'chmod 600'"

# Everything that can be printed.
{
	for json in "" -j; do
		g $json sa list
		g $json sa get dir in spi 0x1000
		g $json policy list
		g $json show crypto ipsec sa
		g $json show crypto ipsec sa detail
		g $json show crypto ipsec sa address
		g $json show crypto engine connections active
		g $json stats
	done
} > "$tmp/out" 2>&1
check "something was printed" grep -q 0x1000 "$tmp/out"
expect "no key in what is shown" "$(grep -cE "$hit" "$tmp/out")" 0

# Everything that can go wrong.
{
	g sa add dir in spi 0x1000 "${e[@]}" cipher aes-gcm key $key
	g sa add dir in spi 0x1003 "${e[@]}" cipher aes-gcm key ${key}00
	g sa add dir in spi 0x1003 "${e[@]}" cipher aes-gcm key ${key}0
	g sa add dir in spi 0x1003 "${e[@]}" cipher aes-gcm key ${key}zz
	g sa add dir in spi 0x1003 "${e[@]}" cipher aes-gcm key $key nonsense
	g sa add dir in spi 0x1003 "${e[@]}" cipher aes-gcm keyy $key
	g sa add dir in spi 0x1003 "${e[@]}" cipher aes-gcm $key
	g sa add dir in spi 0x1003 "${e[@]}" nonsense key $key
	g "sa add dir in spi 0x1003 cipher aes-gcm key $key nonsense"
	g sa add key $key '?'
	g sa add $key '?'
	g sa add dir in spi $key
	echo "sa add dir in spi 0x1003 key $key x" | g -b -
	echo "sa add dir in spi 0x1003 key '$key" | g -b -
	echo "sa add dir in spi 0x1003 key-file $tmp/none" | g -b -
} > "$tmp/err" 2>&1
check "something was said" grep -q "Invalid input" "$tmp/err"
expect "no key in what is said" "$(grep -E "$hit" "$tmp/err")" ""

# The command line loses the key while the command waits for the other one.
mkfifo "$tmp/fifo"
ctl=("$ipsecctl" -n "$(nsname g)")
"${ctl[@]}" sa add dir in spi 0x1004 "${e[@]}" cipher aes-cbc key "${key:0:32}" \
	integ hmac-sha1-96 integ-key-stdin < "$tmp/fifo" &
pid=$!
exec 3> "$tmp/fifo"
wiped() {
	tr '\0' ' ' < /proc/$pid/cmdline | grep -q integ-key-stdin &&
		! grep -qa deadbeef /proc/$pid/cmdline
}
check "the process list loses the key" wait_for 20 wiped
echo $ikey >&3
exec 3>&-
wait $pid
expect "and the SA is added" $? 0
"${ctl[@]}" "sa add dir in spi 0x1005 local 172.22.1.3 remote 172.22.1.4 cipher aes-cbc key ${key:0:32} integ hmac-sha1-96 integ-key-stdin" < "$tmp/fifo" &
pid=$!
exec 3> "$tmp/fifo"
line_wiped() {
	grep -qa ipsecctl /proc/$pid/cmdline &&
		! grep -qa deadbeef /proc/$pid/cmdline
}
check "also of a command in one word" wait_for 20 line_wiped
echo $ikey >&3
exec 3>&-
wait $pid
expect "added too" $? 0
expect "no key in the kernel log" "$(dmesg | grep -cE "$hit")" 0
