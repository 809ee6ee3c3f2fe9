#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a kernel complains of: the lines of the kernel log on standard input that
# match bad-log.txt, each with its number in front. Exit status 1 if there is none, 2 if the log cannot
# be judged.
#
# One complaint of Linux 6.1 is about itself and left out, with the three lines
# that make it up: nft_flowtable_lookup() walks a list under the mutex of
# nf_tables, which is right, but does not tell lockdep.
awk '
/WARNING: suspicious RCU usage/ { held = NR + 3 }
NR == held &&
/net\/netfilter\/nf_tables_api\.c:[0-9]+ RCU-list traversed in non-reader/ {
	forgiven[NR - 3] = 1
}
{ line[NR] = $0 }
END {
	for (i = 1; i <= NR; i++)
		print i in forgiven ? "" : line[i]
}' | grep -anE -f "$(dirname "$0")/bad-log.txt"
status=("${PIPESTATUS[@]}")
[ "${status[0]}" -eq 0 ] || exit 2
exit "${status[1]}"
