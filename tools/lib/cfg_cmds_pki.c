// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: crypto pki trustpoint, crypto pki certificate map. */
#include "cfg_cmd.h"

#include <stdio.h>
#include <string.h>

#include "date.h"

static void write_kept(struct cfg_writer *w, const void *obj)
{
	cfg_w_kept(w, &((const struct cfg_trustpoint *)obj)->kept);
}

static const struct cfg_cmd trustpoint_rows[] = {
	{ .pattern = "enrollment ( url URL=name | terminal [ pem ] | "
		     "selfsigned | pkcs12 )",
	  .text = "Where the certificate comes from; nothing is enrolled.",
	  CFG_WORDS(cfg_trustpoint, enrollment, "enrollment") },
	{ .pattern = "subject-name SUBJECT=line",
	  .text = "Subject of the certificate.",
	  CFG_TEXT(cfg_trustpoint, subject, "subject-name") },
	{ .pattern = "fqdn ( none | FQDN=host )",
	  .text = "Host name in the certificate.",
	  CFG_WORDS(cfg_trustpoint, fqdn, "fqdn") },
	{ .pattern = "ip-address ( none | ADDRESS=addr4 | IF=name )",
	  .text = "Address in the certificate.",
	  CFG_WORDS(cfg_trustpoint, ip_address, "ip-address") },
	{ .pattern = "serial-number [ none ]",
	  .text = "Serial number in the certificate.",
	  CFG_WORDS(cfg_trustpoint, serial, "serial-number") },
	{ .pattern = "revocation-check ( crl | ocsp | none ) "
		     "{ crl | ocsp | none }",
	  .text = "How revoked certificates are found.",
	  CFG_WORDS(cfg_trustpoint, revocation, "revocation-check") },
	{ .pattern = "rsakeypair LABEL=name [ SIZE=num(360-4096) ]",
	  .text = "Key pair of the certificate.",
	  CFG_WORDS(cfg_trustpoint, rsakeypair, "rsakeypair") },
	{ .pattern = "file ca FILE=path",
	  .text = "File with the certificates of the authority (PEM).",
	  CFG_TEXT(cfg_trustpoint, ca_file, "file ca") },
	{ .pattern = "file crl FILE=path",
	  .text = "File with the revoked certificates (PEM or DER).",
	  CFG_TEXT(cfg_trustpoint, crl_file, "file crl") },
	{ .pattern = "file certificate FILE=path",
	  .text = "File with our certificate (PEM).",
	  CFG_TEXT(cfg_trustpoint, cert_file, "file certificate") },
	{ .pattern = "file private-key FILE=path",
	  .text = "File with our private key (PEM).",
	  CFG_TEXT(cfg_trustpoint, key_file, "file private-key") },
	{ .write = write_kept },
};
const struct cfg_rows cfg_rows_trustpoint = { trustpoint_rows,
					      CFG_ROWS(trustpoint_rows), 0 };

/* --- certificate maps ------------------------------------------------------- */

#define RULE_MAX 1100 /* a line with the longest text */

/* All words behind the operator, one blank between. */
static void rest_of(const struct cmd_match *m, char buf[RULE_MAX])
{
	size_t n = 0;
	int i = 0;

	buf[0] = '\0';
	while (i < m->n && strcmp(m->arg[i].name, "OP"))
		i++;
	while (++i < m->n && n < RULE_MAX)
		n += snprintf(buf + n, RULE_MAX - n, "%s%s", n ? " " : "",
			      m->arg[i].text);
}

static bool is_date(const struct cmd_match *m)
{
	return cfg_text(m, "YEAR");
}

/* How the line is written, and what it is called in its table. */
static bool rule_name(const struct cmd_match *m, char buf[RULE_MAX])
{
	bool date = is_date(m);
	char text[RULE_MAX];

	rest_of(m, text);
	return snprintf(buf, RULE_MAX, "%s %s %s",
			names_str(date ? cfg_names_cert_date :
					 cfg_names_cert_field,
				  cfg_num(m, "FIELD", 0)),
			names_str(date ? cfg_names_cert_when :
					 cfg_names_cert_op,
				  cfg_num(m, "OP", 0)),
			date ? text : cfg_text(m, "TEXT")) < RULE_MAX;
}

static int set_rule(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_cert_entry *entry = obj;
	char name[RULE_MAX], text[RULE_MAX];
	struct cfg_cert_rule *r;

	if (!rule_name(m, name))
		return cfg_bad_word(e, m, "TEXT");
	r = cfg_get(&entry->rules, name);
	if (!r)
		return CFG_FAILED;
	r->field = cfg_num(m, "FIELD", 0);
	r->op = cfg_num(m, "OP", 0);
	rest_of(m, text);
	return cfg_status(
		cfg_set_str(&r->text, is_date(m) ? text : cfg_text(m, "TEXT")));
}

static int unset_rule(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *rules = &((struct cfg_cert_entry *)obj)->rules;
	char name[RULE_MAX];

	(void)e;
	if (rule_name(m, name))
		cfg_del(rules, cfg_find(rules, name));
	return CFG_DONE;
}

