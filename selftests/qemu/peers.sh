#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Fetch the IKE daemons that tests speak with as Debian packages and unpack them
# into build/peers/root, without installing them: nothing starts on this machine.
# A guest copies them into its own root (see selftests/ike/common.sh). Beside them,
# in build/peers/bin, what tests of the host need.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd "$here/../.." && pwd)/build/peers
packages=(libstrongswan libstrongswan-standard-plugins strongswan-libcharon
	strongswan-swanctl charon-systemd libip4tc2
	libreswan libldns3 libnss3-tools)
# Of this one nothing but ESP in userspace, for the bench.
extra=libcharon-extra-plugins
# Of this one its reader of the text format.
reader=prometheus

download() {
	apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}" $extra $reader
}

[ -e "$dir/ready" ] && [ "$dir/ready" -nt "$here/peers.sh" ] && exit 0
command -v apt-get > /dev/null || {
	echo "peers.sh: no apt-get here: tests with other IKE daemons will be" \
		"skipped" >&2
	exit 0
}
echo "fetching other IKE daemons, to test against" >&2
rm -rf "$dir"
mkdir -p "$dir/root" "$dir/bin"
cd "$dir"
download || {
	[ "$(id -u)" = 0 ] && apt-get -qq update && download
} || {
	echo "peers.sh: cannot fetch:" "${packages[*]}" $extra $reader >&2
	exit 1
}
for deb in *.deb; do
	case $deb in
	"$extra"*) dpkg-deb --fsys-tarfile "$deb" | tar -x -C root --wildcards \
		'*/libipsec.so*' '*-kernel-libipsec.so' ;;
	"$reader"*) dpkg-deb --fsys-tarfile "$deb" |
		tar -x -C bin --strip-components=3 ./usr/bin/promtool ;;
	*) dpkg-deb -x "$deb" root ;;
	esac
done
ls -- *.deb > ready
rm -- *.deb
