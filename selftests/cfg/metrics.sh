#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The metrics of the transcripts are what Prometheus reads; a file appears at once.
. "$(dirname "$0")/../lib.sh"
need python3
plan 12

transcript=$selftests/unit/show/metrics.txt
tmp=$(mktemp -d)
defer rm -rf "$tmp"
reader=$selftests/cli/lib/prometheus.py
promtool=$top/build/peers/bin/promtool

# of WORLD: what "metrics" prints in it.
of() {
	awk -v w="$1" '/^=== / { here = $2 == w; on = 0; next }
		/^\$ / { on = here && $0 == "$ metrics"; next }
		/^%/ || /^# [^HT]/ { on = 0 }
		on' "$transcript"
}

for w in nothing none up-alone sessions-labels; do
	of "$w" > "$tmp/$w"
	expect_re "$w: read by the strict reader" "$("$reader" < "$tmp/$w")" \
		"^[0-9]+ families, [0-9]+ series$"
	if [ -x "$promtool" ]; then
		check "$w: read by promtool" "$promtool" check metrics < "$tmp/$w"
	else
		skip "$w: read by promtool" "missing program: promtool"
	fi
done
expect "the reader refuses what is none" \
	"$(printf 'x{a="b" 1\n' | "$reader" | cut -d: -f2)" \
	" neither comment nor sample"

# A file, without module and daemon: complete, readable by all, alone.
export IPSECGW_CONTROL=$tmp/no-socket
mkdir "$tmp/collector"
(umask 077; "$ipsecctl" metrics --output "$tmp/collector/gw.prom" 2> /dev/null)
expect "a file" "$(cd "$tmp/collector" && stat -c '%n %a' -- *)" "gw.prom 644"
check "it is complete" sh -c "'$reader' < '$tmp/collector/gw.prom'"
check_fails "a folder that is not there" "cannot write" "$ipsecctl" metrics \
	--output "$tmp/nowhere/gw.prom"
