// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every command of the configuration: accepted, written back, loaded again,
 * taken back by "no".
 */
#include "cfg_help.h"

/* Openers of modes and what must exist for a command. */
#define POLICY "crypto isakmp policy 10\n"
#define PEER "crypto isakmp peer address 192.0.2.9\n"
#define PROFILE "crypto isakmp profile P\n"
#define GROUP "crypto isakmp client configuration group G\n"
#define RING "crypto keyring R\n"
#define TRUST "crypto pki trustpoint T\n"
#define CERTS "crypto pki certificate map C 10\n"
#define SET "crypto ipsec transform-set S esp-aes esp-sha-hmac\n"
#define MAP "crypto map M 10 ipsec-isakmp\n"
#define MANUAL "crypto map M 10 ipsec-manual\n"
#define DYN "crypto dynamic-map D 5\n"
#define IF "interface FastEthernet1/0\n"
#define VTI "interface Tunnel0\n"
#define IPSEC_PROFILE "crypto ipsec profile V\n"
#define ACL "ip access-list extended A\n"
#define STD "ip access-list standard B\n"
#define KEY32 "00112233445566778899aabbccddeeff"

static const struct {
	const char *before; /* lines that come first */
	const char *line;
	const char *written; /* NULL: the line itself */
	const char *no; /* what takes it back; NULL: "no" and the line */
} cases[] = {
	{ "", "hostname R1", NULL, "no hostname" },
	{ "", "ip domain name example.com", NULL, NULL },
	{ "", "no crypto logging session", NULL, "crypto logging session" },

	/* ISAKMP */
	{ "", "crypto isakmp policy 10", NULL, NULL },
	{ "", "cry isak pol 0010", "crypto isakmp policy 10", NULL },
	{ POLICY, "encryption 3des", " encr 3des", "no encryption" },
	{ POLICY, "encr aes 256", " encr aes 256", NULL },
	{ POLICY, "encryption aes 128", " encr aes", "no encr aes" },
	{ POLICY, "hash md5", " hash md5", NULL },
	{ POLICY, "hash sha512", " hash sha512", "no hash" },
	{ POLICY, "authentication pre-share", " authentication pre-share",
	  "default authentication" },
	{ POLICY, "group 14", " group 14", "no group 14" },
	{ POLICY, "group 2", " group 2", NULL },
	{ POLICY, "lifetime 60", " lifetime 60", "no lifetime" },
	{ "", "no crypto isakmp default policy", NULL,
	  "crypto isakmp default policy" },
	{ "", "no crypto isakmp enable", NULL, "default crypto isakmp enable" },
	{ "", "crypto isakmp key Cisco!23 address 192.0.2.1", NULL, NULL },
	{ "", "crypto isakmp key 0 secret address 10.0.0.0 255.0.0.0",
	  "crypto isakmp key secret address 10.0.0.0 255.0.0.0",
	  "no crypto isakmp key x address 10.0.0.0 255.0.0.0" },
	{ "", "crypto isakmp key 6 XYZ address 172.00.0.01",
	  "crypto isakmp key 6 XYZ address 172.0.0.1", NULL },
	{ "", "crypto isakmp key 6 address 192.0.2.1", NULL, NULL },
	{ "", "crypto isakmp key identity address 192.0.2.1", NULL, NULL },
	{ "", "crypto isakmp key k address 0.0.0.0",
	  "crypto isakmp key k address 0.0.0.0 0.0.0.0", NULL },
	{ "", "crypto isakmp key k address 192.0.2.1 no-xauth", NULL, NULL },
	{ "", "crypto isakmp key k hostname gw.example.com", NULL, NULL },
	{ "", "crypto isakmp key k ipv6 2001:DB8::/32",
	  "crypto isakmp key k ipv6 2001:db8::/32", NULL },
	{ "", "crypto isakmp keepalive 10", NULL,
	  "no crypto isakmp keepalive" },
	{ "", "crypto isakmp keepalive 30 5 periodic", NULL, NULL },
	{ "", "crypto isakmp keepalive 30 2 on-demand",
	  "crypto isakmp keepalive 30", NULL },
	{ "", "crypto isakmp nat keepalive 20", NULL,
	  "no crypto isakmp nat keepalive" },
	{ "", "crypto isakmp identity hostname", NULL,
	  "no crypto isakmp identity" },
	{ "", "crypto isakmp identity dn", NULL, NULL },
	{ "", "crypto isakmp aggressive-mode disable", NULL, NULL },
	{ "", "crypto isakmp invalid-spi-recovery", NULL, NULL },
	{ "", "crypto isakmp fragmentation", NULL, NULL },
	{ "", "crypto isakmp xauth timeout 5", NULL, NULL },
	{ "", "no crypto isakmp diagnose error", NULL,
	  "default crypto isakmp diagnose error" },
	{ "", "crypto isakmp diagnose error 7", NULL,
	  "default crypto isakmp diagnose error" },
	{ "", "crypto isakmp disconnect-revoked-peers", NULL, NULL },
	{ "", "crypto call admission limit ike sa 100", NULL, NULL },
	{ "", "crypto call admission limit ike in-negotiation-sa 10", NULL,
	  NULL },
	{ "", "crypto call admission limit ipsec sa 99999", NULL, NULL },
	{ "", "crypto isakmp peer address 192.0.2.9", NULL, NULL },
	{ "", "crypto isakmp peer ip-address 192.0.2.9",
	  "crypto isakmp peer address 192.0.2.9", NULL },
	{ "", "crypto isakmp peer hostname gw vrf red", NULL, NULL },
	{ PEER, "description To the  depot", " description To the  depot",
	  "no description" },
	{ PEER, "set aggressive-mode client-endpoint user-fqdn a@b.c",
	  " set aggressive-mode client-endpoint user-fqdn a@b.c",
	  "no set aggressive-mode client-endpoint" },
	{ PEER, "set aggressive-mode client-endpoint fqdn h.example.com",
	  " set aggressive-mode client-endpoint fqdn h.example.com", NULL },
	{ PEER, "set aggressive-mode password hunter2",
	  " set aggressive-mode password hunter2",
	  "no set aggressive-mode password" },

	/* Keyrings, groups, profiles */
	{ "", "crypto keyring R", NULL, NULL },
	{ "", "crypto keyring R vrf red", NULL, "no crypto keyring R" },
	{ RING, "description ring", " description ring", "no description" },
	{ RING, "pre-shared-key address 192.0.2.0 255.255.255.0 key k",
	  " pre-shared-key address 192.0.2.0 255.255.255.0 key k",
	  "no pre-shared-key address 192.0.2.0 255.255.255.0" },
	{ RING, "pre-shared-key hostname gw key 6 k",
	  " pre-shared-key hostname gw key 6 k", NULL },
	{ RING, "local-address fa 1/0 red",
	  " local-address FastEthernet1/0 red", "no local-address" },
	{ RING, "local-address 192.0.2.1", " local-address 192.0.2.1", NULL },
	{ "", "crypto isakmp client configuration group G", NULL, NULL },
	{ GROUP, "key secret", " key secret", "no key" },
	{ GROUP, "dns 192.0.2.1 192.0.2.2", " dns 192.0.2.1 192.0.2.2",
	  "no dns" },
	{ GROUP, "wins 192.0.2.1", " wins 192.0.2.1", NULL },
	{ GROUP, "domain example.com", " domain example.com", NULL },
	{ GROUP, "pool POOL", " pool POOL", "no pool" },
	{ GROUP, "acl 150", " acl 150", NULL },
	{ GROUP, "netmask 255.255.255.0", " netmask 255.255.255.0", NULL },
	{ GROUP, "max-users 20", " max-users 20", NULL },
	{ "", "crypto isakmp profile P", NULL, NULL },
	{ PROFILE, "description d", " description d", NULL },
	{ PROFILE, "vrf red", " vrf red", NULL },
	{ PROFILE, "keyring default R", " keyring default R", "no keyring" },
	{ PROFILE, "self-identity address", " self-identity address", NULL },
	{ PROFILE, "self-identity fqdn", " self-identity fqdn",
	  "no self-identity" },
	{ PROFILE, "self-identity user-fqdn u@h",
	  " self-identity user-fqdn u@h", NULL },
	{ PROFILE, "match identity group G", " match identity group G", NULL },
	{ PROFILE, "match identity address 192.0.2.1 255.255.255.255 red",
	  " match identity address 192.0.2.1 red", "no match identity" },
	{ PROFILE, "match identity address 10.0.0.0 255.0.0.0",
	  " match identity address 10.0.0.0 255.0.0.0", NULL },
	{ PROFILE, "match identity host domain example.com",
	  " match identity host domain example.com", NULL },
	{ PROFILE, "match identity user u@example.com",
	  " match identity user u@example.com", NULL },
	{ PROFILE, "match certificate CM", " match certificate CM", NULL },
	{ PROFILE, "ca trust-point T", " ca trust-point T", NULL },
	{ PROFILE, "client authentication list L",
	  " client authentication list L", NULL },
	{ PROFILE, "client configuration address respond",
	  " client configuration address respond", NULL },
	{ PROFILE, "client configuration address initiate",
	  " client configuration address initiate",
	  "no client configuration address" },
	{ PROFILE, "client configuration group G",
	  " client configuration group G", NULL },
	{ PROFILE, "client pki authorization list L",
	  " client pki authorization list L", NULL },
	{ PROFILE, "isakmp authorization list L",
	  " isakmp authorization list L", NULL },
	{ PROFILE, "accounting L", " accounting L", "no accounting" },
	{ PROFILE, "initiate mode aggressive", " initiate mode aggressive",
	  NULL },
	{ PROFILE, "keepalive 30 retry 5", " keepalive 30 retry 5",
	  "no keepalive" },
	{ PROFILE, "local-address Loopback0", " local-address Loopback0",
	  NULL },
	{ PROFILE, "virtual-template 1", " virtual-template 1", NULL },
	{ PROFILE, "qos-group 9", " qos-group 9", NULL },

	/* Trust points */
	{ "", "crypto pki trustpoint T", NULL, NULL },
	{ "", "crypto ca trustpoint T", "crypto pki trustpoint T", NULL },
	{ TRUST, "enrollment terminal pem", " enrollment terminal pem",
	  "no enrollment" },
	{ TRUST, "enrollment url http://ca:80", " enrollment url http://ca:80",
	  NULL },
	{ TRUST, "subject-name CN=gw, O=x y", " subject-name CN=gw, O=x y",
	  "no subject-name" },
	{ TRUST, "fqdn gw.example.com", " fqdn gw.example.com", NULL },
	{ TRUST, "fqdn none", " fqdn none", NULL },
	{ TRUST, "ip-address none", " ip-address none", NULL },
	{ TRUST, "serial-number", " serial-number", NULL },
	{ TRUST, "revocation-check crl none", " revocation-check crl none",
	  "no revocation-check" },
	{ TRUST, "rsakeypair LABEL 2048", " rsakeypair LABEL 2048", NULL },
	{ "", "crypto pki certificate map C 10", NULL, NULL },
	{ "", "crypto ca certificate map C 65535",
	  "crypto pki certificate map C 65535",
	  "no crypto pki certificate map C" },
	{ CERTS, "subject-name co OU = Sales, O=Example",
	  " subject-name co OU = Sales, O=Example", NULL },
	{ CERTS, "issuer-name ne cn=ca", " issuer-name ne cn=ca", NULL },
	{ CERTS, "alt nc evil", " alt-subject-name nc evil", NULL },
	{ CERTS, "unstructured-subject-name eq r1.example.com",
	  " unstructured-subject-name eq r1.example.com", NULL },
	{ CERTS, "name co r1", " name co r1", NULL },
	{ CERTS, "serial-number eq 0x4A", " serial-number eq 0x4A", NULL },
	{ CERTS, "expires-on ge Jan 1 2020", " expires-on ge Jan 1 2020",
	  NULL },
	{ CERTS, "valid-start lt 1 Jan 2020 12:00",
	  " valid-start lt 1 Jan 2020 12:00", NULL },
	{ PROFILE, "match certificate C", " match certificate C",
	  "no match certificate" },
	{ PROFILE "match certificate B\n", "match certificate C",
	  " match certificate C", NULL },
	{ TRUST, "file ca /a/b.pem", " file ca /a/b.pem", "no file ca" },
	{ TRUST, "file crl /c.crl", " file crl /c.crl", "no file crl" },
	{ TRUST, "file certificate /c.pem", " file certificate /c.pem", NULL },
	{ TRUST, "file private-key /k.pem", " file private-key /k.pem", NULL },

	/* IPsec */
	{ "", "crypto ipsec transform-set S ah-sha-hmac", NULL, NULL },
	{ "", "crypto ipsec transform S esp-sha-hmac esp-aes 192",
	  "crypto ipsec transform-set S esp-aes 192 esp-sha-hmac",
	  "no crypto ipsec transform-set S" },
	{ "", "crypto ipsec transform-set S esp-256-aes esp-sha256-hmac",
	  "crypto ipsec transform-set S esp-aes 256 esp-sha256-hmac", NULL },
	{ "", "crypto ipsec transform-set S esp-gcm 256", NULL, NULL },
	{ "", "crypto ipsec transform-set S esp-gmac", NULL, NULL },
	{ "", "crypto ipsec transform-set S esp-md5-hmac",
	  "crypto ipsec transform-set S esp-null esp-md5-hmac", NULL },
	{ "", "crypto ipsec transform-set S esp-3des esp-sha-hmac comp-lzs",
	  NULL, NULL },
	{ "", "crypto ipsec transform-set esp-des-md5 esp-des esp-md5-hmac",
	  NULL, NULL },
	{ "", "crypto ipsec transform-set S esp-aes-ctr 192 esp-sha512-hmac",
	  NULL, NULL },
	{ "", "crypto ipsec transform-set S esp-ccm", NULL, NULL },
	{ "", "crypto ipsec transform-set S esp-chacha20-poly1305", NULL,
	  NULL },
	{ SET, "mode transport", " mode transport", "no mode" },
	{ SET, "mode transport require", " mode transport require", NULL },
	{ SET, "mode tunnel", " mode tunnel", NULL },
	/* IPsec profiles, tunnel interfaces */
	{ "", "crypto ipsec profile V", NULL, NULL },
	{ IPSEC_PROFILE, "description V", " description V", "no description" },
	{ IPSEC_PROFILE, "set pfs group14", " set pfs group14", "no set pfs" },
	{ SET IPSEC_PROFILE, "set transform-set S", " set transform-set S",
	  "no set transform-set" },
	{ IPSEC_PROFILE, "set security-association lifetime seconds 900",
	  " set security-association lifetime seconds 900",
	  "no set security-association lifetime seconds" },
	{ IPSEC_PROFILE, "set security-association idle-time 600",
	  " set security-association idle-time 600", NULL },
	{ IPSEC_PROFILE, "set security-association replay window-size 128",
	  " set security-association replay window-size 128", NULL },
	{ IPSEC_PROFILE, "set isakmp-profile P", " set isakmp-profile P",
	  "no set isakmp-profile" },
	{ IPSEC_PROFILE, "set ikev2-profile P", " set ikev2-profile P", NULL },
	{ IPSEC_PROFILE, "set identity I", " set identity I", NULL },
	{ VTI, "ip mtu 1400", " ip mtu 1400", "no ip mtu" },
	{ VTI, "tunnel source 192.0.2.1", " tunnel source 192.0.2.1",
	  "no tunnel source" },
	{ VTI, "tunnel source fa 1/0", " tunnel source FastEthernet1/0", NULL },
	{ VTI, "tunnel source 2001:DB8::1", " tunnel source 2001:db8::1",
	  NULL },
	{ VTI, "tunnel destination 192.0.2.2", " tunnel destination 192.0.2.2",
	  "no tunnel destination" },
	{ VTI, "tunnel destination gw.example.com",
	  " tunnel destination gw.example.com", NULL },
	{ VTI, "tunnel mode ipsec ipv4", " tunnel mode ipsec ipv4",
	  "no tunnel mode" },
	{ VTI, "tunnel mode ipsec ipv6", " tunnel mode ipsec ipv6", NULL },
	{ VTI, "tunnel mode gre multipoint", " tunnel mode gre multipoint",
	  NULL },
	{ VTI, "tunnel mode gre ipv6", " tunnel mode gre ipv6", NULL },
	{ VTI, "tunnel mode ipip", " tunnel mode ipip", NULL },
	{ VTI, "tunnel vrf red", " tunnel vrf red", "no tunnel vrf" },
	{ VTI, "tunnel protection ipsec profile V",
	  " tunnel protection ipsec profile V", "no tunnel protection" },
	{ VTI, "tunnel protection ipsec profile V shared",
	  " tunnel protection ipsec profile V shared", NULL },
	{ VTI, "tunnel protection ipsec profile V isakmp-profile P",
	  " tunnel protection ipsec profile V isakmp-profile P", NULL },

	{ "", "no crypto ipsec default transform-set", NULL,
	  "crypto ipsec default transform-set" },
	{ "", "crypto ipsec security-association lifetime seconds 120", NULL,
	  NULL },
	{ "", "crypto ipsec security-association lifetime kilobytes 2560", NULL,
	  "no crypto ipsec security-association lifetime kilobytes" },
	{ "", "crypto ipsec security-association lifetime kilobytes disable",
	  NULL, "no crypto ipsec security-association lifetime" },
	{ "", "crypto ipsec security-association lifetime days 2", NULL, NULL },
	{ "", "crypto ipsec security-association idle-time 600", NULL, NULL },
	{ "", "crypto ipsec security-association replay window-size 1024", NULL,
	  NULL },
	{ "", "crypto ipsec security-association replay disable", NULL,
	  "no crypto ipsec security-association replay" },
	{ "", "crypto ipsec df-bit clear", NULL, "no crypto ipsec df-bit" },
	{ "", "crypto ipsec fragmentation after-encryption", NULL, NULL },
	{ "", "no crypto ipsec nat-transparency udp-encapsulation", NULL,
	  "crypto ipsec nat-transparency udp-encapsulation" },
	{ "", "crypto ipsec nat-transparency spi-matching", NULL, NULL },
	{ "", "crypto mib ipsec flowmib history failure size 140", NULL,
	  "no crypto mib ipsec flowmib history failure size" },
	{ "", "crypto mib ipsec flowmib history tunnel size 130", NULL, NULL },
	{ "", "crypto mib ipsec flowmib history tunnel size 2147483647", NULL,
	  NULL },
	{ "", "crypto ipsec optional", NULL, NULL },
	{ "", "crypto ipsec optional retry 30", NULL,
	  "no crypto ipsec optional" },
	{ "", "crypto ipsec ipv4-deny clear", NULL,
	  "no crypto ipsec ipv4-deny" },

	/* Crypto maps */
	{ "", "crypto map M 10 ipsec-isakmp", NULL, "no crypto map M" },
	{ "", "crypto map ipv6 M 10 ipsec-isakmp", NULL, "no crypto map M" },
	{ "", "crypto map M 65535 ipsec-manual", NULL, "no crypto map M" },
	{ "", "crypto map M 10 ipsec-isakmp dynamic D", NULL,
	  "no crypto map M" },
	{ "", "crypto map M 10 ipsec-isakmp dynamic D discover", NULL,
	  "no crypto map M" },
	{ "", "crypto map M ipsec-isakmp dynamic D",
	  "crypto map M 65535 ipsec-isakmp dynamic D", "no crypto map M" },
	{ "", "crypto map M local-address Loop 0",
	  "crypto map M local-address Loopback0", "no crypto map M" },
	{ MAP, "crypto map M local-address Loopback0", NULL,
	  "no crypto map M local-address" },
	{ MAP, "crypto map M client authentication list L", NULL, NULL },
	{ MAP, "crypto map M client accounting list L", NULL,
	  "no crypto map M client accounting" },
	{ MAP, "crypto map M client configuration address respond", NULL,
	  NULL },
	{ MAP, "crypto map M isakmp authorization list L", NULL, NULL },
	{ MAP, "crypto map M isakmp-profile P", NULL, NULL },
	{ "", "crypto dynamic-map D 5", NULL, NULL },
	{ "", "crypto dynamic-map D 5 ipsec-isakmp", "crypto dynamic-map D 5",
	  "no crypto dynamic-map D" },
	{ MAP, "description x", " description x", NULL },
	{ MAP, "match address 101", " match address 101", "no match address" },
	{ MAP, "set peer 192.0.2.1", " set peer 192.0.2.1", NULL },
	{ MAP, "set peer 192.0.2.1 default", " set peer 192.0.2.1 default",
	  "no set peer" },
	{ MAP, "set peer gw.example.com dynamic",
	  " set peer gw.example.com dynamic", NULL },
	{ SET MAP, "set transform-set S", " set transform-set S",
	  "no set transform-set" },
	{ MAP, "set pfs", " set pfs", NULL },
	{ MAP, "set pfs group14", " set pfs group14", "no set pfs" },
	{ MAP, "set security-association lifetime seconds 120",
	  " set security-association lifetime seconds 120", NULL },
	{ MAP, "set security-association lifetime kilobytes disable",
	  " set security-association lifetime kilobytes disable", NULL },
	{ MAP, "set security-association lifetime days 1",
	  " set security-association lifetime days 1",
	  "no set security-association lifetime" },
	{ MAP, "set security-association level per-host",
	  " set security-association level per-host", NULL },
	{ MAP, "set security-association idle-time 60 default",
	  " set security-association idle-time 60 default",
	  "no set security-association idle-time" },
	{ MAP, "set security-association replay disable",
	  " set security-association replay disable",
	  "no set security-association replay" },
	{ MAP, "set security-association replay window-size 64",
	  " set security-association replay window-size 64", NULL },
	{ MAP, "set isakmp-profile P", " set isakmp-profile P", NULL },
	{ MAP, "set ikev2-profile P", " set ikev2-profile P", NULL },
	{ MAP, "set identity I", " set identity I", NULL },
	{ MAP, "set nat demux", " set nat demux", NULL },
	{ MAP, "set ip access-group 150 in", " set ip access-group 150 in",
	  NULL },
	{ MAP, "set reverse-route distance 20",
	  " set reverse-route distance 20", NULL },
	{ MAP, "set reverse-route gateway 192.0.2.1",
	  " set reverse-route gateway 192.0.2.1", NULL },
	{ MAP, "set reverse-route tag 7", " set reverse-route tag 7", NULL },
	{ MAP, "reverse-route", " reverse-route", NULL },
	{ MAP, "reverse-route static", " reverse-route static", NULL },
	{ MAP, "reverse-route remote-peer 192.0.2.1 static tag 9",
	  " reverse-route remote-peer 192.0.2.1 static tag 9",
	  "no reverse-route" },
	{ MANUAL, "set session-key inbound ah 256 " KEY32,
	  " set session-key inbound ah 256 " KEY32,
	  "no set session-key inbound ah" },
	{ MANUAL,
	  "set session-key outbound esp 300 cipher " KEY32
	  " authenticator " KEY32,
	  " set session-key outbound esp 300 cipher " KEY32
	  " authenticator " KEY32,
	  "no set session-key" },
	{ DYN, "set peer 192.0.2.1", " set peer 192.0.2.1", NULL },

	/* Interfaces */
	{ "", "interface FastEthernet 1/0", "interface FastEthernet1/0", NULL },
	{ "", "int gi0/0.7", "interface GigabitEthernet0/0.7", NULL },
	{ "", "interface ens3", NULL, NULL },
	{ IF, "description up", " description up", NULL },
	{ IF, "device eth7", " device eth7", "no device" },
	{ IF, "ip address 192.0.2.1 255.255.255.0",
	  " ip address 192.0.2.1 255.255.255.0", "no ip address" },
	{ IF "ip address 192.0.2.1 255.255.255.0\n",
	  "ip address 192.0.2.2 255.255.255.0 secondary",
	  " ip address 192.0.2.2 255.255.255.0 secondary", NULL },
	{ IF, "vrf forwarding red", " vrf forwarding red", NULL },
	{ IF, "ip vrf forwarding red", " ip vrf forwarding red", NULL },
	{ MAP IF, "crypto map M", " crypto map M", "no crypto map" },
	{ MAP IF, "crypto map M redundancy G stateful",
	  " crypto map M redundancy G stateful", "no crypto map M" },
	{ MAP IF, "crypto map M redundancy G", " crypto map M redundancy G",
	  NULL },
	{ IF, "ip tcp adjust-mss 1360", " ip tcp adjust-mss 1360", NULL },
	{ IF, "ip tcp adjust-mss auto", " ip tcp adjust-mss auto", NULL },
	{ IF, "crypto ipsec df-bit copy", " crypto ipsec df-bit copy", NULL },
	{ IF, "crypto ipsec fragmentation before-encryption",
	  " crypto ipsec fragmentation before-encryption", NULL },
	{ IF, "shutdown", " shutdown", NULL },

	/* Access lists */
	{ "", "access-list 101 permit ip host 10.0.0.1 host 10.0.0.2", NULL,
	  "no access-list 101" },
	{ "", "access-list 101 permit gre 10.0.0.7 0.0.0.255 any",
	  "access-list 101 permit gre 10.0.0.0 0.0.0.255 any",
	  "no access-list 101" },
	{ "", "access-list 2000 deny tcp any eq www host 10.0.0.1 log",
	  "access-list 2000 deny tcp any eq 80 host 10.0.0.1 log",
	  "no access-list 2000" },
	{ "", "access-list 101 permit udp any any range 5 9", NULL, NULL },
	{ "", "access-list 101 permit icmp any any echo",
	  "access-list 101 permit icmp any any 8", NULL },
	{ "", "access-list 101 permit 89 any any",
	  "access-list 101 permit ospf any any", NULL },
	{ "", "access-list 101 permit nos any any", NULL, NULL },
	{ "", "access-list 101 remark one  two", NULL, NULL },
	{ "", "access-list 5 permit 10.0.0.0 0.255.255.255", NULL, NULL },
	{ "", "access-list 5 deny any", NULL, "no access-list 5" },
	{ "", "ip access-list extended A", NULL, NULL },
	{ "", "ip access-list standard B", NULL, NULL },
	{ ACL, "permit ip any any", " permit ip any any", NULL },
	{ ACL, "25 permit esp any any", " 25 permit esp any any", "no 25" },
	{ STD, "permit host 10.0.0.1", " permit host 10.0.0.1", NULL },
	{ STD, "30 deny 10.0.0.0 0.0.0.255", " 30 deny 10.0.0.0 0.0.0.255",
	  "no 30" },
	{ STD, "remark note", " remark note", NULL },
	{ ACL, "remark hello", " remark hello", NULL },
	{ ACL, "deny tcp any gt 1023 any established",
	  " deny tcp any range 1024 65535 any established", NULL },
};

