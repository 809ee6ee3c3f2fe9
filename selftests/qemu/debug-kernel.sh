#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Build the debug kernel from Debian's linux-source-6.1 and debug.config, into
# build/kernels/debug (see kernels.sh for what lies there). JOBS= processes.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
dir=$top/build/kernels/debug
src=$top/build/debug-kernel/linux-source-6.1
obj=$top/build/debug-kernel/obj
log=$top/build/debug-kernel/log
key="debug $(cat "$here/debug.config" "$here/debug-kernel.sh" | cksum)"

ready() { [ -e "$dir/ready" ] && grep -qxF "$key" "$dir/ready"; }

source_tree() {
	[ -e "$src/.unpacked" ] && return
	rm -rf "$src"
	cd "$top/build/debug-kernel"
	apt-get -qq -o APT::Sandbox::User=root download linux-source-6.1 >&2 || {
		[ "$(id -u)" = 0 ] && apt-get -qq update &&
			apt-get -qq -o APT::Sandbox::User=root \
				download linux-source-6.1 >&2
	}
	dpkg-deb --fsys-tarfile linux-source-6.1_*.deb |
		tar -xO ./usr/src/linux-source-6.1.tar.xz | tar -xJ
	ls linux-source-6.1_*.deb > "$src/.unpacked"
	rm linux-source-6.1_*.deb
}

# Later kernels allow this on x86-64 without any other change: to fail only the
# allocations of one module.
patch_source() {
	sed -i '/^config FAULT_INJECTION_STACKTRACE_FILTER/,/help/{/depends on !X86_64/d}' \
		"$src/lib/Kconfig.debug"
}

# Kconfig drops silently what it does not know or what misses something.
# The caller looks at the status, so "set -e" does not count in here.
config() {
	mk="make -s -C $src O=$obj"
	$mk tinyconfig || return
	# Later lines win.
	cat "$here/debug.config" >> "$obj/.config"
	$mk olddefconfig || return
	grep -E '^(CONFIG_|# CONFIG_.* is not set)' "$here/debug.config" |
	while read -r line; do
		case $line in
		'#'*) name=${line#\# }; name=${name%% *}
			! grep -q "^$name=" "$obj/.config" || echo "$line" ;;
		*) grep -qxF "$line" "$obj/.config" || echo "$line" ;;
		esac
	done > "$obj/lost"
	[ ! -s "$obj/lost" ] || {
		echo "debug-kernel.sh: Kconfig does not take:"
		cat "$obj/lost"
		return 1
	}
}

build() {
	mkdir -p "$obj"
	source_tree
	patch_source
	config > "$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
	echo "building the debug kernel (log: ${log#"$top/"})" >&2
	nice -n 19 make -C "$src" O="$obj" -j"${JOBS:-$(nproc)}" \
		bzImage modules >> "$log" 2>&1 || {
		tail -n 30 "$log" >&2
		return 1
	}
	rm -rf "$dir" "$dir.new"
	mkdir -p "$dir.new/root"
	make -s -C "$src" O="$obj" INSTALL_MOD_PATH="$dir.new/root" \
		INSTALL_MOD_STRIP=1 modules_install >> "$log" 2>&1
	release=$(cat "$obj/include/config/kernel.release")
	cd "$dir.new"
	rm -f "root/lib/modules/$release/build" "root/lib/modules/$release/source"
	ln -s "$obj" kdir
	ln -s "root/lib/modules/$release" modules
	echo "$release" > release
	# Not the ELF file: its direct entry (PVH) runs C code before KASAN has
	# its shadow memory.
	cp "$obj/arch/x86/boot/bzImage" image
	{ cat "$src/.unpacked"; echo "$key"; } > ready
	mv "$dir.new" "$dir"
}

ready && exit 0
mkdir -p "$top/build/debug-kernel" "$top/build/kernels"
(
	flock 9
	ready || build
) 9> "$top/build/debug-kernel/.lock"
