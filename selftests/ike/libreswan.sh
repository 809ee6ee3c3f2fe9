#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=1200
# Libreswan as the peer, over the kernel's own XFRM: who begins, which algorithms,
# PFS, deletes from both sides, rekeys of both phases under traffic.
. "$(dirname "$0")/common.sh"
net1="10.1.0.0 0.0.255.255" net2="10.2.0.0 0.0.255.255"

need jq

# ours ENCRYPTION HASH GROUP TRANSFORM [PFS]
ours() {
	config g1 <<-END
		crypto isakmp policy 10
		 encryption $1
		 hash $2
		 authentication pre-share
		 group $3
		 lifetime 60
		crypto isakmp key secret-of-both address 172.16.0.2
		crypto ipsec transform-set TS $4
		crypto map M 10 ipsec-isakmp
		 set peer 172.16.0.2
		 set transform-set TS
		 match address 101
		 set security-association lifetime kilobytes 2560
		 ${5:+set pfs $5}
		interface FastEthernet0/0
		 device g12
		 crypto map M
		access-list 101 permit ip $net1 $net2
	END
}

# theirs IKE ESP [LINE]
theirs() {
	pluto_config g2 <<-END
		conn net
		 ikev2=no
		 authby=secret
		 left=172.16.0.2
		 leftsubnet=10.2.0.0/16
		 leftupdown=%disabled
		 right=172.16.0.1
		 rightsubnet=10.1.0.0/16
		 ike=$1
		 esp=$2
		 ${3:-pfs=no}
		 auto=ignore
	END
}

their_pairs() { whack g2 --trafficstatus | grep -c '"net"'; }
installed() { [ "$(their_pairs)" -gt 0 ]; }
nothing_left() {
	[ "$(whack g2 --showstates | grep -c '"net".*established')" -eq 0 ]
}
no_out() { [ "$(ctl g1 sa list | grep -c '^sa dir out')" -eq 0 ]; }
cleared() { no_out && nothing_left; }

# both NAME: we begin, then they begin, with what was configured.
both() {
	local name=$1

	check "$name: we begin" wait_for 60 pings a 10.2.0.2 1
	check "$name: they know" wait_for 30 installed
	ike g1 clear crypto session
	check "$name: our delete" wait_for 60 cleared
	whack g2 --initiate --asynchronous --name net
	check "$name: they begin" wait_for 60 installed
	check "$name: traffic" pings b 10.1.0.2
	whack g2 --terminate --name net > /dev/null
	check "$name: their delete" wait_for 60 cleared
}

plan 37
ike_init
topology
pluto_start g2 <<< '172.16.0.2 172.16.0.1 : PSK "secret-of-both"'
ours aes sha 5 "esp-aes esp-sha-hmac"
daemon g1

theirs "aes128-sha1;modp1536" aes128-sha1
both "aes sha group 5"

ours "aes 256" sha256 14 "esp-aes 256 esp-sha256-hmac"
reload g1
theirs "aes256-sha2_256;modp2048" "aes256-sha2_256"
both "aes 256 sha256 group 14"

ours aes sha256 19 "esp-gcm 128"
reload g1
theirs "aes128-sha2_256;dh19" "aes_gcm128"
both "aes sha256 group 19, gcm"

ours aes sha 14 "esp-aes esp-sha-hmac" group14
reload g1
theirs "aes128-sha1;modp2048" "aes128-sha1;modp2048" pfs=yes
both "pfs"

# What routers of old have and its build leaves out.
check_fails "group 2 is not in its build" "'modp1024' is not supported" \
	/usr/libexec/ipsec/algparse -v1 "ike=3des-sha1;modp1024"
check_fails "nor is single DES" "'des' is not supported" \
	/usr/libexec/ipsec/algparse -v1 "ike=des-sha1;modp1536"

# --- rekeys under traffic
theirs "aes128-sha1;modp2048" "aes128-sha1;modp2048" pfs=yes
check "rekeys: we begin" wait_for 60 pings a 10.2.0.2 1
stream echo b echo 10.2.0.2 5000
check "the echo is ready" wait_for 30 eval 'ns b ss -lun | grep -q :5000'
# What leaves the gateways.
stream ours g1 watch g12 5000
stream theirs g2 watch g21 5000
watching() { grep -q watching "$work/ours" && grep -q watching "$work/theirs"; }
check "both are watched" wait_for 30 watching
stream run a run 10.2.0.2 5000 60 1300
# Pairs and main modes since the beginning.
pairs() { grep -c 'IPsec SA established' "$work/g2.log"; }
mains() { grep -cE '(ISAKMP|IKE) SA established' "$work/g2.log"; }
more_than() { [ "$($1)" -gt "$2" ]; }

n=$(pairs)
# It refuses to force a rekey of IKEv1; to initiate once more comes to the same.
whack g2 --initiate --asynchronous --name net > /dev/null
check "they begin another phase 2" wait_for 30 more_than pairs "$n"
n=$(pairs)
check "we do, for the kilobytes" wait_for 60 more_than pairs "$n"
n=$(mains)
check "we begin another phase 1" wait_for 90 more_than mains "$n"
stream_end run
stream_end echo
stream_end ours
stream_end theirs
# What the last line of a file lists, "NAME ...: 3,7-9", a number a line.
numbers() {
	sed -nE '$s/^[^:]*: //p' "$work/$1" | grep -v none | tr , '\n' |
		awk -F- '{ for (n = $1; n <= $NF; n++) print n }' | sort
}
# Its packets of a new pair that have left before our message 3 of quick mode: we
# cannot have the keys before we have read message 2.
early() {
	awk 'FNR == NR && $2 == "quick" { if ($3 in begin) end[$3] = $1; else begin[$3] = $1 }
		FNR == NR { next }
		$2 == "esp" && !($3 in first) { first[$3] = $1 }
		$2 == "esp" { for (q in end)
			n += first[$3] > begin[q] && $1 < end[q] }
		END { print n + 0 }' "$work/ours" "$work/theirs"
}
numbers run > "$work/lost"
numbers theirs > "$work/clear"
early=$(early) clear=$(wc -l < "$work/clear") lost=$(wc -l < "$work/lost")
diag "there: $(cat "$work/echo")" "and back: $(cat "$work/run")" \
	"$clear in clear: $(paste -sd, "$work/clear"), $early too early"
expect_num "both pairs were seen" \
	"$(awk '$2 == "esp" { print $3 }' "$work/theirs" | sort -u | wc -l)" -ge 2
expect_re "none is lost on the way there" "$(cat "$work/echo")" ' lost 0:'
expect_re "we send none in clear" "$(tail -n 1 "$work/ours")" '^clear 0: none$'
# Ours does not take what should have been protected, and has no keys yet.
expect "what Libreswan sends in clear is lost" \
	"$(comm -13 "$work/lost" "$work/clear" | xargs)" ""
expect_num "but for that, only what it sends too early" \
	$((lost - clear)) -le "$early"
not_0() { grep -vE '[[:space:]]0$'; }
diag "ours:" "$(ctl g1 stats | not_0)" "theirs:" \
	"$(ns g2 cat /proc/net/xfrm_stat | not_0)"
[ $((clear + early)) -eq 0 ] ||
	diag "$(grep -hE ' (quick|clear) ' "$work/ours" "$work/theirs" | sort -n)"
[ "$_failed" -eq 0 ] || diag "$(cat "$work/g1.log" "$work/g2.log")"
