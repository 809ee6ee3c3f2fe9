// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: crypto pki trustpoint. */
#include "cfg_cmd.h"

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

#define TRUSTPOINT "crypto ( pki | ca ) trustpoint TRUSTPOINT=name"

static const struct cfg_cmd rows[] = {
	{ .pattern = TRUSTPOINT,
	  .text = "Edit a trust point.",
	  .set = enter,
	  .unset = no,
	  .write = write_all,
	  .no = TRUSTPOINT },
	{ .pattern = "crypto ( pki | ca ) ( authenticate | enroll | import ) "
		     "TRUSTPOINT=name [ MORE=line ]",
	  .text = "Refused: certificates come from files.",
	  .set = refuse,
	  .no = "" },
};
const struct cfg_rows cfg_rows_pki = { rows, CFG_ROWS(rows), CFG_AT_PKI };
