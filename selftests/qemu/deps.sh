#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian 12 packages this project needs, by purpose.
#
# usage: deps.sh [build] [guest] [test] [lint] [debug]   (default: all but debug)
#
# Installs what is missing when it may, else prints the line to run and fails.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=$here/../../build

group() {
	case $1 in
	build) # module, tools, man pages
		echo gcc make libc6-dev kmod xz-utils zstd pkg-config \
			libnl-3-dev libnl-genl-3-dev libjson-c-dev libedit-dev \
			libssl-dev libevent-dev libseccomp-dev ;;
	guest) # boot a kernel
		echo qemu-system-x86 busybox-static cpio kmod xz-utils \
			zstd util-linux coreutils ;;
	test) # what the tests call in the guest and on the host
		echo iproute2 iputils-ping nftables iptables conntrack ethtool \
			tcpdump tshark iperf3 socat wireguard-tools procps jq python3 \
			python3-yaml python3-jsonschema python3-cryptography openssl \
			clang libclang-rt-14-dev valgrind \
			systemd man-db ;;
	lint)
		echo sparse clang-format shellcheck mandoc codespell perl \
			 python3 ;;
	debug) # the debug kernel is built from source
		echo gcc make bc bison flex libelf-dev libssl-dev xz-utils perl \
			python3 rsync ;;
	*) echo "deps.sh: unknown group '$1'" >&2; exit 2 ;;
	esac
}

[ $# -gt 0 ] || set -- build guest test lint
want=$(for g; do group "$g"; done | tr ' ' '\n' | sort -u)

stamp=$build/.deps-$(echo "$want" | cksum | cut -d' ' -f1)
[ -e "$stamp" ] && [ "$stamp" -nt /var/lib/dpkg/status ] && exit 0
mkdir -p "$build"

if ! command -v dpkg-query > /dev/null; then
	echo "deps.sh: not a Debian system; these are the Debian names of what" \
		"is needed:" $want >&2
	exit 0
fi

missing() {
	for p in $want; do
		dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null |
			grep -qx installed || echo "$p"
	done
}

line="apt-get install --no-install-recommends"
need=$(missing)
if [ "$need" ]; then
	if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
		echo "missing packages; run as root:" >&2
		echo "  $line" $need >&2
		exit 1
	fi
	echo "installing:" $need >&2
	(
		flock 9
		export DEBIAN_FRONTEND=noninteractive
		apt-get -qq update
		# shellcheck disable=SC2086
		$line -y -qq -o Dpkg::Use-Pty=0 $need > "$build/deps.log" 2>&1 < /dev/null || {
			tail -20 "$build/deps.log" >&2
			exit 1
		}
	) 9> "$build/.lock-deps"
	need=$(missing)
	[ -z "$need" ] || { echo "deps.sh: still missing:" $need >&2; exit 1; }
fi
touch "$stamp"
