#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What ipsecctl says when something is wrong, and its exit status.
# TIMEOUT=300
. "$(dirname "$0")/common.sh"
plan 43
[ "$(id -u)" = 0 ] || skip_all "not root"
modprobe -r ipsecgw 2> /dev/null

# status WANTED REGEX WORD...: exit status and sentence.
status() {
	local want=$1 re=$2 out rc

	shift 2
	out=$("$ipsecctl" "$@" 2>&1)
	rc=$?
	expect "status of: $*" $rc "$want"
	expect_re "sentence of: $*" "$out" "$re"
}

# The family's name alone would load the module.
helper=$(cat /proc/sys/kernel/modprobe)
echo /bin/false > /proc/sys/kernel/modprobe
defer eval "echo $helper > /proc/sys/kernel/modprobe"
status 1 "^ipsecctl: ipsecgw is not loaded: run 'modprobe ipsecgw'$" stats
echo "$helper" > /proc/sys/kernel/modprobe
gateway

status 2 "^usage:"
status 0 "^usage:" --help
status 0 "^ipsecctl [0-9.]+$" --version
status 2 "ipsecctl --help" --nonsense
status 2 "wants a number" -c x monitor
status 1 "ip netns list" -n nosuch stats
status 2 "not the name" -n ../x stats
status 2 "Ambiguous command:  \"s\"" s
status 2 "Incomplete command" sa
status 2 "Expected there: add, alloc-spi" sa nonsense
status 2 "an SA is named by" sa get dir in
status 2 "takes no command beside it" -b /dev/null stats
status 1 "cannot open" -b /nonexistent
status 2 "a quote is not closed" 'sa list "'
status 2 "only what shows something" 'sa flush | include x'
status 2 "not on JSON" -j 'sa list | include x'

# The mark stands below the word that is wrong.
out=$("$ipsecctl" sa list dirr in 2>&1 | sed -n 2p)
expect "mark" "$out" "$(printf '%*s^' 18 '')"

# Without the capability, and with it in a namespace of one's own.
user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
check_fails "an ordinary user" \
	"^ipsecctl: sa list: not permitted; this needs CAP_NET_ADMIN: run it as root$" \
	"${user[@]}" "$ipsecctl" sa list
check_fails "nor change anything" "CAP_NET_ADMIN" "${user[@]}" "$ipsecctl" \
	sa add dir in spi 256 local 1.1.1.1 remote 1.1.1.2 cipher aes-gcm \
	key $key20
check_fails "nor read settings" "CAP_NET_ADMIN" "${user[@]}" "$ipsecctl" conf get
check_fails "nor listen" "(CAP_NET_ADMIN|not permitted)" \
	"${user[@]}" "$ipsecctl" monitor
check_fails "nor enter a namespace" "run it as root" "${user[@]}" \
	"$ipsecctl" -n "$(nsname g)" stats

# Sentences of the module, with the attribute.
e=(local 172.22.1.3 remote 172.22.1.4)
check_fails "length of a key" "cipher.key.*wrong length" g sa add dir in \
	spi 256 "${e[@]}" cipher aes-gcm key $key16
check_fails "no integrity" "integ" g sa add dir in spi 256 "${e[@]}" \
	cipher aes-cbc key $key16
check_fails "no address" "local" g sa add dir in spi 256 cipher aes-gcm key $key20
