# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests for leaks share.
. "$(dirname "${BASH_SOURCE[0]}")/../spd/common.sh"

# mac NS DEV
mac() { ns "$1" cat "/sys/class/net/$2/address"; }

# frames NS DEV MAC COUNT KIND...: see frames.py.
frames() {
	ns "$1" /usr/bin/python3 -ISB "$selftests/leak/frames.py" "${@:2}"
}

# since NS COUNTER: what was added since it was asked last.
declare -A _before
since() {
	local now

	now=$(stat "$1" "$2")
	_since=$((now - ${_before[$1 $2]:-0}))
	_before[$1 $2]=$now
}

# passed N: have more than N packets been protected since this was asked first?
_passed=0
passed() {
	_passed=$((_passed + $(protected)))
	[ $_passed -gt "$1" ]
}

# background NS COMMAND...: without a shell in between, so that kill reaches it.
background() {
	ip netns exec "$(nsname "$1")" "${@:2}" > /dev/null 2>&1 &
	_pids+=("$!")
}
