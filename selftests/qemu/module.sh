#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Build the module for one of the fetched kernels, away from the sources.
#
# usage: module.sh 6.1|6.12|debug|HEADER-FOLDER [make arguments]
#
# build/modules/K is a farm of links to the sources, so that the objects of
# two kernels never meet and the source folders stay clean. Beside it lies a
# module index (depmod) that knows the packaged modules and ours; run.sh gives
# a copy of it to the guest. OUT= chooses another folder than build/modules/K.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
k=$1
shift
case $k in
/*)
	kdir=$k
	kern=
	out=${OUT:-$top/build/modules/native}
	;;
*)
	"$here/kernels.sh" "$k"
	kern=$top/build/kernels/$k
	kdir=$kern/kdir
	out=${OUT:-$top/build/modules/$k}
	;;
esac
mkdir -p "$out"

farm() {
	cd "$top"
	find Kbuild kernel include -type d -exec mkdir -p "$out/src/{}" \;
	find Kbuild kernel include -type f \
		\( -name '*.[chS]' -o -name '*.sh' -o -name Kbuild \) |
	while read -r f; do
		[ "$out/src/$f" -ef "$f" ] || ln -sf "$top/$f" "$out/src/$f"
	done
	find "$out/src" -xtype l -delete
}

index() {
	rel=$(cat "$kern/release")
	mods=$out/index/lib/modules/$rel
	[ "$mods/updates/ipsecgw.ko" -nt "$out/src/ipsecgw.ko" ] && return
	rm -rf "$out/index"
	mkdir -p "$mods/updates"
	cp "$out/src/ipsecgw.ko" "$mods/updates/"
	cp "$kern/modules/"modules.builtin* "$kern/modules/modules.order" "$mods/"
	[ ! -e "$kern/modules/kernel" ] ||
		ln -s "$kern/modules/kernel" "$mods/kernel"
	depmod -b "$out/index" "$rel"
	touch "$mods/updates/ipsecgw.ko"
}

(
	flock 9
	farm
	# Messages name the sources, not the links. The type information (BTF)
	# would need one more program and has no use in the tests.
	make -C "$kdir" M="$out/src" --no-print-directory ${V:+V=$V} \
		CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules \
		2>&1 >&3 | sed "s|$out/src/||g" >&2
	[ -z "$kern" ] || index
) 9> "$out/.lock" 3>&1
