#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# run_tests.sh counts single results and sees each way in which a test can fail.
. "$(dirname "$0")/../lib.sh"

work=$(mktemp -d)
defer rm -rf "$work"
plan 13

# result NAME WANT: a test made of standard input gives these totals.
result() {
	local got

	{ echo '#!/bin/bash'; cat; } > "$work/test"
	chmod +x "$work/test"
	got=$(CI='' IPSECGW_GUEST='' RESULTS='' VERBOSE='' JOBS='' \
		"$selftests/run_tests.sh" "$work/test" 2>&1 |
		sed -n 's/^# totals: //p')
	expect "$1" "$got" "$2"
}

result "passed" "2 passed, 0 failed, 0 skipped" <<'END'
echo 1..2; echo ok 1 a; echo ok 2 b
END
result "failed" "1 passed, 1 failed, 0 skipped" <<'END'
echo 1..2; echo ok 1 a; echo not ok 2 b; exit 1
END
result "skipped one" "1 passed, 0 failed, 1 skipped" <<'END'
echo 1..2; echo ok 1 a; echo "ok 2 b # SKIP missing program: x"
END
result "skipped all" "0 passed, 0 failed, 1 skipped" <<'END'
echo "1..0 # SKIP missing program: x"; exit 4
END
result "no plan" "1 passed, 1 failed, 0 skipped" <<'END'
echo ok 1 a
END
result "no output" "0 passed, 1 failed, 0 skipped" <<'END'
exit 0
END
result "fewer than planned" "1 passed, 1 failed, 0 skipped" <<'END'
echo 1..2; echo ok 1 a
END
result "more than planned" "2 passed, 1 failed, 0 skipped" <<'END'
echo 1..1; echo ok 1 a; echo ok 2 b
END
result "exit status" "1 passed, 1 failed, 0 skipped" <<'END'
echo 1..1; echo ok 1 a; exit 3
END
result "killed by a signal" "1 passed, 1 failed, 0 skipped" <<'END'
echo 1..1; echo ok 1 a; kill -SEGV $$
END
result "too long" "1 passed, 1 failed, 0 skipped" <<'END'
# TIMEOUT=1
echo 1..1; echo ok 1 a; exec tail -f /dev/null
END

# Two at a time: the first ends when the second has, and is reported before it. In
# the background SIGINT still ends a program.
cat > "$work/first" <<-END
	#!/bin/bash
	# TIMEOUT=60
	until [ -e "$work/pid" ]; do sleep 0.1; done
	tail --pid="\$(cat "$work/pid")" -f /dev/null
	echo 1..1; echo ok 1 first
END
cat > "$work/second" <<-END
	#!/bin/bash
	echo \$\$ > "$work/new"
	mv "$work/new" "$work/pid"
	echo 1..2; echo ok 1 second
	kill -INT \$\$
	echo ok 2 late
END
chmod +x "$work/first" "$work/second"
out=$(CI='' IPSECGW_GUEST='' RESULTS='' VERBOSE='' JOBS=2 \
	"$selftests/run_tests.sh" "$work/first" "$work/second" 2>&1)
expect "two at a time" "$(sed -n 's/^# totals: //p' <<< "$out")" \
	"2 passed, 1 failed, 0 skipped"
expect "in order" "$(sed -nE 's|^((not )?ok [0-9] ).*/|\1|p' <<< "$out" | xargs)" \
	"ok 1 first not ok 2 second"
