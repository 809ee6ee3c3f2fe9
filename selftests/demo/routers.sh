# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The third part of the demo: the same two gateways, now told what routers are told
# and left to negotiate. RouterA has a static crypto map, RouterB a dynamic one;
# policies and transform sets are the default ones.
#
#   a --------- RouterA ======= ESP ======= RouterB --------- b
#   .227        g1, .229                    g2, .225          .226
# shellcheck disable=SC2154	# from common.sh

routers=(g1 g2)
declare -A router_name=([g1]=RouterA [g2]=RouterB) daemon_pid=()
example=209.165.200

# One network over all links, hosts by routes of their own.
example_network() {
	local n

	for n in a g1 g2 b; do
		ip netns del "$n"
	done
	namespaces
	link a a0 $example.227/32 g1 g1a $example.229/32
	link g1 g12 $example.229/32 g2 g21 $example.225/32
	link b b0 $example.226/32 g2 g2b $example.225/32
	ip -n a route add $example.229 dev a0
	ip -n a route add default via $example.229
	ip -n b route add $example.225 dev b0
	ip -n b route add default via $example.225
	ip -n g1 route add $example.227 dev g1a
	ip -n g1 route add $example.225 dev g12
	ip -n g1 route add $example.226 via $example.225
	ip -n g2 route add $example.226 dev g2b
	ip -n g2 route add $example.229 dev g21
	ip -n g2 route add $example.227 via $example.229
}

# router NAMESPACE WORD...: ipsecctl with the daemon of that router.
router() {
	local n=$1

	shift
	IPSECGW_CONTROL=$work/$n.socket ctl "$n" "$@"
}

is_ready() { grep -q ': ready$' "$work/$1.log"; }

start_daemon() { # NAMESPACE
	local n=$1

	# Not through in_ns: $! must be the id of the daemon itself.
	ip netns exec "$n" "$tools/ikehelper/ikehelper" --foreground \
		--user nobody --group nogroup --config "$work/$n.conf" \
		--socket "$work/$n.socket" --history "$work/$n.history" \
		--state "$work/$n.state" > "$work/$n.log" 2>&1 &
	daemon_pid[$n]=$!
	until_true 600 is_ready "$n" || {
		fail "the daemon of ${router_name[$n]}: $(tail -1 "$work/$n.log")"
		finish
	}
}

# configure NAMESPACE: the lines of standard input, shown and put into force.
configure() {
	local n=$1

	tee "$work/$n.lines" | sed "s/^/   ${router_name[$n]}(config)# /"
	router "$n" -f "$work/$n.lines" || {
		fail "the configuration of ${router_name[$n]}"
		finish
	}
}

# view NAMESPACE WORD...: a show command; its output is left in $shown.
view() {
	local n=$1

	shift
	printf '\n%s%s# show %s%s\n' "$bold" "${router_name[$n]}" "$*" "$plain"
	shown=$(router "$n" "show $*") || fail "${router_name[$n]}: show $*"
	printf '%s\n' "$shown"
}

# must_show TEXT...: the last view has these lines, whatever their white space.
must_show() {
	local flat want

	flat=$(tr -s '[:space:]' ' ' <<< "$shown")
	for want; do
		[[ $flat == *"$want"* ]] || fail "'$want' is missing there"
	done
}

routers_story() {
	local n

	step "Configured as routers: RouterA static, RouterB dynamic, all else default"
	example_network
	: > "$work/g1.conf"
	: > "$work/g2.conf"
	for n in "${routers[@]}"; do
		start_daemon "$n"
	done
	configure g1 <<- END
		crypto isakmp key identity address $example.225
		crypto map testmap 10 ipsec-isakmp
		 set peer $example.225
		 match address 101
		access-list 101 permit ip host $example.227 host $example.226
		interface FastEthernet1/2
		 device g12
		 crypto map testmap
	END
	configure g2 <<- END
		crypto isakmp key identity address $example.229
		crypto dynamic-map dyn_testmap 10
		crypto map testmap 10 ipsec-isakmp dynamic dyn_testmap
		interface GigabitEthernet0/1
		 device g21
		 crypto map testmap
	END

	step "Traffic from host a to host b brings the tunnel up"
	strangers+=(and not udp port 500)
	start_capture routers
	ping_through $example.226
	judge_capture routers

	step "What the operators see"
	view g1 crypto isakmp sa detail
	must_show "$example.229 $example.225 ACTIVE aes sha psk 5"
	view g2 crypto isakmp sa detail
	must_show "$example.225 $example.229 ACTIVE aes sha psk 5"
	for n in "${routers[@]}"; do
		view "$n" logging '|' include IKMP_POLICY_DEFAULT
		must_show "%CRYPTO-6-IKMP_POLICY_DEFAULT: Using ISAKMP Default policies"
	done
	view g1 crypto map
	must_show 'Crypto Map "testmap" 10 ipsec-isakmp Peer = '"$example.225" \
		"access-list 101 permit ip host $example.227 host $example.226" \
		'default_transform_set_1: { esp-aes esp-sha-hmac } ,' \
		'default_transform_set_0: { esp-3des esp-sha-hmac } ,'
	view g2 crypto map
	must_show 'Dynamic map template tag: dyn_testmap' \
		'Crypto Map "testmap" 65536 ipsec-isakmp Peer = '"$example.229" \
		"access-list permit ip host $example.226 host $example.227" \
		'dynamic (created from dynamic map dyn_testmap/10)' \
		"Current peer: $example.229" \
		'Transform sets={ #!default_transform_set_1: { esp-aes esp-sha-hmac } , }'
	view g2 crypto session detail
	must_show 'Session status: UP-ACTIVE' "Peer: $example.229 port 500" \
		"host $example.226 host $example.227"

	step "The tunnel is cleared, traffic brings it up again"
	run router g1 clear crypto session
	ping_through $example.226
	for n in "${routers[@]}"; do
		kill "${daemon_pid[$n]}"
		wait "${daemon_pid[$n]}" || fail "the daemon of $n ended with $?"
	done
}
