#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What counts as a complaint of the kernel.
. "$(dirname "$0")/../lib.sh"

plan 6

# complaints: of the log on standard input, the numbers of their lines
complaints() { "$selftests/qemu/bad_log.sh" | cut -d: -f1 | xargs; }

# rcu WHERE: as lockdep says it
rcu() {
	printf '[ 1.5] %s\n' ============================= \
		'WARNING: suspicious RCU usage' '6.1.0 #1 Tainted: G O' \
		----------------------------- "$1" ''
}
theirs="net/netfilter/nf_tables_api.c:7927 RCU-list traversed in non-reader section!!"

expect "none" "$(echo '[ 1.0] all is well' | complaints)" ""
expect "KASAN" "$(printf '[ 1.0] a\n[ 2.0] BUG: KASAN: x\n' | complaints)" 2
expect "a list of ours without a lock" \
	"$(rcu 'kernel/sa.c:3 RCU-list traversed in non-reader section!!' |
		complaints)" 2
expect "one of nf_tables is known" "$(rcu "$theirs" | complaints)" ""
expect "what stands behind it counts" \
	"$( (rcu "$theirs"; rcu "net/ipv4/a.c:1 suspicious"; echo Oops) | complaints)" \
	"8 13"
work=$(mktemp -d)
defer rm -rf "$work"
printf '#!/bin/sh\nexit 1\n' > "$work/awk"
chmod +x "$work/awk"
echo a | PATH=$work:$PATH "$selftests/qemu/bad_log.sh"
expect "a log that cannot be judged is not taken for a good one" $? 2
