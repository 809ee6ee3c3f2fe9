#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The example timer for metrics: systemd takes it, and its command does what it should.
. "$(dirname "$0")/common.sh"
. "$top/selftests/lib.sh"
need make
plan 6

tmp=$(mktemp -d)
defer rm -rf "$tmp"
make -s -C "$top/tools" install DESTDIR="$tmp" > "$tmp/log" 2>&1
examples=$tmp/usr/share/ipsecgw/examples
expect "both are installed" "$(cd "$examples" && stat -c '%n %a' -- * | xargs)" \
	"ipsecgw-metrics.service 644 ipsecgw-metrics.timer 644"
expect "the path of the program is in it" \
	"$(grep -c '@' "$examples/ipsecgw-metrics.service")" 0
command=$(sed -n 's/^ExecStart=//p' "$examples/ipsecgw-metrics.service")
expect_re "the command" "$command" "^/usr/sbin/ipsecctl metrics --output /.*\.prom$"

# Where the program is here, as systemd looks for it.
sed -i "s|^ExecStart=/usr/sbin/|ExecStart=$tmp/usr/sbin/|" \
	"$examples/ipsecgw-metrics.service"
if command -v systemd-analyze > /dev/null; then
	# It has a manual page only once that is installed.
	expect "systemd understands them" "$(systemd-analyze verify --man=no \
		"$examples"/ipsecgw-metrics.{timer,service} 2>&1 |
		grep ipsecgw-metrics)" ""
else
	skip "systemd understands them" "missing program: systemd-analyze"
fi
folder=$(sed -n 's/^ReadWritePaths=-//p' "$examples/ipsecgw-metrics.service")
expect "it may write where it does" "${command#* --output }" "$folder/ipsecgw.prom"
mkdir "$tmp/collector"
read -ra words <<< "${command/$folder/$tmp/collector}"
"$tmp${words[0]}" "${words[@]:1}" 2> /dev/null
check "and what it writes is metrics" "$top/selftests/cli/lib/prometheus.py" \
	< "$tmp/collector/ipsecgw.prom"
