#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The part of run.sh in the guest: /run/guest/todo names a broken module and a test
# in each line. Ends early when the module stays loaded.
#
# usage: guest.sh FOLDER-OF-THE-MODULES
set -u

cd "$(dirname "$0")/../.." || exit
share=/run/guest
installed=/lib/modules/$(uname -r)/updates/ipsecgw.ko

while read -r name t; do
	echo "$name $t" > $share/now
	cp "$1/$name.ko" "$installed" || exit
	rm -f $share/results
	log=$share/$name-${t//\//-}.log
	RESULTS=$share/results selftests/run_tests.sh "selftests/$t" \
		> "$log" 2>&1 < /dev/null
	read -r _ _ failed _ seconds < $share/results
	what=$(grep -m1 -E '^# not ok' "$log" | cut -c3-)
	if [ "$failed" -gt 0 ]; then
		echo "$name $t noticed: $failed, ${what:-see its log} ($seconds s)"
	else
		echo "$name $t NOT noticed ($seconds s)"
	fi | tee -a $share/verdicts
	[ ! -d /sys/module/ipsecgw ] || exit 3
done < $share/todo
