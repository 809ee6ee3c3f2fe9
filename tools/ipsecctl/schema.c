// SPDX-License-Identifier: GPL-2.0-or-later
/* Which JSON schema describes what a command prints with --json. */
#include "schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/log.h"
#include "cmds.h"

#ifndef SCHEMADIR
#define SCHEMADIR "/usr/share/ipsecgw/schema"
#endif

#define IKE_MIB "show-crypto-mib-isakmp-flowmib-"
#define IPSEC_MIB "show-crypto-mib-ipsec-flowmib-"

/* Files of Documentation/schema; the first row whose word is there counts. */
static const struct schema {
	int (*run)(void *ctx, const struct cmd_match *m);
	const char *word; /* of the command; NULL: any */
	const char *name;
} schemas[] = {
	{ do_sa_add, NULL, "sa-add" },
	{ do_sa_get, NULL, "sa-get" },
	{ do_sa_list, NULL, "sa-list" },
	{ do_sa_flush, NULL, "sa-flush" },
	{ do_sa_alloc_spi, NULL, "sa-alloc-spi" },
	{ do_policy_add, NULL, "policy-add" },
	{ do_policy_get, NULL, "policy-get" },
	{ do_policy_list, NULL, "policy-list" },
	{ do_policy_flush, NULL, "policy-flush" },
	{ do_map_list, NULL, "map-list" },
	{ do_encap_list, NULL, "encap-list" },
	{ do_acquire_list, NULL, "acquire-list" },
	{ do_conf_get, NULL, "conf-get" },
	{ do_stats, NULL, "stats" },
	{ do_monitor, NULL, "monitor" },
	{ do_top, NULL, "top" },
	{ do_explain, NULL, "explain" },
	{ do_metrics, NULL, "metrics" },
	{ do_show_ipsec_sa, "address", "show-crypto-ipsec-sa-address" },
	{ do_show_ipsec_sa, "identity", "show-crypto-ipsec-sa-identity" },
	{ do_show_ipsec_sa, NULL, "show-crypto-ipsec-sa" },
	{ do_show_ipsec_sa_count, NULL, "show-crypto-ipsec-sa-count" },
	{ do_show_engine_active, NULL,
	  "show-crypto-engine-connections-active" },
	{ do_show_engine_dropped, NULL,
	  "show-crypto-engine-connections-dropped-packet" },
	{ do_show_accel, NULL, "show-crypto-engine-accelerator-statistic" },
	{ do_show_eli, NULL, "show-crypto-eli" },
	{ do_show_isakmp_sa, "count", "show-crypto-isakmp-sa-count" },
	{ do_show_isakmp_sa, NULL, "show-crypto-isakmp-sa" },
	{ do_show_isakmp_policy, NULL, "show-crypto-isakmp-policy" },
	{ do_show_isakmp_default, NULL, "show-crypto-isakmp-default-policy" },
	{ do_show_isakmp_key, NULL, "show-crypto-isakmp-key" },
	{ do_show_isakmp_peers, NULL, "show-crypto-isakmp-peers" },
	{ do_show_isakmp_profile, NULL, "show-crypto-isakmp-profile" },
	{ do_show_failures, NULL, "show-crypto-isakmp-failures" },
	{ do_show_transform, NULL, "show-crypto-ipsec-transform-set" },
	{ do_show_transform_default, NULL,
	  "show-crypto-ipsec-default-transform-set" },
	{ do_show_ipsec_profile, NULL, "show-crypto-ipsec-profile" },
	{ do_show_sa_lifetime, NULL, "show-crypto-ipsec-security-association" },
	{ do_show_map, NULL, "show-crypto-map" },
	{ do_show_dynamic_map, NULL, "show-crypto-dynamic-map" },
	{ do_show_session, NULL, "show-crypto-session" },
	{ do_show_session_groups, NULL, "show-crypto-session-groups" },
	{ do_show_mib_isakmp, "failure", IKE_MIB "failure" },
	{ do_show_mib_isakmp, "global", IKE_MIB "global" },
	{ do_show_mib_isakmp, "history", IKE_MIB "history" },
	{ do_show_mib_isakmp, "peer", IKE_MIB "peer" },
	{ do_show_mib_isakmp, "tunnel", IKE_MIB "tunnel" },
	{ do_show_mib_ipsec, "size", IPSEC_MIB "history-size" },
	{ do_show_mib_ipsec, "endpoint", IPSEC_MIB "endpoint" },
	{ do_show_mib_ipsec, "failure", IPSEC_MIB "failure" },
	{ do_show_mib_ipsec, "global", IPSEC_MIB "global" },
	{ do_show_mib_ipsec, "history", IPSEC_MIB "history" },
	{ do_show_mib_ipsec, "spi", IPSEC_MIB "spi" },
	{ do_show_mib_ipsec, "tunnel", IPSEC_MIB "tunnel" },
	{ do_show_mib_ipsec, "version", IPSEC_MIB "version" },
	{ do_show_ruleset, NULL, "show-crypto-ruleset" },
	{ do_show_version, NULL, "show-version" },
	{ do_show_logging, NULL, "show-logging" },
	{ do_show_tech, NULL, "show-tech-support-ipsec" },
	{ do_show_processes, NULL, "show-processes" },
	{ do_show_debugging, NULL, "show-debugging" },
	{ do_show_condition, NULL, "show-crypto-debug-condition" },
	{ do_debug, NULL, "debug-crypto" },
	{ do_config_check, NULL, "configure-check" },
};

