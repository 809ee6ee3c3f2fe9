#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# All checks of this folder; silent when there is nothing to say.
cd "$(dirname "$0")/.." || exit
status=0
for check in selftests/lint/{size,includes,format,shell,man,spelling,netlink,config,checkpatch,kernel}.sh; do
	out=$("$check") || { status=1; grep -vE '^(TAP|1\.\.|ok )' <<< "$out"; }
done
exit $status
