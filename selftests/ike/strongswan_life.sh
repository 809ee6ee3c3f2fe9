#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=1200
# strongSwan as the peer, over some time: rekeys of both phases under traffic, a
# peer that dies, a NAT on either side. All of it at once.
. "$(dirname "$0")/common.sh"

need nft jq

# What we call the flows:
#   net   a - g1 - g2 - b, rekeyed under traffic
#   dead  with another address of g2, which goes silent
#   nat   through n, which hides g1
#   tan   through n, which hides g2
network() {
	topology
	ns_add n
	veth g1 g1n n n1
	veth g2 g2n n n2
	ip_batch g1 <<-END
		addr add 192.168.1.1/24 dev g1n
		addr add 10.51.0.1/32 dev lo
		addr add 10.61.0.1/32 dev lo
		addr add 10.71.0.1/32 dev lo
		route add 203.0.113.0/24 via 192.168.1.254
		route add 10.52.0.1/32 via 172.16.0.3
		route add 10.62.0.1/32 via 192.168.1.254
		route add 10.72.0.1/32 via 192.168.1.254
	END
	ip_batch g2 <<-END
		addr add 172.16.0.3/24 dev g21
		addr add 203.0.113.2/24 dev g2n
		addr add 203.0.113.3/24 dev g2n
		addr add 10.52.0.1/32 dev lo
		addr add 10.62.0.1/32 dev lo
		addr add 10.72.0.1/32 dev lo
		route add 192.168.1.0/24 via 203.0.113.254
		route add 10.51.0.1/32 via 172.16.0.1
		route add 10.61.0.1/32 via 203.0.113.254
		route add 10.71.0.1/32 via 203.0.113.254
	END
	ip_batch n <<-END
		addr add 192.168.1.254/24 dev n1
		addr add 203.0.113.254/24 dev n2
	END
	ns n nft -f - <<-END
		table ip nat {
			counter ours { }
			counter theirs { }
			chain post {
				type nat hook postrouting priority 100
				oifname "n1" masquerade
				oifname "n2" masquerade
			}
			chain keep {
				type filter hook forward priority 0
				iifname "n1" udp dport 4500 udp length 9 counter name ours
				iifname "n2" udp dport 4500 udp length 9 counter name theirs
			}
		}
	END
}

ours() {
	config g1 <<-END
		crypto isakmp policy 10
		 encryption aes
		 hash sha
		 authentication pre-share
		 group 5
		 lifetime 60
		crypto isakmp key secret-of-both address 0.0.0.0 0.0.0.0
		crypto isakmp keepalive 10 2 periodic
		crypto isakmp nat keepalive 5
		crypto ipsec transform-set TS esp-aes esp-sha-hmac
		crypto dynamic-map D 10
		 set transform-set TS
		 match address 171
		crypto map M 10 ipsec-isakmp
		 set peer 172.16.0.2
		 set transform-set TS
		 match address 101
		 set security-association lifetime kilobytes 2560
		crypto map M 20 ipsec-isakmp
		 set peer 172.16.0.3
		 set transform-set TS
		 match address 151
		crypto map N 10 ipsec-isakmp
		 set peer 203.0.113.2
		 set transform-set TS
		 match address 161
		crypto map N 20 ipsec-isakmp dynamic D
		interface FastEthernet0/0
		 device g12
		 crypto map M
		interface FastEthernet0/1
		 device g1n
		 crypto map N
		access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
		access-list 151 permit ip host 10.51.0.1 host 10.52.0.1
		access-list 161 permit ip host 10.61.0.1 host 10.62.0.1
		access-list 171 permit ip host 10.71.0.1 host 10.72.0.1
	END
}

# conn NAME LOCAL REMOTE LOCAL-NET REMOTE-NET [LINE]
conn() {
	cat <<-END
		$1 {
		  version = 1
		  local_addrs = $2
		  remote_addrs = $3
		  proposals = aes128-sha1-modp1536
		  ${6:-}
		  local { auth = psk }
		  remote { auth = psk }
		  children { $1 {
		    local_ts = $4
		    remote_ts = $5
		    esp_proposals = aes128-sha1
		    dpd_action = clear
		  } }
		}
	END
}

