# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The tunnels of the bench, made by each of the implementations. Sourced.
#
# Tunnel I protects 10.1.0.0/24 to the one address far(I), by an SA in each
# direction with SPIs of its own; all end at the same two gateways.
# "net net" in place of a range is one tunnel to 10.2.0.0/24, far(0) included.

far_net=10.64.0.0/10
far() { echo "10.$((64 + ($1 >> 16))).$((($1 >> 8) & 255)).$(($1 & 255))"; }

# AES-128 and salt. A figure does not depend on them.
key=000102030405060708090a0b0c0d0e0fa0a1a2a3

# each FROM TO FORMAT: a line for every tunnel. In FORMAT, @D is the far side,
# @I the number from 1, @O and @R the SPIs of g1 to g2 and back.
each() {
	awk -v from="$1" -v to="$2" -v format="$3" 'BEGIN {
		net = from == "net"
		if (net)
			from = to = 0
		# Pieces, each of which but the first begins with its letter.
		n = split(format, piece, "@")
		for (i = from; i <= to; i++) {
			v["D"] = net ? "10.2.0.0/24" : sprintf("10.%d.%d.%d/32",
				64 + int(i / 65536), int(i / 256) % 256, i % 256)
			v["I"] = i + 1
			v["O"] = 65536 + i
			v["R"] = 131072 + i
			printf "%s", piece[1]
			for (k = 2; k <= n; k++)
				printf "%s%s", v[substr(piece[k], 1, 1)],
					substr(piece[k], 2)
			printf "\n"
		}
	}'
}

# --- the kernel's own --------------------------------------------------------

xfrm_start() {
	# Exact prefixes of ours go to its hash table: its best case.
	ip -n "$(nsname g1)" xfrm policy set hthresh4 24 32
	ip -n "$(nsname g2)" xfrm policy set hthresh4 32 24
}
xfrm_stop() { :; }

# xfrm_rule_lines GATEWAY FROM TO
xfrm_rule_lines() {
	local near=10.1.0.0/24 far=@D us=172.16.0.1 them=172.16.0.2
	local esp="proto esp reqid @I mode tunnel"

	[ "$1" = g1 ] || near=@D far=10.1.0.0/24 us=172.16.0.2 them=172.16.0.1
	each "$2" "$3" "xfrm policy add src $near dst $far dir out tmpl src $us dst $them $esp
xfrm policy add src $far dst $near dir in tmpl src $them dst $us $esp
xfrm policy add src $far dst $near dir fwd tmpl src $them dst $us $esp"
}

# xfrm_swap_lines GATEWAY FROM TO: not at once; it has no such thing.
xfrm_swap_lines() {
	echo "xfrm policy flush"
	xfrm_rule_lines "$@"
}

xfrm_rules() {
	xfrm_rule_lines g1 "$1" "$2" | ip_batch g1 || exit 1
	xfrm_rule_lines g2 "$1" "$2" | ip_batch g2 || exit 1
}

# xfrm_sa_lines GATEWAY FROM TO: the same for both.
xfrm_sa_lines() {
	local aead="replay-window 32 aead rfc4106(gcm(aes)) 0x$key 128"

	each "$2" "$3" "xfrm state add src 172.16.0.1 dst 172.16.0.2 proto esp spi @O reqid @I mode tunnel $aead
xfrm state add src 172.16.0.2 dst 172.16.0.1 proto esp spi @R reqid @I mode tunnel $aead"
}

# xfrm_sas FROM TO [GATEWAY]
xfrm_sas() {
	local g

	for g in ${3:-g1 g2}; do
		xfrm_sa_lines "$g" "$1" "$2" | ip_batch "$g" || exit 1
	done
}

xfrm_clear_sas() {
	ip -n "$(nsname g1)" xfrm state flush
	ip -n "$(nsname g2)" xfrm state flush
}

xfrm_clear() {
	ip -n "$(nsname g1)" xfrm policy flush
	ip -n "$(nsname g2)" xfrm policy flush
	xfrm_clear_sas
}

# --- ours ----------------------------------------------------------------------