bool cfg_cert_entry_may_fit(const struct cfg_cert_entry *e)
{
	const struct cfg_cert_rule *r;
	struct date_span d;

	cfg_for_each(r, &e->rules) if (cfg_cert_is_date(r->field) &&
				       !date_parse(r->text, &d)) return false;
	return e->rules.n && !e->kept.n;
}

static void write_rules(struct cfg_writer *w, const void *obj)
{
	const struct cfg_cert_entry *entry = obj;
	const struct cfg_cert_rule *r;

	cfg_for_each(r, &entry->rules) cfg_w_line(w, "%s", r->obj.name);
	cfg_w_kept(w, &entry->kept);
}

#define RULE "FIELD=certfield OP=certop TEXT=line"
#define DATE                                                        \
	"FIELD=certdate OP=certwhen ( MONTH=month DAY=num(1-31) | " \
	"DAY=num(1-31) ( MONTH=month | NUMBER=num(1-12) ) ) "       \
	"YEAR=num(1900-9999) [ TIME=clock ]"

static const struct cfg_cmd cert_map_rows[] = {
	{ .pattern = RULE,
	  .text = "What the certificate must have; all lines must fit.",
	  .set = set_rule,
	  .unset = unset_rule,
	  .write = write_rules,
	  .no = RULE },
	{ .pattern = DATE,
	  .text = "When the certificate must begin or end to be valid; UTC.",
	  .set = set_rule,
	  .unset = unset_rule,
	  .no = DATE },
};
const struct cfg_rows cfg_rows_cert_map = { cert_map_rows,
					    CFG_ROWS(cert_map_rows), 0 };

static int enter_map(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_cert_map *map = cfg_get(&((struct cfg *)obj)->cert_maps,
					   cfg_text(m, "CERTMAP"));
	uint32_t seq = cfg_num(m, "SEQ", 0);

	if (!map || !cfg_get_num(&map->entries, seq))
		return CFG_FAILED;
	cfg_enter(e, CFG_M_CERT_MAP, map->obj.name, seq);
	return CFG_DONE;
}

static int no_map(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *maps = &((struct cfg *)obj)->cert_maps;
	struct cfg_cert_map *map = cfg_find(maps, cfg_text(m, "CERTMAP"));
	uint32_t seq = cfg_num(m, "SEQ", 0);

	(void)e;
	if (map && seq)
		cfg_del(&map->entries, cfg_find_num(&map->entries, seq));
	if (map && (!seq || !map->entries.n))
		cfg_del(maps, map);
	return CFG_DONE;
}

static void write_maps(struct cfg_writer *w, const void *obj)
{
	const struct cfg_cert_entry *entry;
	const struct cfg_cert_map *map;

	cfg_for_each(map, &((const struct cfg *)obj)->cert_maps)
		cfg_for_each(entry, &map->entries)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto pki certificate map %s %u", map->obj.name,
			   entry->obj.num);
		cfg_w_block(w, CFG_M_CERT_MAP, entry);
	}
}

/* --- the global mode --------------------------------------------------------- */

static int enter(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_trustpoint *t = cfg_get(&((struct cfg *)obj)->trustpoints,
					   cfg_text(m, "TRUSTPOINT"));

	if (!t)
		return CFG_FAILED;
	cfg_enter(e, CFG_M_TRUSTPOINT, t->obj.name, 0);
	return CFG_DONE;
}

static int no(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *t = &((struct cfg *)obj)->trustpoints;

	(void)e;
	cfg_del(t, cfg_find(t, cfg_text(m, "TRUSTPOINT")));
	return CFG_DONE;
}

static int refuse(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)obj;
	cfg_say(e,
		"%% Certificates are not enrolled or imported here; put them "
		"into the files of trust point %s under " CFG_PKI_DIR ".\n",
		cfg_text(m, "TRUSTPOINT"));
	return CFG_REFUSED;
}

static void write_all(struct cfg_writer *w, const void *obj)
{
	const struct cfg_trustpoint *t;

	cfg_for_each(t, &((const struct cfg *)obj)->trustpoints)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto pki trustpoint %s", t->obj.name);
		cfg_w_block(w, CFG_M_TRUSTPOINT, t);
	}
}

#define CERTMAP "crypto ( pki | ca ) certificate map CERTMAP=name"
#define TRUSTPOINT "crypto ( pki | ca ) trustpoint TRUSTPOINT=name"

static const struct cfg_cmd rows[] = {
	{ .pattern = TRUSTPOINT,
	  .text = "Edit a trust point.",
	  .set = enter,
	  .unset = no,
	  .write = write_all,
	  .no = TRUSTPOINT },
	{ .pattern = CERTMAP " SEQ=num(1-65535)",
	  .text = "Edit an entry of a certificate map; one of them must fit.",
	  .set = enter_map,
	  .unset = no_map,
	  .write = write_maps,
	  .no = CERTMAP " [ SEQ=num(1-65535) ]" },
	{ .pattern = "crypto ( pki | ca ) ( authenticate | enroll | import ) "
		     "TRUSTPOINT=name [ MORE=line ]",
	  .text = "Refused: certificates come from files.",
	  .set = refuse,
	  .no = "" },
};
const struct cfg_rows cfg_rows_pki = { rows, CFG_ROWS(rows), CFG_AT_PKI };