#define N_CASES (sizeof(cases) / sizeof(cases[0]))

/* Rows that a case used. */
static const struct cfg_cmd *used[2 * N_CASES];
static size_t n_used;

/* Remember which row @line is in the mode where it is typed, or above it. */
static void mark(const struct ed *d, const char *line)
{
	static struct cmd_line words;
	static struct cmd_match m;
	enum cfg_mode mode = d->e.path.mode;
	enum cfg_form form;
	char buf[512];

	cmd_split_plain(&words, line, buf);
	if (cmd_parse(cfg_mode_set(mode), &words, &m) != CMD_OK) {
		mode = CFG_M_GLOBAL;
		if (cmd_parse(cfg_mode_set(mode), &words, &m) != CMD_OK)
			return;
	}
	used[n_used++] = cfg_mode_row(mode, m.cmd, &form);
}

static void test_case(size_t i)
{
	const char *line = cases[i].line;
	const char *written = cases[i].written ? cases[i].written : line;
	char no[512], *text;
	struct cfg *before, *again;
	struct ed d;

	ed_start(&d);
	ed_lines(&d, cases[i].before);
	before = cfg_copy(d.cfg);
	mark(&d, line);
	if (!ok(cfg_edit_line(&d.e, line) == CFG_DONE, "accept '%s'", line))
		printf("# %s", ed_answer(&d));
	text = cfg_text_of(d.cfg);
	if (!ok(has_line(text, written), "write '%s'", written))
		ktap_lines("written", text);
	again = cfg_of_text(text, NULL);
	if (!ok(cfg_equal(d.cfg, again), "load '%s' again", line))
		ktap_lines("written", text);
	free(text);
	snprintf(no, sizeof(no), "no %s", line);
	if (cases[i].no)
		snprintf(no, sizeof(no), "%s", cases[i].no);
	/* A mode that was entered is left first. */
	if (!*cases[i].before)
		d.e.path = (struct cfg_path){ .mode = CFG_M_GLOBAL };
	if (!ok(cfg_edit_line(&d.e, no) == CFG_DONE && cfg_equal(d.cfg, before),
		"'%s' takes it back", no)) {
		text = cfg_text_of(d.cfg);
		ktap_lines("left", text);
		free(text);
	}
	cfg_free(before);
	cfg_free(again);
	ed_end(&d);
}

static bool is_used(const struct cfg_cmd *row)
{
	size_t i;

	/* Tested where results, not models, are looked at. */
	if (!row->pattern || (row->no && !*row->no))
		return true;
	for (i = 0; i < n_used; i++)
		if (used[i] == row)
			return true;
	return false;
}

/* No command can be added without a case. */
static void test_complete(void)
{
	const struct cfg_rows *g;
	unsigned int i, mode;
	size_t k;

	for (mode = 0; mode < CFG_M_N; mode++)
		for (i = 0; (g = cfg_mode_group(mode, i)); i++)
			for (k = 0; k < g->n; k++)
				if (!is_used(&g->row[k]))
					ok(false, "no case for '%s'",
					   g->row[k].pattern);
	ok(n_used > 0, "every row has a case");
}

int main(void)
{
	size_t i;

	for (i = 0; i < N_CASES; i++)
		test_case(i);
	test_complete();
	cfg_modes_free();
	return ktap_end();
}
