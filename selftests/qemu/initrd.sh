#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Make the first-stage file system of the guest: busybox and the modules that
# reach the host's files. usage: initrd.sh KERNEL OUTPUT
set -eu

here=$(cd "$(dirname "$0")" && pwd)
kern=$here/../../build/kernels/$1
out=$2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir -p "$tmp/bin" "$tmp/m" "$tmp/proc" "$tmp/dev" "$tmp/lower" \
	"$tmp/over" "$tmp/root"
cp /bin/busybox "$tmp/bin/"
cp "$here/init" "$tmp/init"
chmod +x "$tmp/init"

# In load order, each once; a built-in module needs no file.
n=10
for mod in virtio_pci virtio_console 9p 9pnet_virtio overlay; do
	modprobe -d "$kern/root" -S "$(cat "$kern/release")" \
		--show-depends "$mod"
done | sed -n 's/^insmod //p' | awk '!seen[$1]++ { print $1 }' |
while read -r file; do
	name=$n-$(basename "${file%.ko*}").ko
	case $file in
	*.xz) xz -dc "$file" ;;
	*.zst) zstd -qdc "$file" ;;
	*) cat "$file" ;;
	esac > "$tmp/m/$name"
	n=$((n + 1))
done
(cd "$tmp" && find . | cpio -o -H newc -R 0:0 --quiet) > "$out.$$"
mv "$out.$$" "$out"
