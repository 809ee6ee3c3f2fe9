#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Make what is generated from the netlink spec: the uAPI header, the policy
# tables of the module, the reference.
#
# usage: regen.sh           write the files
#        regen.sh --check   say which are not up to date, and fail if any is
#
# KSRC=  folder of linux-source-6.12, for the kernel's generator of the header;
#        default: fetched and unpacked in the build folder
# shellcheck disable=SC2317	# functions called through made
set -euo pipefail
export LC_ALL=C.UTF-8

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
spec=Documentation/netlink/specs/ipsecgw.yaml

check=
case ${1:-} in
--check) check=1 ;;
'') ;;
*) echo "usage: regen.sh [--check]" >&2; exit 2 ;;
esac

python3 -c 'import yaml, jsonschema' 2> /dev/null || {
	echo "regen.sh: needs python3-yaml and python3-jsonschema" >&2
	exit 4
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The generator wants the schemas one folder above the spec, and searches
# upwards for a kernel's MAINTAINERS file, without end if there is none.
uapi() {
	local ksrc

	ksrc=${KSRC:-$("$top/selftests/kernel-source.sh")}
	[ -d "$ksrc/tools/net/ynl" ] || {
		echo "regen.sh: no netlink generator in '$ksrc'" >&2
		exit 4
	}
	mkdir -p "$work/k/tools/net" "$work/k/Documentation/netlink/specs"
	cp -r "$ksrc/tools/net/ynl" "$work/k/tools/net/"
	cp "$ksrc"/Documentation/netlink/*.yaml "$work/k/Documentation/netlink/"
	cp "$top/$spec" "$work/k/$spec"
	touch "$work/k/MAINTAINERS"
	(cd "$work/k" && python3 -B tools/net/ynl/ynl-gen-c.py --spec "$spec" \
		--mode uapi --header)
}

stale=0

# made FILE COMMAND...: the command prints the file as it should be.
made() {
	local file=$1

	shift
	"$@" > "$work/new"
	cmp -s "$work/new" "$top/$file" && return
	if [ $check ]; then
		echo "$file is not up to date: run Documentation/netlink/regen.sh"
		diff -u "$top/$file" "$work/new" | head -n 20 || true
		stale=1
	else
		cat "$work/new" > "$top/$file"
		echo "wrote $file"
	fi
}

gen() { python3 -B "$here/gen.py" "$1" "$top/$spec" "${@:2}"; }

made include/uapi/linux/ipsecgw.h uapi
made kernel/nl_gen.c gen source
made kernel/nl_gen.h gen header
made Documentation/netlink.rst gen rst "$here/intro.rst"
exit $stale
