#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Fetch one Debian kernel as packages and unpack it, without installing it.
#
# usage: kernels.sh [6.1|6.12|debug]...
#
# Result, per kernel K, under build/kernels/K/:
#   root/     the unpacked packages
#   kdir      link to the header folder, for "make -C ... M=..."
#   release   what "uname -r" says in the guest
#   image     the kernel to boot (ELF: at once, nothing to decompress)
#   modules   link to the packaged modules of that release
#   ready     written last: the versions of the packages
# The debug kernel is built from source by debug-kernel.sh into the same form.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=$top/build/kernels

die() { echo "kernels.sh: $*" >&2; exit 1; }

# depends PKG PATTERN: the first dependency of PKG that matches.
depends() {
	apt-cache depends --important "$1" 2>/dev/null |
		sed -n 's/^ *|*Depends: *//p' | grep -E -m1 -- "$2"
}

resolve() {
	case $1 in
	6.1) img=linux-image-amd64 hdr=linux-headers-amd64 ;;
	6.12) img=linux-image-6.12-amd64 hdr=linux-headers-6.12-amd64 ;;
	esac
	image=$(depends $img '^linux-image-[0-9]') || return 1
	headers=$(depends $hdr '^linux-headers-[0-9]') || return 1
	common=$(depends "$headers" '^linux-headers-.*-common$') || return 1
	kbuild=$(depends "$headers" '^linux-kbuild-') || return 1
	release=${image#linux-image-}
	[ "$release" = "${headers#linux-headers-}" ] ||
		die "$image and $headers are of different releases"
}

# The compressed kernel inside a bzImage, by the offsets of its boot header
# (Documentation/arch/x86/boot.rst: setup_sects, payload_offset and _length).
extract_vmlinux() {
	sects=$(od -An -tu1 -j497 -N1 "$1" | tr -d ' ')
	off=$(od -An -tu4 -j584 -N4 "$1" | tr -d ' ')
	len=$(od -An -tu4 -j588 -N4 "$1" | tr -d ' ')
	[ "$sects" -ne 0 ] || sects=4
	start=$(((sects + 1) * 512 + off + 1))
	tail -c "+$start" "$1" | head -c "$((len - 4))" > "$2.packed"
	case $(od -An -tx1 -N4 "$2.packed" | tr -d ' ') in
	fd377a58) xz -dc < "$2.packed" > "$2" ;;
	28b52ffd) zstd -qdc < "$2.packed" > "$2" ;;
	1f8b*) gzip -dc < "$2.packed" > "$2" ;;
	*) die "$1: unknown kernel compression" ;;
	esac
	rm "$2.packed"
}

fetch() {
	dir=$build/$1
	if ! resolve "$1" && [ "$(id -u)" = 0 ]; then
		apt-get -qq update
		resolve "$1" || true
	fi
	[ -n "${kbuild:-}" ] || die "no kernel $1 in the package lists" \
		"(Debian 12 with bookworm-security is needed; try: apt-get update)"
	echo "fetching kernel $release" >&2
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new/root"
	cd "$dir.new"
	apt-get -qq -o APT::Sandbox::User=root download \
		"$image" "$headers" "$common" "$kbuild" >&2
	for deb in *.deb; do
		dpkg-deb -x "$deb" root
		echo "${deb%.deb}" >> packages
		rm "$deb"
	done
	hdir=root/usr/src/$headers
	# The packages expect to live in /usr/src; make that relative.
	# shellcheck disable=SC2016
	sed -i 's|^include /usr/src/|include $(dir $(lastword $(MAKEFILE_LIST)))../|' \
		"$hdir/Makefile"
	mods=root/lib/modules/$release
	rm -f "$mods/build" "$mods/source"
	ln -s "$hdir" kdir
	ln -s "$mods" modules
	echo "$release" > release
	extract_vmlinux "root/boot/vmlinuz-$release" image
	depmod -b "$PWD/root" "$release"
	mv packages ready
	cd "$build"
	mv "$dir.new" "$dir"
}

mkdir -p "$build"
[ $# -gt 0 ] || set -- 6.1 6.12
for k; do
	case $k in
	6.1|6.12) ;;
	debug) "$here/debug-kernel.sh"; continue ;;
	*) die "unknown kernel '$k': want 6.1, 6.12 or debug" ;;
	esac
	[ -e "$build/$k/ready" ] && continue
	(
		flock 9
		[ -e "$build/$k/ready" ] || fetch "$k"
	) 9> "$build/.lock-$k"
done
