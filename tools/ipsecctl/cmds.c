// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of commands: pattern, what it does, function. */
#include "cmds.h"

#include <string.h>

#include "../lib/model_ns.h"
#include "../lib/sel_match.h"

/* --- types ------------------------------------------------------------- */

static bool parse_map(const char *text, struct cmd_value *v)
{
	(void)v;
	return *text && strlen(text) < MAP_NAME_SIZE;
}

/* Only what "sa update" can set. */
static const struct name states[] = {
	{ STATE_STANDBY, "standby", "Not chosen for new packets" },
	{ STATE_ACTIVE, "active", "Chosen for new packets" },
	{ 0 },
};

static const struct cmd_type types[] = {
	{ .name = "state", .names = states },
	{ .name = "dir", .names = names_dir },
	{ .name = "security", .names = names_sa_proto },
	{ .name = "mode", .names = names_mode },
	{ .name = "cipher", .names = names_cipher },
	{ .name = "integ", .names = names_integ },
	{ .name = "df", .names = names_df },
	{ .name = "setting", .names = names_conf },
	{ .name = "action", .names = names_acl_action },
	{ .name = "protocol",
	  .hint = "<0-255>",
	  .names = names_ip_proto,
	  .parse = sel_parse_octet,
	  .rank = 50 },
	{ .name = "port",
	  .hint = "<0-65535>",
	  .names = names_port,
	  .parse = sel_parse_port,
	  .rank = 50 },
	{ .name = "icmp",
	  .hint = "<0-255>",
	  .names = names_icmp,
	  .parse = sel_parse_octet,
	  .rank = 50 },
	{ .name = "map", .hint = "WORD", .parse = parse_map, .rank = 10 },
	{ 0 },
};

/* --- pieces of patterns ------------------------------------------------ */

#define SPI "num(256-4294967295)"
#define U64 "num(0-18446744073709551615)"
#define U32 "num(0-4294967295)"
#define U16 "num(1-65535)"
#define SA_KEY                                                   \
	"dir DIR=dir | spi SPI=" SPI " | proto SAPROTO=security" \
	" | remote REMOTE=addr"
#define ENTRY "map MAP=map seq ENTRY=" U32 " [ index INDEX=" U32 " ]"
#define RULE "policy ID=num(1-4294967295) | " ENTRY
#define RULE_KEY "( id ID=num(1-4294967295) | " ENTRY " )"
#define LIMITS                                                         \
	"{ *kilobytes KB=num(0-18014398509481983) | *bytes BYTES=" U64 \
	" | *packets PACKETS=" U64 " | *seconds SECONDS=" U64 " }"
#define SIDE \
	"( any | host HOST=addr | NET=prefix | ADDR=addr WILDCARD=addr ) " SEL_PORTS
#define SELECTOR "PROTO=protocol " SIDE " " SIDE " " SEL_ICMP

#define SESSIONS                                                   \
	"{ interface IF=word | local LOCAL=addr [ port LPORT=" U16 \
	" ] | remote PEER=addr [ port RPORT=" U16                  \
	" ] | fvrf FVRF=word | ivrf VRF=word"

#define SA_ADD                                                              \
	"sa add { " SA_KEY " | local LOCAL=addr"                            \
	" | mode MODE=mode | cipher CIPHER=cipher | key KEY=secret"         \
	" | key-file KEYFILE=word | key-stdin | integ INTEG=integ"          \
	" | integ-key IKEY=secret | integ-key-file IKEYFILE=word"           \
	" | integ-key-stdin | icv ICV=num(1-64)"                            \
	" | replay-window WINDOW=num(0-4096) | esn | standby"               \
	" | " RULE " | pair PAIR=" SPI " | df DF=df | dscp DSCP=num(0-63)"  \
	" | frag-after | mss ( auto | MSS=num(48-65534) )"                  \
	" | tfc-pad PADTO=num(0-65535) | out-mark MARK=" U32                \
	" | no-ecn | decap-dscp | roam"                                     \
	" | encap LPORT=" U16 " RPORT=" U16                                 \
	" | keepalive KEEPALIVE=num(0-65535)"                               \
	" | *( soft | hard ) " LIMITS " | idle IDLE=" U32 " | seq SEQ=" U64 \
	" | *selector " SELECTOR " | fvrf FVRF=word | ivrf VRF=word }"

