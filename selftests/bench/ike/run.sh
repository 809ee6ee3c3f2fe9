#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Measure what IKE costs, on this machine (see bench.py for what can be chosen).
#
# usage: run.sh        OUT= is another folder than build/bench
#
# Leaves ike.json there and prints a table. Needs root, for two network namespaces.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
out=${OUT:-$top/build/bench}
peers=$top/build/peers/root

make -s --no-print-directory -C "$here" OUT="$out" >&2
[ -e "$peers/../ready" ] || {
	echo "strongSwan is not there: ours alone" >&2
	peers=-
}
exec python3 -B "$here/bench.py" "$out/ikehelper-standin" "$peers" "$out/ike.json"
