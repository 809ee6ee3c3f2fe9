#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Unpack the few files of linux-source-6.12 that are tools for us and are in no
# other package: checkpatch and the netlink generator with its schemas.
# Prints the folder; unpacks only once.
set -eu

build=$(cd "$(dirname "$0")/.." && pwd)/build
dir=$build/linux-source-6.12

unpack() {
	mkdir -p "$dir.new"
	cd "$dir.new"
	apt-get -qq -o APT::Sandbox::User=root download linux-source-6.12 >&2 || {
		[ "$(id -u)" = 0 ] && apt-get -qq update &&
			apt-get -qq -o APT::Sandbox::User=root \
				download linux-source-6.12 >&2
	}
	dpkg-deb --fsys-tarfile linux-source-6.12_*.deb |
		tar -xO ./usr/src/linux-source-6.12.tar.xz |
		tar -xJ --strip-components=1 --wildcards \
			'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
			'*/scripts/const_structs.checkpatch' \
			'*/scripts/kernel-doc' '*/tools/net/ynl/*' \
			'linux-source-6.12/Documentation/netlink/*' \
			'linux-source-6.12/MAINTAINERS'
	rm linux-source-6.12_*.deb
	rm -rf "$dir"
	mv "$dir.new" "$dir"
}

mkdir -p "$build"
if [ ! -e "$dir/MAINTAINERS" ]; then
	(
		flock 9
		[ -e "$dir/MAINTAINERS" ] || unpack
	) 9> "$build/.lock-source"
fi
echo "$dir"