# ours_ctl GATEWAY: commands from standard input.
ours_ctl() { ctl "$1" -b - || die "ipsecctl"; }

ours_start() {
	local g

	modprobe ipsecgw || die "the module does not load"
	# shellcheck disable=SC2154	# many: set by guest.sh
	for g in g1 g2; do
		ours_ctl $g <<-END
			conf set max-sas $((4 * many + 100))
			conf set max-policies $((2 * many + 100))
		END
	done
}

ours_stop() { rmmod ipsecgw || die "the module does not unload"; }

# ours_rule_lines GATEWAY FROM TO: one entry of the crypto map per tunnel.
ours_rule_lines() {
	local traffic="10.1.0.0/24 @D" peer=172.16.0.2

	[ "$1" = g1 ] || traffic="@D 10.1.0.0/24" peer=172.16.0.1
	each "$2" "$3" "policy add map vpn seq @I index 1 permit ip $traffic peer $peer staged"
	echo "map commit vpn"
}

# ours_swap_lines GATEWAY FROM TO: at once.
ours_swap_lines() {
	echo "policy flush map vpn staged"
	ours_rule_lines "$@"
}

ours_rules() {
	{
		ours_rule_lines g1 "$1" "$2"
		echo "map bind vpn dev g12 local 172.16.0.1"
	} | ours_ctl g1 || exit 1
	{
		ours_rule_lines g2 "$1" "$2"
		echo "map bind vpn dev g21 local 172.16.0.2"
	} | ours_ctl g2 || exit 1
}

# ours_sa_lines GATEWAY FROM TO
ours_sa_lines() {
	local gcm="mode tunnel cipher aes-gcm key $key replay-window 64 map vpn seq @I index 1"
	local ends="remote 172.16.0.2 local 172.16.0.1" in=@R out=@O

	[ "$1" = g1 ] ||
		ends="remote 172.16.0.1 local 172.16.0.2" in=@O out=@R
	each "$2" "$3" "sa add dir in spi $in $ends $gcm
sa add dir out spi $out $ends pair $in $gcm"
}

# ours_sas FROM TO [GATEWAY]
ours_sas() {
	local g

	for g in ${3:-g1 g2}; do
		ours_sa_lines "$g" "$1" "$2" | ours_ctl "$g" || exit 1
	done
}

ours_clear_sas() {
	ours_ctl g1 <<< "sa flush"
	ours_ctl g2 <<< "sa flush"
}

ours_clear() {
	ours_ctl g1 <<-END
		map unbind dev g12
		sa flush
		policy flush
	END
	ours_ctl g2 <<-END
		map unbind dev g21
		sa flush
		policy flush
	END
}

# --- WireGuard -----------------------------------------------------------------

wg_start() {
	local g

	for g in g1 g2; do
		ip_batch $g <<< "link add wg0 type wireguard"
		wg genkey > "/run/$g.key"
		wg pubkey < "/run/$g.key" > "/run/$g.pub"
	done 2> /dev/null
	ns g1 wg set wg0 listen-port 5000 private-key /run/g1.key \
		peer "$(cat /run/g2.pub)" endpoint 172.16.0.2:5000 \
		allowed-ips "$far_net,10.2.0.0/24" || die "wireguard"
	ns g2 wg set wg0 listen-port 5000 private-key /run/g2.key \
		peer "$(cat /run/g1.pub)" endpoint 172.16.0.1:5000 \
		allowed-ips 10.1.0.0/24 || die "wireguard"
	ip_batch g1 <<-END
		link set wg0 up
		route replace $far_net dev wg0
		route replace 10.2.0.0/24 dev wg0
	END
	ip_batch g2 <<-END
		link set wg0 up
		route replace 10.1.0.0/24 dev wg0
	END
}

wg_stop() {
	ip_batch g1 <<-END
		link del wg0
		route replace $far_net via 172.16.0.2
		route replace 10.2.0.0/24 via 172.16.0.2
	END
	ip_batch g2 <<-END
		link del wg0
		route replace 10.1.0.0/24 via 172.16.0.1
	END
}
