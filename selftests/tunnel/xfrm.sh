#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# A tunnel interface against the kernel's own, with the same keys.
. "$(dirname "$0")/common.sh"

need socat
plan 32
need_module
watched_topology
ns g2 modprobe -q xfrm_interface
ip -n "$(nsname g2)" link add x0 type xfrm dev g21 if_id 42 2> /dev/null ||
	skip_all "no XFRM interface in this kernel"
ip_batch g2 <<-END
	link set x0 up
	addr add 192.168.0.2/30 dev x0
	route replace 10.1.0.0/16 dev x0
	route replace fd01::/64 dev x0
END
for net in 0.0.0.0/0 ::/0; do
	for dir in in fwd out; do
		ends="src 172.16.0.1 dst 172.16.0.2"
		[ $dir = out ] && ends="src 172.16.0.2 dst 172.16.0.1"
		printf '%s\n' "xfrm policy add src $net dst $net dir $dir tmpl $ends proto esp mode tunnel if_id 42"
	done
done | ip_batch g2

# xfrm_sa SRC DST SPI
xfrm_sa() {
	ns g2 ip xfrm state add src "$1" dst "$2" proto esp spi "$3" \
		mode tunnel flag af-unspec aead 'rfc4106(gcm(aes))' "$key" 128 \
		if_id 42
}
xfrm_sa 172.16.0.1 172.16.0.2 0x1001
xfrm_sa 172.16.0.2 172.16.0.1 0x1002
interface g1 192.168.0.1

# --- no map, no SA
leaked > /dev/null
expect "no map: nothing goes" "$(pings a 10.2.0.2 3)/$(leaked)" 0/0
expect "it is counted" "$(stat g1 out-no-sa)" "$(counter g1 Tunnel0 tx_dropped)"
map_on g1 172.16.0.2
expect "no SA: nothing goes" "$(pings a 10.2.0.2 3)/$(leaked)" 0/0
expect "the SA is asked for" "$(stat g1 pending)" 1
check "the line is dormant" wait_for 10 is_line g1 dormant
sa g1 in 0x1002 172.16.0.1 172.16.0.2
check_fails "an SA that receives does not change that" "" is_line g1 up
sa g1 out 0x1001 172.16.0.1 172.16.0.2
check "with one that sends it is up" wait_for 10 is_line g1 up
none_asked() { [ "$(stat g1 pending)" = 0 ]; }
check "nothing is asked any more" wait_for 5 none_asked

# --- through
protected > /dev/null
expect "through the tunnel" "$(pings a 10.2.0.2 5)" 5
expect "of IPv6 too" "$(pings a fd02::2 5)" 5
expect "from the box" "$(pings g1 192.168.0.2 3)" 3
expect "to the box" "$(ns g2 ping -nq -i 0.01 -c3 -W1 192.168.0.1 | grep -c ' 3 received')" 1
expect "nothing in clear" "$(leaked)" 0
expect_num "all of it in ESP" "$(protected)" -ge 16

# transfer FROM TO DIR: so much by TCP, whole; the gateways' own one is segmented
# in the tunnel interface.
transfer() {
	local got=/tmp/got-$$ want

	want=$(head -c 300000 /dev/zero | cksum)
	defer rm -f "$got"
	ip netns exec "$(nsname "$2")" timeout 40 \
		socat -u "$3-LISTEN:5001,reuseaddr" "CREATE:$got" &
	wait_for 10 eval "ns $2 ss -ltn | grep -q :5001" || return
	head -c 300000 /dev/zero |
		ns "$1" timeout 40 socat -u STDIN "$3:$4:5001" || return
	wait $!
	[ "$(cksum < "$got")" = "$want" ]
}
sent=$(counter g1 Tunnel0 tx_packets)
check "TCP from the box" transfer g1 b TCP4 10.2.0.2
expect_num "large packets count as what they become" \
	$(($(counter g1 Tunnel0 tx_packets) - sent)) -gt 200
check "TCP to the box" transfer b g1 TCP4 192.168.0.1
check "TCP through it, IPv6" transfer a b TCP6 '[fd02::2]'