theirs() {
	swan_config g2 <<-END
		connections {
		$(conn net 172.16.0.2 172.16.0.1 10.2.0.0/16 10.1.0.0/16 \
			"dpd_delay = 5s")
		$(conn dead 172.16.0.3 172.16.0.1 10.52.0.1 10.51.0.1 \
			"dpd_delay = 2s
			 dpd_timeout = 10s")
		$(conn nat 203.0.113.2 %any 10.62.0.1 10.61.0.1)
		$(conn tan 203.0.113.3 192.168.1.1 10.72.0.1 10.71.0.1)
		}
		secrets { ike-1 { secret = secret-of-both } }
	END
}

# via FROM TO NS: pings between addresses that a gateway has itself.
via() { ns "$3" ping -nqc2 -i 0.3 -W 10 -I "$1" "$2"; }

# Quick modes and main modes of the flow "net" that each of them began.
logged() { grep -E '\[(ENC|IKE)\] <net\|' "$work/g2.log" | grep -cE "$1"; }
phase2_ours() { logged 'parsed QUICK_MODE request [0-9]+ \[ HASH SA '; }
phase2_theirs() { logged 'generating QUICK_MODE request [0-9]+ \[ HASH SA '; }
more_than() { [ "$($1)" -gt "$2" ]; }
up_with() { grep -cE "IKE_SA net\[[0-9]+\] established" "$work/g2.log"; }
ours_began() {
	ike g1 --json show crypto isakmp sa | jq -e --arg a "$1" \
		'map(select(.remote == $a)) | length > 1'
}

# counted NS TABLE COUNTER: of nftables, more than 0.
counted() {
	[ "$(ns "$1" nft -j list counter ip "$2" "$3" |
		jq '[.nftables[].counter.packets // 0] | add')" -gt 0 ]
}

plan 21
ike_init
network
swan_start g2 keep_alive=5s
ours
daemon g1
theirs

# --- up, all of them
check "we begin" wait_for 60 pings a 10.2.0.2 1
check "the one that will die" wait_for 60 via 10.51.0.1 10.52.0.1 g1
stream echo b echo 10.2.0.2 5000
check "the echo is ready" wait_for 30 eval 'ns b ss -lun | grep -q :5000'
stream run a run 10.2.0.2 5000 60 1300
ns g2 nft -f - <<-END
	table ip cut {
		chain in { type filter hook input priority 0
			ip daddr 172.16.0.3 drop
		}
		chain out { type filter hook output priority 0
			ip saddr 172.16.0.3 drop
		}
	}
END

# --- a NAT on either side
check "behind a NAT we begin" wait_for 60 via 10.61.0.1 10.62.0.1 g1
check "traffic from the other side" via 10.62.0.1 10.61.0.1 g2
check "the peer behind a NAT begins" swan g2 --initiate --child tan --timeout 60
check "traffic from it" via 10.72.0.1 10.71.0.1 g2
check "traffic to it" via 10.71.0.1 10.72.0.1 g1
expect "both in UDP" "$(swan g2 --list-sas |
	grep -cE '(nat|tan): .*INSTALLED, TUNNEL-in-UDP')" 2

# --- phase 2
n=$(phase2_ours)
check "we begin another phase 2, for the kilobytes" wait_for 90 \
	more_than phase2_ours "$n"
n=$(phase2_theirs)
swan g2 --rekey --child net > /dev/null 2>&1
check "they begin another phase 2" wait_for 30 more_than phase2_theirs "$n"

# --- phase 1, whose life ends soon
n=$(up_with)
check "phase 1 is begun by us" wait_for 60 ours_began 172.16.0.2
swan g2 --rekey --ike net > /dev/null 2>&1
check "and by them" wait_for 30 more_than up_with $((n + 1))
n=$(up_with)
swan g2 --rekey --ike net > /dev/null 2>&1
check "by them alone" wait_for 30 more_than up_with "$n"
n=$(phase2_theirs)
swan g2 --rekey --child net > /dev/null 2>&1
check "the next phase 2 is of that" wait_for 30 more_than phase2_theirs "$n"

stream_end run
stream_end echo
diag "there: $(cat "$work/echo")" "and back: $(cat "$work/run")"

# --- what has happened meanwhile
gone() { ! ctl g1 sa list | grep -q 'remote 172\.16\.0\.3 '; }
check "a silent peer has no SA any more" wait_for 60 gone
expect "and a record" "$(ike g1 --json show crypto isakmp failures |
	jq -r 'map(select(.remote == "172.16.0.3") | .kind) | unique | join(" ")')" \
	"DEAD_PEER"
check "they notice as well" wait_for 30 grep -q \
	'<dead|.*DPD check timed out' "$work/g2.log"
by_both() {
	[ "$(grep '<net|' "$work/g2.log" |
		grep -oE '(parsed|generating) INFO.* HASH N\(DPD_ACK\)' |
		cut -d' ' -f1 | sort -u | xargs)" = "generating parsed" ]
}
check "questions are answered by both" wait_for 60 by_both
check "keepalives from us" wait_for 30 counted n nat ours
check "and from the peer" wait_for 30 counted n nat theirs
[ "$_failed" -eq 0 ] || diag "$(cat "$work/g1.log" "$work/g2.log")"
