# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Gateways with a tunnel interface: what the tests for it share.
. "$(dirname "${BASH_SOURCE[0]}")/../spd/common.sh"

map=Tunnel0-head-0

# interface NS ADDRESS: the interface, without a map, and the only way to the nets
# of the other side.
interface() {
	local net4=10.1.0.0/16 net6=fd01::/64

	[ "$1" = g1 ] && net4=10.2.0.0/16 net6=fd02::/64
	ip_batch "$1" <<-END
		link add Tunnel0 type ipsecgw
		link set Tunnel0 up
		addr add $2/30 dev Tunnel0
		route replace $net4 dev Tunnel0
		route replace $net6 dev Tunnel0
	END
}

# map_on NS PEER: one rule for everything, on the interface.
map_on() {
	ctl "$1" policy add map $map seq 65536 index 1 permit all any any \
		peer "$2" > /dev/null &&
		ctl "$1" map bind $map dev Tunnel0
}

# sa NS in|out SPI LOCAL REMOTE
sa() {
	ctl "$1" sa add dir "$2" spi "$3" local "$4" remote "$5" mode tunnel \
		cipher aes-gcm key "$key" map $map seq 65536 index 1 > /dev/null
}

line() { ns "$1" cat /sys/class/net/Tunnel0/operstate; }
is_line() { [ "$(line "$1")" = "$2" ]; }