# --- multicast, as routing protocols send it
multicast() { # FROM DEV TO DEV
	ip netns exec "$(nsname "$3")" /usr/bin/python3 -ISB - "$4" <<-'END' &
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 89)
		s.setsockopt(0, 35, socket.inet_aton("224.0.0.5") + bytes(4) +
		             socket.if_nametoindex(sys.argv[1]).to_bytes(4, "little"))
		s.settimeout(60)
		while b"hello" not in s.recv(100):
		    pass
	END
	local ear=$!

	for _ in {1..100}; do
		ns "$1" /usr/bin/python3 -ISB - "$2" <<-'END'
			import socket, sys
			s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 89)
			s.setsockopt(0, 32, bytes(8) +
			             socket.if_nametoindex(sys.argv[1]).to_bytes(4, "little"))
			s.sendto(b"hello" * 9, ("224.0.0.5", 0))
		END
		kill -0 $ear 2> /dev/null || break
		pause 0.2
	done
	wait $ear
}
check "an OSPF packet to 224.0.0.5 there" multicast g1 Tunnel0 g2 x0
check "and back" multicast g2 x0 g1 Tunnel0
expect "nothing in clear" "$(leaked)" 0

# --- size
ip -n "$(nsname g1)" link set Tunnel0 mtu 1500
df() { ns a ping -nc2 -i 0.2 -W1 -M "do" -s 1472 10.2.0.2 2>&1; }
expect_re "too long: the sender learns what fits" "$(df)" "mtu ?= ?1446"
ns a ip route flush cache
expect "that much fits" "$(ns a ping -nqc3 -i 0.1 -W2 -M "do" -s 1418 10.2.0.2 | grep -c ' 3 received')" 1
expect "what may be cut is cut before" "$(ns a ping -nqc3 -i 0.1 -W2 -M dont -s 1472 10.2.0.2 | grep -c ' 3 received')" 1
expect "no fragment in clear" "$(leaked)" 0
ip -n "$(nsname g1)" link set Tunnel0 mtu 1400

# --- a packet socket
raw() { # OCTET...: what it sends
	ns g1 /usr/bin/python3 -ISB - "$@" <<-'END'
		import socket, struct, sys
		s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
		p = struct.pack("!BBHHHBBH4s4s", int(sys.argv[1], 0), 0, 1500, 7, 0, 64, 17,
		                0, bytes((10, 1, 0, 1)), bytes((10, 2, 0, 2)))
		s.sendto(p + bytes(1480), ("Tunnel0", int(sys.argv[2], 0)))
	END
}
ip -n "$(nsname g1)" link set Tunnel0 mtu 1500
protected > /dev/null
raw 0x45 0x800
expect "its packet is cut and protected" "$(protected)/$(leaked)" 2/0
raw 0x45 0x86dd
raw 0x60 0x800
raw 0x41 0x800
raw 0x45 0x88b5
expect "what is not what it says is dropped" "$(stat g1 out-header)/$(protected)/$(leaked)" 4/0/0
ip -n "$(nsname g1)" link set Tunnel0 mtu 1400

# --- IPv6 outside
ctl g1 sa flush > /dev/null
check "without SAs the line is dormant again" wait_for 10 is_line g1 dormant
expect "nothing goes" "$(pings a 10.2.0.2 3)/$(leaked)" 0/0
ns g2 ip xfrm state flush
ns g2 ip xfrm policy flush
for net in 0.0.0.0/0 ::/0; do
	for dir in in fwd out; do
		ends="src fd00::1 dst fd00::2"
		[ $dir = out ] && ends="src fd00::2 dst fd00::1"
		printf '%s\n' "xfrm policy add src $net dst $net dir $dir tmpl $ends proto esp mode tunnel if_id 42"
	done
done | ip_batch g2
xfrm_sa fd00::1 fd00::2 0x2001
xfrm_sa fd00::2 fd00::1 0x2002
sa g1 in 0x2002 fd00::1 fd00::2
sa g1 out 0x2001 fd00::1 fd00::2
pings a 10.2.0.2 3 > /dev/null
expect "IPv6 outside" "$(pings a 10.2.0.2 5)/$(pings a fd02::2 5)" 5/5
expect "nothing in clear, and the guard was not needed" "$(leaked)/$(stat g1 out-guard)" 0/0
expect "no error on either side" \
	"$(stat g1 in-auth)/$(stat g1 in-selector)/$(ns g2 cat /proc/net/xfrm_stat | awk '$2 && !/OutNoStates|InNoStates/' | xargs)" 0/0/