#define SA_UPDATE                                                       \
	"sa update { " SA_KEY " | state STATE=state | local LOCAL=addr" \
	" | new-remote NEWREMOTE=addr | encap-remote-port RPORT=" U16   \
	" | *( soft | hard ) " LIMITS " | idle IDLE=" U32               \
	" | keepalive KEEPALIVE=num(0-65535) }"

#define SA_FILTER "{ dir DIR=dir | remote REMOTE=addr | " RULE " }"

#define DEBUGS \
	"crypto ( isakmp [ error ] | ipsec [ error ] | engine | mib [ error ] )"
#define CONDITION                                                           \
	"crypto condition ( peer ( ipv4 PEER=addr4 | ipv6 PEER6=addr6 ) | " \
	"connid CONN=num(1-4294967295) | "                                  \
	"unmatched [ isakmp | ipsec | engine | mib ] | reset )"

/* Words that mean something else elsewhere. */
static const struct cmd_help capture_help[] = {
	{ "capture", "Capture IKE and ESP" },
	{ "keys", "With the keys of SAs that are negotiated meanwhile" },
	{ "FILE", "A file that does not exist yet" },
	{ 0 },
};

/* --- commands ---------------------------------------------------------- */

static const struct cmd cmds[] = {
	{ SA_ADD, "Add an SA, or complete a reserved one.", do_sa_add, 0,
	  NULL },
	{ SA_UPDATE, "Change what may change in a live SA.", do_sa_update, 0,
	  NULL },
	{ "sa delete { " SA_KEY " }", "Delete an SA.", do_sa_delete, 0, NULL },
	{ "sa get { " SA_KEY " }", "Show one SA.", do_sa_get, CMD_SHOW, NULL },
	{ "sa list " SA_FILTER, "Show SAs.", do_sa_list, CMD_SHOW, NULL },
	{ "sa flush " SA_FILTER, "Delete SAs.", do_sa_flush, 0, NULL },
	{ "sa alloc-spi { proto SAPROTO=security | remote REMOTE=addr"
	  " | min MIN=" SPI " | max MAX=" SPI " }",
	  "Reserve a random inbound SPI.", do_sa_alloc_spi, 0, NULL },

	{ "policy add " ENTRY " ACTION=action " SELECTOR
	  " { *peer PEER=addr | staged | id ID=num(1-4294967295) "
	  "| ivrf VRF=word }",
	  "Add a rule to a crypto map.", do_policy_add, 0, NULL },
	{ "policy delete " RULE_KEY " [ staged ]", "Delete a rule.",
	  do_policy_delete, 0, NULL },
	{ "policy get " RULE_KEY, "Show one rule.", do_policy_get, CMD_SHOW,
	  NULL },
	{ "policy list [ map MAP=map ]", "Show rules in their order.",
	  do_policy_list, CMD_SHOW, NULL },
	{ "policy flush { map MAP=map | staged }", "Delete rules.",
	  do_policy_flush, 0, NULL },

	{ "map bind MAP=map dev IF=word { local LOCAL=addr4 | local6 "
	  "LOCAL6=addr6 }",
	  "Bind a crypto map to an interface.", do_map_bind, 0, NULL },
	{ "map unbind dev IF=word", "Take the crypto map off an interface.",
	  do_map_unbind, 0, NULL },
	{ "map list [ MAP=map ]", "Show bindings and unbound maps.",
	  do_map_list, CMD_SHOW, NULL },
	{ "map commit MAP=map", "Publish the staged changes of a map.",
	  do_map_commit, 0, NULL },

	{ "encap list", "Show the UDP sockets of the module.", do_encap_list,
	  CMD_SHOW, NULL },
	{ "encap hold PORT=" U16 " [ LOCAL=addr ]",
	  "Give the module a UDP socket until a signal comes.", do_encap_hold,
	  CMD_ALONE, NULL },

	{ "conf get [ SETTING=setting ]", "Show settings.", do_conf_get,
	  CMD_SHOW, NULL },
	{ "conf set SETTING=setting VALUE=" U32, "Change a setting.",
	  do_conf_set, 0, NULL },
	{ "stats [ nonzero ]", "Show the counters of the namespace.", do_stats,
	  CMD_SHOW, NULL },
	{ "acquire list", "Show what waits for an SA.", do_acquire_list,
	  CMD_SHOW, NULL },
	{ "monitor", "Show events as they happen.", do_monitor, CMD_ALONE,
	  NULL },
	{ "top [ interval SECONDS=num(1-3600) ]",
	  "Show again and again what each tunnel does.", do_top, CMD_ALONE,
	  NULL },
	{ "capture { interface IF=word | peer PEER=addr | keys } FILE=word",
	  "Capture IKE and ESP into a file until a signal comes.", do_capture,
	  CMD_ALONE, capture_help },
	{ "explain END=addr [ DST=addr [ PROTO=protocol [ PORT=port ] ] ]",
	  "Say what is wrong with a peer, or with packets from one address to "
	  "another.",
	  do_explain, CMD_SHOW, NULL },
	{ "metrics [ output FILE=word ]",
	  "Print all counters in the text format of Prometheus.", do_metrics,
	  CMD_SHOW, NULL },

	{ "show crypto ipsec sa { ( map MAP=map | address [ ADDRESS=addr ] | "
	  "identity | interface IF=word | peer [ vrf FVRF=word ] PEER=addr "
	  "[ port RPORT=" U16 " ] | ipv6 ) | vrf VRF=word | "
	  "( active | standby ) | detail }",
	  "Show IPsec SAs by interface and flow.", do_show_ipsec_sa, CMD_SHOW,
	  NULL },
	{ "show crypto ipsec sa count [ vrf VRF=word ]", "Count the IPsec SAs.",
	  do_show_ipsec_sa_count, CMD_SHOW, NULL },
	{ "show crypto engine connections active",
	  "Show the connections of the crypto engine.", do_show_engine_active,
	  CMD_SHOW, NULL },
	{ "show crypto engine connections dropped-packet",
	  "Show packets dropped for want of an SA.", do_show_engine_dropped,
	  CMD_SHOW, NULL },
	{ "show crypto engine accelerator statistic [ slot SLOT=num(0-15) ]",
	  "Show what the crypto engine has done.", do_show_accel, CMD_SHOW,
	  NULL },
	{ "show crypto eli [ all ]",
	  "Show what the crypto engine can do, and its sessions.", do_show_eli,
	  CMD_SHOW, NULL },
	{ "show crypto isakmp sa { ( detail | count ) | ( active | standby | "
	  "nat ) | vrf VRF=word | peer PEER=addr [ port RPORT=" U16 " ] }",
	  "Show IKE SAs.", do_show_isakmp_sa, CMD_SHOW, NULL },
	{ "show crypto isakmp policy", "Show the IKE policies in use.",
	  do_show_isakmp_policy, CMD_SHOW, NULL },
	{ "show crypto [ ipsec ] isakmp default policy",
	  "Show the default IKE policies while they are in use.",
	  do_show_isakmp_default, CMD_SHOW, NULL },
	{ "show crypto isakmp key", "Show for whom there are pre-shared keys.",
	  do_show_isakmp_key, CMD_SHOW, NULL },
	{ "show crypto isakmp ( peers | peer ) [ config ] [ PEER=addr ]",
	  "Show the peers that are configured or have an IKE SA.",
	  do_show_isakmp_peers, CMD_SHOW, NULL },
	{ "show crypto isakmp profile [ tag NAME=word | vrf VRF=word ]",
	  "Show ISAKMP profiles.", do_show_isakmp_profile, CMD_SHOW, NULL },
	{ "show crypto ipsec transform-set [ tag NAME=word ]",
	  "Show transform sets.", do_show_transform, CMD_SHOW, NULL },
	{ "show crypto ipsec default transform-set",
	  "Show the default transform sets while they are in use.",
	  do_show_transform_default, CMD_SHOW, NULL },
	{ "show crypto ipsec profile [ tag NAME=word ]", "Show IPsec profiles.",
	  do_show_ipsec_profile, CMD_SHOW, NULL },
	{ "show crypto ipsec security-association [ lifetime | idle-time ]",
	  "Show the lifetimes of IPsec SAs.", do_show_sa_lifetime, CMD_SHOW,
	  NULL },
	{ "show crypto map [ tag NAME=word | interface IF=word ]",
	  "Show crypto maps.", do_show_map, CMD_SHOW, NULL },
	{ "show crypto dynamic-map [ tag NAME=word ]",
	  "Show dynamic crypto maps.", do_show_dynamic_map, CMD_SHOW, NULL },
	{ "show crypto session " SESSIONS
	  " | isakmp ( group GROUP=word | profile NAME=word ) | "
	  "username USER=word | ( active | standby ) | ( brief | detail ) }",
	  "Show sessions: peers, IKE SAs and flows.", do_show_session, CMD_SHOW,
	  NULL },
	{ "show crypto session ( groups | summary [ GROUP=word ] )",
	  "Count the sessions of groups.", do_show_session_groups, CMD_SHOW,
	  NULL },
	{ "show crypto mib ( isakmp | ike ) flowmib ( failure | global | "
	  "history | ( peer | tunnel ) [ index INDEX=" U32
	  " ] ) [ vrf VRF=word ]",
	  "Show tables of the MIB about IKE.", do_show_mib_isakmp, CMD_SHOW,
	  NULL },
	{ "show crypto mib ipsec flowmib ( endpoint | failure | global | spi | "
	  "version | tunnel [ index INDEX=" U32
	  " ] | history [ ( failure | tunnel ) size ] ) [ vrf VRF=word ]",
	  "Show tables of the MIB about IPsec.", do_show_mib_ipsec, CMD_SHOW,
	  NULL },
	{ "show crypto ruleset [ detail ]",
	  "Show the rules of each interface as the module has them.",
	  do_show_ruleset, CMD_SHOW, NULL },
	{ "show version", "Show versions and uptime.", do_show_version,
	  CMD_SHOW, NULL },
	{ "show crypto isakmp failures", "Show negotiations that have failed.",
	  do_show_failures, CMD_SHOW, NULL },
	{ "show logging", "Show the last lines of the daemon's log.",
	  do_show_logging, CMD_SHOW, NULL },

	{ "show tech-support ipsec [ peer PEER=addr | vrf VRF=word ]",
	  "Show all that helps to find what is wrong.", do_show_tech, CMD_SHOW,
	  NULL },
	{ "show processes ( memory | cpu )",
	  "Show what the processes of the daemon use.", do_show_processes,
	  CMD_SHOW, NULL },
	{ "show debugging", "Show what is being debugged.", do_show_debugging,
	  CMD_SHOW, NULL },
	{ "show crypto debug-condition", "Show the conditions on debug lines.",
	  do_show_condition, CMD_SHOW, NULL },
	{ "debug " DEBUGS, "Print what the daemon does as it happens.",
	  do_debug, CMD_SHOW | CMD_ALONE, NULL },
	{ "debug " CONDITION, "Debug only what is about some peers.",
	  do_debug_condition, 0, NULL },
	{ "( undebug | no debug ) ( all | " DEBUGS " )",
	  "End debugging, for everybody.", do_undebug, 0, NULL },
	{ "( undebug | no debug ) " CONDITION,
	  "Take a condition on debug lines away.", do_undebug_condition, 0,
	  NULL },

	{ "clear crypto isakmp [ sa | CONN=num(1-4294967295) | active | "
	  "standby ]",
	  "Delete IKE SAs.", do_clear_isakmp, 0, NULL },
	{ "clear crypto sa [ active | standby | peer [ vrf VRF=word ] PEER=addr "
	  "| map MAP=map | vrf VRF=word | entry ADDRESS=addr ( esp | ah ) "
	  "SPI=" SPI " [ vrf VRF=word ] ]",
	  "Delete IPsec SAs.", do_clear_sa, 0, NULL },
	{ "clear crypto sa counters",
	  "Let the counters of IPsec SAs begin again at zero.",
	  do_clear_counters, 0, NULL },
	{ "clear logging", "Forget the last lines of the daemon's log.",
	  do_clear_logging, 0, NULL },
	{ "clear crypto engine accelerator counter",
	  "Let the statistic of the crypto engine begin again.", do_clear_accel,
	  0, NULL },
	{ "clear crypto session " SESSIONS
	  " | isakmp group GROUP=word | username USER=word }",
	  "Delete IKE SAs and their IPsec SAs.", do_clear_session, 0, NULL },
	{ "show running-config [ interface IF=word [ UNIT=word ] ]",
	  "Show the configuration that is in force.", do_show_running, CMD_SHOW,
	  NULL },
	{ "show startup-config", "Show the saved configuration.",
	  do_show_startup, CMD_SHOW, NULL },

	{ "( configure | conf ) terminal",
	  "Edit the configuration line by line.", do_configure, CMD_ALONE,
	  NULL },
	{ "( configure | conf ) check [ FILE=word ]",
	  "Say what a configuration file would do.", do_config_check, CMD_SHOW,
	  NULL },
	{ "( configure | conf ) reference",
	  "Print the reference of all configuration commands.",
	  do_config_reference, CMD_SHOW, NULL },
	{ "copy running-config startup-config", "Save the configuration.",
	  do_save, 0, NULL },
	{ "write [ memory ]", "Save the configuration.", do_save, 0, NULL },
};

