# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Shared by the tests of ipsecctl: one gateway with one interface.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# shellcheck disable=SC2034	# for the tests
key16=000102030405060708090a0b0c0d0e0f key20=000102030405060708090a0b0c0d0e0f10111213

# gateway: namespace g with an interface w0 that leads nowhere.
gateway() {
	# shellcheck disable=SC2119
	need_module
	ns_add g
	ip -n "$(nsname g)" link add w0 type dummy
	ip -n "$(nsname g)" addr add 172.22.1.3/24 dev w0
	ip -n "$(nsname g)" addr add fd00::3/64 dev w0 nodad
	ip -n "$(nsname g)" link set w0 up
}

# g WORD...: ipsecctl in the gateway.
g() { "$ipsecctl" -n "$(nsname g)" "$@"; }

# tokens: what views are compared by: no empty lines, single blanks.
tokens() { sed -E 's/[[:space:]]+/ /g; s/^ //; s/ $//' | sed '/^$/d'; }

# json CODE: a Python expression over the JSON document d on standard input.
json() {
	python3 -c "
import json, sys
d = json.load(sys.stdin)
print($1)"
}