#define SCHEMAS (sizeof(schemas) / sizeof(schemas[0]))

const char *schema_of(const struct cmd_match *m)
{
	size_t i;

	for (i = 0; i < SCHEMAS; i++)
		if (schemas[i].run == m->cmd->run &&
		    (!schemas[i].word || cmd_has(m, schemas[i].word)))
			return schemas[i].name;
	return NULL;
}

const char *schema_of_row(const struct cmd *cmd, unsigned int i)
{
	size_t k;

	for (k = 0; k < SCHEMAS; k++)
		if (schemas[k].run == cmd->run && !i--)
			return schemas[k].name;
	return NULL;
}

/* "sa get" without its parameters: by the words of the name. */
static const char *by_words(const struct cmd_line *line)
{
	char name[128] = "";
	size_t k, n = 0;
	int i;

	for (i = 0; i < line->n && n < sizeof(name); i++)
		n += snprintf(name + n, sizeof(name) - n, "%s%s", i ? "-" : "",
			      line->tok[i].text);
	for (k = 0; k < SCHEMAS; k++)
		if (!strcmp(schemas[k].name, name))
			return schemas[k].name;
	return NULL;
}

static int print_file(const char *name)
{
	const char *dir = getenv("IPSECGW_SCHEMAS");
	char path[4096], buf[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.json", dir ? dir : SCHEMADIR, name);
	f = fopen(path, "re");
	if (!f) {
		log_error("cannot read '%s': %s", path, strerror(errno));
		return FAILED;
	}
	while ((n = fread(buf, 1, sizeof(buf), f)))
		fwrite(buf, 1, n, stdout);
	n = ferror(f);
	fclose(f);
	if (!n)
		return DONE;
	log_error("cannot read '%s'", path);
	return FAILED;
}

int schema_print(struct ctx *c, const struct cmd_line *line)
{
	static struct cmd_match m;
	const char *name = by_words(line);
	enum cmd_status found;
	size_t i;

	for (i = 0; !line->n && i < SCHEMAS; i++)
		printf("%s\n", schemas[i].name);
	if (!line->n)
		return DONE;
	if (name)
		return print_file(name);
	found = cmd_parse(c->cmds, line, &m);
	if (found != CMD_OK) {
		cmd_complain(stderr, c->cmds, line, &m, found, log_prefix());
		return USAGE;
	}
	name = schema_of(&m);
	if (name)
		return print_file(name);
	log_error("this command prints no JSON");
	return USAGE;
}
