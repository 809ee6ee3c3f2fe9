#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
# A tunnel interface with an IPsec profile; the peer is strongSwan with an XFRM
# interface, both for any to any.
. "$(dirname "$0")/common.sh"

plan 29
ike_init
topology
swan_start g2
ns g2 modprobe -q xfrm_interface
ip -n "$(nsname g2)" link add x0 type xfrm dev g21 if_id 42 2> /dev/null ||
	skip_all "no XFRM interface in this kernel"
ip_batch g2 <<-END
	link set x0 up
	addr add 192.168.0.2/30 dev x0
	route replace 10.1.0.0/24 dev x0
END
swan_config g2 <<-END
	connections { gw {
	  version = 1
	  local_addrs = 172.16.0.2
	  remote_addrs = 172.16.0.1
	  proposals = aes128-sha1-modp1536
	  local { auth = psk }
	  remote { auth = psk }
	  children { net {
	    local_ts = 0.0.0.0/0
	    remote_ts = 0.0.0.0/0
	    if_id_in = 42
	    if_id_out = 42
	    esp_proposals = aes128-sha1-modp1536
	  } }
	} }
	secrets { ike-1 { secret = secret-of-both } }
END

# ours [LINE...]: with these lines of the tunnel interface.
ours() {
	config g1 <<-END
		crypto isakmp policy 10
		 encryption aes
		 hash sha
		 authentication pre-share
		 group 5
		crypto isakmp key secret-of-both address 172.16.0.2
		crypto ipsec transform-set TS esp-aes esp-sha-hmac
		crypto ipsec profile VTI
		 set transform-set TS
		 set pfs group5
		interface FastEthernet0/0
		 device g12
		$(printf '%s\n' "$@")
	END
}
tunnel=("interface Tunnel0" " tunnel source FastEthernet0/0"
	" tunnel destination 172.16.0.2" " tunnel mode ipsec ipv4"
	" tunnel protection ipsec profile VTI")
installed() { swan g2 --list-sas | grep -q INSTALLED; }
up() { [ "$(ns g1 cat /sys/class/net/Tunnel0/operstate)" = up ]; }
both_up() { up && installed; }
addr() { ip -n "$(nsname g1)" addr show dev Tunnel0; }

ours "${tunnel[@]}" " ip address 192.168.0.1 255.255.255.252" " ip mtu 1380"
daemon g1
expect_re "the interface is made" "$(ip -n "$(nsname g1)" -o -d link show dev Tunnel0)" "mtu 1380 .*ipsecgw"
expect_re "with its address" "$(addr)" "192.168.0.1/30"
check "the tunnel comes up by itself" wait_for 120 both_up
ip_batch g1 <<-END
	route replace 10.2.0.0/24 dev Tunnel0
	route replace fd02::/64 dev Tunnel0
END
check "traffic" pings a 10.2.0.2
check "and back" pings b 10.1.0.2
check "between the routers" pings g1 192.168.0.2
n=$(ctl g1 stats | awk '/out-discard/ { print $NF }')
ns a ping -nqc2 -i 0.2 -W1 fd02::2 > /dev/null
expect "IPv6 is not negotiated: dropped" \
	"$(($(ctl g1 stats | awk '/out-discard/ { print $NF }') - n))" 2

# --- views
sa=$(ike g1 show crypto ipsec sa)
expect_re "show crypto ipsec sa: the interface" "$sa" "interface: Tunnel0"
expect_re "the map" "$sa" "Crypto map tag: Tunnel0-head-0, local addr\.? 172.16.0.1"
expect_re "any" "$sa" "local +ident \(addr/mask/prot/port\): \(0.0.0.0/0.0.0.0/0/0\)"
expect_re "to any" "$sa" "remote ident \(addr/mask/prot/port\): \(0.0.0.0/0.0.0.0/0/0\)"
session=$(ike g1 show crypto session)
expect_re "show crypto session: the interface" "$session" "Interface: Tunnel0"
expect_re "its status" "$session" "Session status: UP-ACTIVE"
expect_re "its flow" "$session" "IPSEC FLOW: permit ip 0.0.0.0/0.0.0.0 0.0.0.0/0.0.0.0"
view=$(ike g1 show crypto map)
expect_re "show crypto map" "$view" "Crypto Map .*\"?Tunnel0-head-0\"?"
expect_re "the access list" "$view" "permit ip any any"
expect_re "the PFS" "$view" "PFS \(Y/N\): Y"
expect_re "where it is" "$view" "Tunnel0$"

# --- ends and begins again
ike g1 clear crypto session
check "cleared: it comes back by itself" wait_for 120 both_up
check "traffic" wait_for 60 pings a 10.2.0.2 1
swan g2 --terminate --ike gw > /dev/null 2>&1
check "ended by the peer: it comes back" wait_for 120 both_up
check "traffic" wait_for 60 pings b 10.1.0.2 1
daemon_stop g1
daemon g1
check "a new daemon: traffic goes on" wait_for 60 pings a 10.2.0.2 1

ip -n "$(nsname g1)" link del Tunnel0
there() { [ "$(ns g1 ls /sys/class/net | grep -c Tunnel0)" = 1 ] && both_up; }
check "deleted by somebody: it is made again" wait_for 120 there
ip -n "$(nsname g1)" route replace 10.2.0.0/24 dev Tunnel0
check "traffic" wait_for 60 pings a 10.2.0.2 1

# --- other configurations
ours "${tunnel[@]}" " ip address 192.168.0.5 255.255.255.252"
reload g1
has_moved() { addr | grep -q 192.168.0.5/30 && ! addr | grep -q 192.168.0.1/30; }
check "another address" wait_for 30 has_moved
check "the tunnel is still there" up
ours
reload g1
expect "removed: the interface is gone" "$(ns g1 ls /sys/class/net | grep -c Tunnel0)" 0
expect "and so are its SAs" "$(ctl g1 sa list | grep -c '^sa ')" 0