static const struct cmd_help help[] = {
	{ "sa", "Security associations" },
	{ "map", "Crypto map" },
	{ "encap", "UDP encapsulation (NAT traversal)" },
	{ "conf", "Settings of the module" },
	{ "stats", "Counters of the namespace" },
	{ "acquire", "Rules that wait for an SA" },
	{ "monitor", "Show events as they happen" },
	{ "top", "What each tunnel does now" },
	{ "interval", "Time between two looks" },
	{ "explain", "Say what is wrong, and what to change" },
	{ "END", "A peer, or the source of a flow" },
	{ "DST", "Destination of the flow" },
	{ "metrics", "All counters for Prometheus" },
	{ "output", "Write to a file" },
	{ "show", "Show running system information" },
	{ "crypto", "Encryption module" },
	{ "ipsec", "IPsec information" },
	{ "isakmp", "IKE information" },
	{ "policy", "Rules of crypto maps, IKE policies" },
	{ "default", "What holds as long as nothing is configured" },
	{ "key", "Key of an SA, with its salt; who has a pre-shared key" },
	{ "peers", "The other gateways" },
	{ "profile", "ISAKMP profiles" },
	{ "ipv6", "Of IPv6 peers, by IPv6 address" },
	{ "tag", "By name" },
	{ "NAME", "A name" },
	{ "vrf", "Of a VRF" },
	{ "VRF", "Name of a VRF" },
	{ "transform-set", "Transform sets" },
	{ "security-association", "Settings of IPsec SAs" },
	{ "lifetime", "Lifetimes" },
	{ "idle-time", "Lifetimes, and how long an SA may be idle" },
	{ "dynamic-map", "Dynamic crypto maps" },
	{ "failures", "Negotiations that have failed" },
	{ "logging", "Log lines of the daemon" },
	{ "clear", "Reset functions" },
	{ "debug", "Debugging functions" },
	{ "tech-support", "What support asks for, all at once" },
	{ "processes", "Processes of the daemon" },
	{ "cpu", "Processor time" },
	{ "undebug", "Disable debugging functions" },
	{ "no", "Negate a command" },
	{ "all", "All of it" },
	{ "error", "Only what goes wrong" },
	{ "debugging", "State of each debugging option" },
	{ "debug-condition", "Conditions on debug lines" },
	{ "condition", "Conditions on debug lines" },
	{ "ipv4", "By IPv4 address" },
	{ "PEER6", "Its address" },
	{ "connid", "By connection number of an IKE SA" },
	{ "unmatched", "Lines that are about no peer, too" },
	{ "reset", "Delete all conditions" },
	{ "CONN", "Connection number of an IKE SA" },
	{ "standby", "Of a standby unit" },
	{ "mib", "Tables of the IPsec flow monitor MIB" },
	{ "ike", "IKE information" },
	{ "flowmib", "The IPsec flow monitor MIB" },
	{ "failure", "Negotiations that have failed" },
	{ "global", "Sums since the daemon began" },
	{ "history", "What has gone" },
	{ "tunnel", "What is up" },
	{ "endpoint", "Ends of the flows that have SAs" },
	{ "size", "How many are remembered" },
	{ "ruleset", "Rules in the order in which packets meet them" },
	{ "version", "Versions and uptime" },
	{ "port", "With this UDP port" },
	{ "fvrf", "By front-door VRF" },
	{ "FVRF", "Name of a VRF" },
	{ "ivrf", "By inside VRF" },
	{ "group", "By group" },
	{ "GROUP", "Name of a group" },
	{ "username", "By user" },
	{ "USER", "Name of a user" },
	{ "brief", "One line for each" },
	{ "counters", "Numbers of packets that views show" },
	{ "groups", "Sessions of each group" },
	{ "summary", "Users of each group" },
	{ "entry", "One SA" },
	{ "ah", "Authentication Header" },
	{ "nat", "Those behind network address translation" },
	{ "session", "IKE SAs and their IPsec SAs" },
	{ "engine", "Crypto engine information" },
	{ "connections", "Crypto engine connections" },
	{ "accelerator", "The part of the engine that does the work" },
	{ "statistic", "What it has done" },
	{ "counter", "Its counters" },
	{ "slot", "Where it is plugged in" },
	{ "SLOT", "There is one in slot 0" },
	{ "eli", "What the crypto engine can do, and its sessions" },
	{ "active", "Connections in use" },
	{ "dropped-packet", "Packets dropped for want of a connection" },
	{ "add", "Add" },
	{ "update", "Change" },
	{ "delete", "Delete" },
	{ "get", "Show one" },
	{ "list", "Show all" },
	{ "flush", "Delete all" },
	{ "alloc-spi", "Reserve a random inbound SPI" },
	{ "bind", "Bind to an interface" },
	{ "unbind", "Take off an interface" },
	{ "commit", "Publish staged changes" },
	{ "hold", "Hand a socket over until a signal comes" },
	{ "set", "Change a setting" },
	{ "count", "Numbers only" },
	{ "address", "By outer destination address" },
	{ "identity", "Without the SAs" },
	{ "interface", "Of one interface" },
	{ "detail", "More about everything" },
	{ "nonzero", "Only what is not zero" },
	{ "dir", "Direction as seen from this gateway" },
	{ "spi", "Security parameter index" },
	{ "SPI", "Security parameter index" },
	{ "remote", "Outer address of the peer" },
	{ "REMOTE", "Address" },
	{ "new-remote", "Where the peer is from now on" },
	{ "NEWREMOTE", "Address" },
	{ "local", "Our outer address" },
	{ "LOCAL", "Our address" },
	{ "local6", "Our IPv6 address" },
	{ "LOCAL6", "Our address" },
	{ "proto", "Security protocol" },
	{ "esp", "Encapsulating Security Payload" },
	{ "mode", "Tunnel or transport mode" },
	{ "cipher", "Encryption algorithm" },
	{ "KEY", "Hexadecimal digits" },
	{ "key-file", "Read the key of the cipher from a file" },
	{ "KEYFILE", "File with hexadecimal digits" },
	{ "key-stdin", "Read the key of the cipher from standard input" },
	{ "integ", "Integrity algorithm" },
	{ "integ-key", "Key of the integrity algorithm" },
	{ "IKEY", "Hexadecimal digits" },
	{ "integ-key-file", "Read the integrity key from a file" },
	{ "IKEYFILE", "File with hexadecimal digits" },
	{ "integ-key-stdin", "Read the integrity key from standard input" },
	{ "icv", "Length of the integrity check value" },
	{ "ICV", "Octets" },
	{ "replay-window", "Replay protection" },
	{ "WINDOW", "Packets, 0 for none" },
	{ "esn", "Extended sequence numbers" },
	{ "standby", "Do not choose it for new packets yet" },
	{ "pair", "Inbound SA of the same pair" },
	{ "PAIR", "Its SPI" },
	{ "df", "Don't-fragment bit of the outer header" },
	{ "dscp", "DSCP of the outer header" },
	{ "DSCP", "Differentiated services code point" },
	{ "no-ecn", "Leave ECN of both headers alone" },
	{ "decap-dscp", "Copy the outer DSCP to the inner header" },
	{ "frag-after", "Cut what is too long after encryption" },
	{ "mss", "Largest segment that TCP is told" },
	{ "auto", "What fits" },
	{ "MSS", "Octets" },
	{ "tfc-pad", "Pad inner packets, so that their length is hidden" },
	{ "PADTO", "Octets that they are padded to, 0 for none" },
	{ "out-mark", "Mark of ESP packets and of their route" },
	{ "MARK", "Mark, 0 for that of the inner packet" },
	{ "roam", "Follow the peer to another address" },
	{ "LPORT", "Our UDP port" },
	{ "RPORT", "UDP port of the peer" },
	{ "encap-remote-port", "UDP port of the peer" },
	{ "keepalive", "NAT keepalives while idle" },
	{ "KEEPALIVE", "Seconds, 0 for none" },
	{ "soft", "Limits that raise an event" },
	{ "hard", "Limits that end the SA" },
	{ "kilobytes", "Kilobytes before encapsulation" },
	{ "KB", "Kilobytes of 1024 octets, 0 for no limit" },
	{ "bytes", "Octets before encapsulation" },
	{ "BYTES", "Octets, 0 for no limit" },
	{ "packets", "Packets" },
	{ "PACKETS", "Packets, 0 for no limit" },
	{ "seconds", "Seconds since the SA was added" },
	{ "SECONDS", "Seconds, 0 for no limit" },
	{ "idle", "Time without a packet until an event" },
	{ "IDLE", "Seconds, 0 for never" },
	{ "seq", "Sequence number" },
	{ "SEQ", "Last one sent, or highest one received" },
	{ "selector", "Inner traffic, in the direction of the SA" },
	{ "state", "Choose it for new packets or not" },
	{ "min", "Lowest SPI" },
	{ "MIN", "Lowest SPI" },
	{ "max", "Highest SPI" },
	{ "MAX", "Highest SPI" },
	{ "id", "Number of a rule" },
	{ "ID", "Number of a rule" },
	{ "MAP", "Name of a crypto map" },
	{ "ENTRY", "Sequence number of the crypto map entry" },
	{ "index", "Order within the entry" },
	{ "INDEX", "Order within the entry" },
	{ "PROTO", "An IP protocol number" },
	{ "any", "Any address" },
	{ "host", "A single host" },
	{ "HOST", "Its address" },
	{ "NET", "Prefix" },
	{ "ADDR", "Address, with a wildcard mask behind it" },
	{ "WILDCARD", "Wildcard bits: those that do not count" },
	{ "eq", "Only packets of this port" },
	{ "neq", "Only packets not of this port" },
	{ "gt", "Only packets of a greater port" },
	{ "lt", "Only packets of a lower port" },
	{ "range", "Only packets of these ports" },
	{ "EQ", "Port" },
	{ "NEQ", "Port" },
	{ "GT", "Port" },
	{ "LT", "Port" },
	{ "LO", "First port" },
	{ "HI", "Last port" },
	{ "TYPE", "ICMP type" },
	{ "CODE", "ICMP code" },
	{ "peer", "The other gateway" },
	{ "PEER", "Its address" },
	{ "staged", "Takes effect with the next 'map commit'" },
	{ "dev", "Interface" },
	{ "IF", "Name of an interface" },
	{ "PORT", "UDP port" },
	{ "VALUE", "New value" },
	{ "ADDRESS", "Outer destination address" },
	{ "running-config", "Current operating configuration" },
	{ "startup-config", "Contents of startup configuration" },
	{ "configure", "Enter configuration mode" },
	{ "config", "What Easy VPN remotes were given: nothing" },
	{ "terminal", "Configure from the terminal" },
	{ "reference", "All configuration commands" },
	{ "check", "Look at a file without applying it" },
	{ "FILE", "A file; the startup configuration if it is left out" },
	{ "copy", "Copy from one file to another" },
	{ "write", "Write running configuration to memory" },
	{ "memory", "Write to the startup configuration; use of memory" },
	{ "UNIT", "Its number" },
	{ 0 },
};

const struct cmd_table ctl_table = {
	.cmds = cmds,
	.n_cmds = sizeof(cmds) / sizeof(cmds[0]),
	.help = help,
	.types = types,
};
