#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# Views of a live daemon and module: as JSON what the schemas say, in each state of a
# tunnel; and the programs that own a terminal.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

plan 40
ike_init
topology
tunnel_config g1 g12 172.16.0.2 "$net1" "$net2"
cat >> "$work/g1.conf" <<-END
	crypto isakmp peer address 172.16.0.2
	 description the other gateway
END
tunnel_config g2 g21 172.16.0.1 "$net2" "$net1"
daemon g1
daemon g2

# --- as JSON
python3 "$selftests/ike/schemas.py" commands 172.16.0.2 > "$work/views"
views() { ike g1 --json -b "$work/views" > "$work/$1.json"; }
check "before anything" views nothing
check "traffic brings the tunnel up" pings a 10.2.0.2 1
check "with a tunnel" views up
ike g1 clear crypto session
no_sa() { [ "$(ctl "$1" sa list | grep -c '^sa dir out')" -eq 0 ]; }
check "the peer has heard of the end" wait_for 30 no_sa g2
sed -i 's/esp-aes esp-sha/esp-aes 256 esp-sha/' "$work/g2.conf"
reload g2
ns a ping -nqc 1 -W 1 10.2.0.2 > /dev/null
refused() { ike g1 show crypto isakmp failures | grep -q NO_PROPOSAL_CHOSEN; }
check "another transform set fails" wait_for 60 refused
check "cleared, with a failure" views failed
sed -i 's/esp-aes 256 esp-sha/esp-aes esp-sha/' "$work/g2.conf"
reload g2
ike g1 clear crypto session
expect "each view is what its schema says" "$(python3 "$selftests/ike/schemas.py" \
	check 172.16.0.2 "$work"/{nothing,up,failed}.json 2>&1)" ""

# --- as text
check "it comes up again" pings a 10.2.0.2 1
mkdir "$work/text"
while IFS= read -r c; do
	# shellcheck disable=SC2086 # words
	ike g1 $c > "$work/text/${c// /-}"
done < <(python3 "$selftests/ike/layouts.py" commands)
expect "the lines are those of the specification" \
	"$(python3 "$selftests/ike/layouts.py" check "$work/text" 2>&1)" ""
ike g1 clear crypto session
check "and down" wait_for 30 no_sa g1

# --- somebody else
chmod 711 "$work"
other() {
	IPSECGW_CONTROL=$(socket_of g1) ns g1 setpriv --reuid 1 --regid 1 \
		--clear-groups "$ipsecctl" "$@"
}
check_fails "a stranger sees nothing" "[Pp]ermission denied" other show crypto isakmp sa
chmod 666 "$(socket_of g1)"
check "who may connect sees" other show crypto isakmp sa
check_fails "and changes nothing" "you need to be root or in the group of the socket" \
	other clear crypto session
chmod 660 "$(socket_of g1)"

# --- on terminals
python3 "$selftests/ike/terminals.py" "$(nsname g1)" "$(nsname a)" \
	"$(socket_of g1)" > "$work/terminals" 2>&1
while IFS= read -r line; do
	case $line in
	"ok "*) ok "${line#ok * }" ;;
	"not ok "*) not_ok "${line#not ok * }" ;;
	TAP* | 1..*) ;;
	*) diag "$line" ;;
	esac
done < "$work/terminals"

# --- the log: with the map on its only interface, once, and without it
expect "IKE is on" "$(log_of g1 | grep -c '%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON$')" 1
sed -i '/^ crypto map M$/d' "$work/g1.conf"
reload g1
check "and off" wait_for 10 log_has g1 '%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is OFF$'
