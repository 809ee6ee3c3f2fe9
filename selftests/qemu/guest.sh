#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Second stage of the guest, process 1 on the host's own programs: prepare the
# system, run the job that run.sh left in the shared folder, report, power off.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb LANG=C.UTF-8 LC_ALL=C.UTF-8
share=/run/guest

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=755 run /run
mkdir -p /dev/pts /dev/shm /run/netns /run/lock $share
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t debugfs debug /sys/kernel/debug 2>/dev/null
mount -t cgroup2 cgroup /sys/fs/cgroup 2>/dev/null
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
[ -e /dev/stdin ] || ln -s fd/0 /dev/stdin
[ -e /dev/stdout ] || ln -s fd/1 /dev/stdout
[ -e /dev/stderr ] || ln -s fd/2 /dev/stderr
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none \
	share $share || { echo "guest: no shared folder" > /dev/console; }

# shellcheck source=/dev/null
. $share/settings
rm -rf "/lib/modules/${release:?}"
mkdir -p /lib/modules
ln -s "${modules:?}" "/lib/modules/$release"
echo ipsecgw-guest > /proc/sys/kernel/hostname
ip link set lo up
modprobe -q virtio-rng
cd "${top:?}" || exit

# kmemleak finds what is left behind only after the module is gone.
leaks() {
	local k=/sys/kernel/debug/kmemleak

	[ -e $k ] || return 0
	echo scan > $k
	sleep 6
	echo scan > $k
	cat $k > $share/kmemleak
}

unload() {
	[ -d /sys/module/ipsecgw ] || return 0
	timeout 60 rmmod ipsecgw 2> $share/unload && rm $share/unload
}

job() {
	read -r up _ < /proc/uptime
	echo "$up" > $share/boot-seconds
	if [ "${interactive:-}" ]; then
		# shellcheck disable=SC2154	# from the settings
		stty rows "$rows" cols "$cols" < /dev/ttyS1
		# shellcheck disable=SC2154
		TERM=$term setsid -c -w bash $share/job \
			< /dev/ttyS1 > /dev/ttyS1 2>&1
		return
	fi
	# Through a pipe: the port itself can be opened only once, and a job
	# may well open /dev/stderr again.
	mkfifo /run/output
	cat /run/output > /dev/vport0p1 &
	setsid -w bash $share/job < /dev/null > /run/output 2>&1
}

if [ ! "${interactive:-}" ]; then
	port=$(grep -lx out /sys/class/virtio-ports/*/name)
	port=/dev/$(basename "${port%/name}")
	[ "$port" = /dev/vport0p1 ] || ln -sf "$port" /dev/vport0p1
fi
job
status=$?
# What daemons of the job still hold the pipe must not hold us.
out=$(jobs -p)
for _ in 1 2 3 4 5 6 7 8 9 10; do
	if [ -z "$out" ] || ! kill -0 "$out" 2>/dev/null; then break; fi
	read -rt 0.1 <> <(:)
done
unload
leaks
dmesg > $share/dmesg
echo $status > $share/exit
sync -f $share
echo b > /proc/sysrq-trigger
