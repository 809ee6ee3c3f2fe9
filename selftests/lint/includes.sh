#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Who may include whom: a file of the module includes its own layer and those
# below; libnl and the module's user header each have one place in the tools.
. "$(dirname "$0")/common.sh"

# layer FILE: its number in layers.txt, under its own name or without ".c".
layer() {
	awk -v n="$(basename "$1")" -v l=unknown '
	$1 == n { l = $2; exit }
	$1 == substr(n, 1, length(n) - 2) { l = $2 }
	END { print l }' "$lint/layers.txt"
}

kernel_layers() {
	local f own inc other

	for f in kernel/*.[ch]; do
		own=$(layer "$f")
		if [ "$own" = unknown ]; then
			echo "$f: belongs to no layer; add it to selftests/lint/layers.txt"
			continue
		fi
		sed -nE 's/^#include "([^"]+)".*/\1/p' "$f" | while read -r inc; do
			other=$(layer "$inc")
			if [ "$other" = unknown ]; then
				echo "$f: includes $inc, which belongs to no layer"
			elif [ "$other" -gt "$own" ]; then
				echo "$f (layer $own) includes $inc (layer $other)"
			fi
		done
	done
}

# only PATTERN WHAT FILE...: includes of PATTERN in tools/ but in FILE...
only() {
	local re=$1 what=$2 f hits

	shift 2
	hits=$(grep -rlE --include='*.[ch]' "^#include [<\"]$re" tools 2>/dev/null)
	for f in $hits; do
		case " $* " in
		*" $f "*) ;;
		*) echo "$f: includes $what; only for: $*" ;;
		esac
	done
}

# programs PROGRAM...: never include each other's headers.
programs() {
	local d e

	for d; do
		for e; do
			[ "$d" != "$e" ] && [ -d "tools/$d" ] || continue
			grep -rnE --include='*.[ch]' "#include \".*$e/" "tools/$d"
		done
	done
}

plan 5
verdict "layers of the module" "$(kernel_layers)"
verdict "libnl in one place" "$(only 'netlink/' '<netlink/...>' \
	tools/lib/gnl.c)"
verdict "user header in its places" "$(only '(uapi/)?linux/ipsecgw\.h' \
	'the module header' tools/lib/gnl.c tools/lib/names.c)"
verdict "libcrypto in its places" "$(only 'openssl/' '<openssl/...>' \
	tools/ikehelper/crypto.c tools/ikehelper/dh.c tools/ikehelper/keymat.c \
	tools/ikehelper/keys.c tools/ikehelper/pki.c \
	tools/ikehelper/pki_cert.c tools/ikehelper/pki_key.c \
	tools/ikehelper/pki_names.c)"
verdict "programs do not include each other" \
	"$(programs ipsecctl ikehelper snmp lib | grep -v '"lib/\|/lib/')"
finish
