#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# "configure check", editing from a pipe, saving and showing; without a daemon.
. "$(dirname "$0")/common.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
count=0 failed=0

# is NAME WANT GOT
is() {
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count $1"
		return
	fi
	failed=1
	echo "not ok $count $1"
	diff <(echo "$2") <(echo "$3") | sed 's/^/# /'
}

echo "TAP version 13"
echo "1..15"
cd "$tmp" || exit

cat > good <<'END'
hostname west
aaa new-model
crypto isakmp policy 10
 authentication pre-share
crypto isakmp key Hush123 address 198.51.100.2
crypto map outer 10 ipsec-isakmp
 set peer 198.51.100.2
 match address 101
access-list 101 permit ip host 10.0.0.1 host 10.0.0.2
interface FastEthernet0/0
 crypto map outer
END
is "a good file" "good: 1 lines ignored (not IPsec); -v lists them
good: 11 lines, 10 applied, 0 not understood, 0 refused" \
	"$("$ipsecctl" configure check good)"
is "foreign lines are listed" "good:2: ignored: aaa new-model" \
	"$("$ipsecctl" -v configure check good | head -n 1)"

printf 'crypto isakmp polcy 1\ncrypto isakmp key Hush123 addrezz 1.2.3.4\ninterface eth0\n crypto map none\n' > bad
is "a bad file" "bad:1: crypto isakmp polcy 1
                        ^
% Invalid input detected at '^' marker.
bad:2: crypto isakmp key ******* addrezz 1.2.3.4
                                      ^
% Invalid input detected at '^' marker.
bad: interface Ethernet0: crypto map none does not exist; enter 'crypto map none'
bad: 4 lines, 2 applied, 2 not understood, 0 refused" \
	"$("$ipsecctl" configure check bad)"
"$ipsecctl" configure check bad > out
is "its status" 1 $?
"$ipsecctl" configure check missing > out 2>&1
is "the status of a missing file" 2 $?
is "its sentence" \
	"ipsecctl: cannot read 'missing': No such file or directory" "$(cat out)"
"$ipsecctl" -j configure check bad > out.json
is "JSON" "2 suspect 17 1" "$(jq -r '"\(.suspect) \(.reports[0].class) \(.reports[0].column) \(.findings | length)"' out.json)"

# From a pipe: edit, save, show.
"$ipsecctl" -s "$tmp/start" configure terminal > out 2> err <<'END'
hostname east
crypto isakmp policy 5
 group 3
 group 14
crypto isakmp key Hush123 address 192.0.2.1
do show running-config | include group
end
write memory
END
is "the status of a line with an error" 1 $?
is "what is answered" "stdin:3: group 3
               ^
% Invalid input detected at '^' marker.

 group 14
Building configuration...
[OK]" "$(cat out)"
is "that no daemon runs is said" 1 "$(grep -c 'does not run' err)"
is "what is saved" "hostname east
!
crypto isakmp policy 5
 group 14
!
crypto isakmp key Hush123 address 192.0.2.1
!
end" "$(cat start)"
is "for the owner only" 600 "$(stat -c %a start)"
is "a key is not shown" "crypto isakmp key <removed> address 192.0.2.1" \
	"$("$ipsecctl" -s "$tmp/start" show startup-config | grep key)"
"$ipsecctl" -s "$tmp/start" show running-config > out 2>&1
is "without a daemon nothing runs" 1 $?
"$ipsecctl" -s "$tmp/start" -f good > out 2>&1
is "nor is a file applied" 1 $?
exit $failed
