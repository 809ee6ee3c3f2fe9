#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=240
# Packets longer than the path, and rules that look at ports.
. "$(dirname "$0")/common.sh"

need socat
plan 20
need_module
watched_topology
for n in g1 g2; do
	s=10.1.0.0/16 d=10.2.0.0/16
	[ $n = g1 ] || { s=10.2.0.0/16 d=10.1.0.0/16; }
	ctl $n policy add map m seq 5 index 1 deny udp any any eq 7777 > /dev/null
	ctl $n policy add map m seq 6 index 1 deny udp any eq 7777 any > /dev/null
	ctl $n policy add map m seq 10 index 1 permit udp $s $d > /dev/null
	ctl $n policy add map m seq 10 index 2 permit icmp $s $d > /dev/null
	ctl $n policy add map m seq 20 index 1 permit ipv6 any any > /dev/null
done
bind_all

# udp ADDRESS PORT LENGTH: does a datagram of that length arrive?
udp() {
	local got=/tmp/datagram-$$ to=UDP4:$1:$2 pid

	[[ $1 != *:* ]] || to=UDP6:[$1]:$2
	rm -f "$got"
	# Not through ns: $! must be the id of the receiver itself.
	ip netns exec "$(nsname b)" timeout 90 socat -u -b65536 "${to%%:*}-RECV:$2" "CREATE:$got" &
	pid=$!
	wait_for 10 eval "ns b ss -lun | grep -q ':$2'"
	head -c "$3" /dev/zero | ns a socat -u -b65536 STDIN "$to"
	wait_for 3 eval "[ -s '$got' ] && [ \$(wc -c < '$got') -eq $3 ]"
	got=$?
	kill_wait $pid
	return $got
}
defer rm -f "/tmp/datagram-$$"

leaked > /dev/null
ctl g2 map unbind dev g21
check "a long datagram that a rule with ports lets pass" udp 10.2.0.2 7777 5000
expect "in four fragments" "$(leaked)" 4
ctl g2 map bind m dev g21
expect "the guard does not mind" "$(stat g1 out-guard)" 0
check "a short one" udp 10.2.0.2 7777 100
# RFC 4301, 7: where fragments could be part of something protected, they may not.
ns a bash -c "head -c 5000 /dev/zero > /dev/udp/10.2.0.2/7777"
in_clear() { [ "$(stat g2 in-clear-fragment)" -gt 0 ]; }
check "a long one is refused on the other side" wait_for 5 in_clear
leaked > /dev/null

k="mode tunnel cipher aes-gcm key $key"
# shellcheck disable=SC2086
for i in 1 2; do
	ctl g2 sa add dir in spi 100$i local 172.16.0.2 remote 172.16.0.1 $k map m seq 10 index $i
	ctl g1 sa add dir in spi 200$i local 172.16.0.1 remote 172.16.0.2 $k map m seq 10 index $i
	ctl g2 sa add dir out spi 200$i local 172.16.0.2 remote 172.16.0.1 $k map m seq 10 index $i
	ctl g1 sa add dir out spi 100$i local 172.16.0.1 remote 172.16.0.2 $k map m seq 10 index $i
done > /dev/null
protected > /dev/null
check "a long datagram that is protected" udp 10.2.0.2 8888 5000
expect_num "is fragmented before that" "$(protected)" -ge 4
expect "nothing of it in clear" "$(leaked)" 0
check "the longest datagram there is" udp 10.2.0.2 8888 65000
expect "nothing of it in clear" "$(leaked)" 0
expect "long pings through the tunnel" \
	"$(ns a ping -nq -s 4000 -c 3 -i 0.1 -W1 10.2.0.2 | grep -c ' 3 received')" 1
expect "nothing of them in clear" "$(leaked)" 0

# Between hosts, through the box: it reassembles, so that it knows the ports.
ns a ping -nq -s 3000 -c 2 -i 0.1 -W1 10.2.0.2 > /dev/null
expect "no fragment was in doubt" "$(stat g1 out-fragment)" 0

# Errors about protected packets are as secret as these.
before=$(stat g2 out-packets)
ns a bash -c 'echo secret > /dev/udp/10.2.0.2/9'
wait_for 5 eval '[ $(stat g2 out-packets) -gt "$before" ]'
ctl g2 policy delete map m seq 10 index 2
before=$(stat g2 out-packets)
ns a bash -c 'echo secret > /dev/udp/10.2.0.2/9'
wait_for 5 eval '[ $(stat g2 out-packets) -gt "$before" ]'
expect "an error goes the way of the packet that it quotes" \
	"$(($(stat g2 out-packets) - before))" 1
ctl g1 policy delete map m seq 10 index 2
before_clear=$(stat g1 in-clear)
errors() { ns a nstat -asz IcmpInDestUnreachs 2> /dev/null | awk '/Unreach/ { print $2 }'; }
old=$(errors)
ns a bash -c 'echo secret > /dev/udp/10.2.0.2/9'
wait_for 5 eval '[ "$(errors)" -gt "$old" ]'
expect "and arrives" "$(($(errors) - old))" 1
expect "none was taken for one in clear" "$(($(stat g1 in-clear) - before_clear))" 0

# IPv6: the sender fragments; held whole until there is an SA.
ns a ping -nq -s 3000 -c 2 -i 0.1 -W1 fd02::2 > /dev/null
expect "long pings of IPv6 wait" "$(ctl g1 acquire list | grep -c ipv6)" 1
expect "nothing of them in clear" "$(leaked)" 0
tunnel_sa 20 3001
# First each of the two hosts has to learn what fits into the tunnel.
wait_for 10 ns a ping -nq -s 3000 -c 1 -W1 fd02::2
expect_re "through the tunnel" "$(ns a ping -nq -s 3000 -c 3 -i 0.1 -W1 fd02::2)" \
	" 3 received"
expect "nothing of them in clear" "$(leaked)" 0
