/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modes of the configuration: prompts, parents, which object is edited. */
#ifndef LIB_CFG_MODE_H
#define LIB_CFG_MODE_H

#include "cfg.h"
#include "cmd.h"

enum cfg_mode {
	CFG_M_GLOBAL,
	CFG_M_POLICY,
	CFG_M_PEER,
	CFG_M_PROFILE,
	CFG_M_GROUP,
	CFG_M_KEYRING,
	CFG_M_TRUSTPOINT,
	CFG_M_CERT_MAP, /* an entry of a certificate map */
	CFG_M_TRANSFORM,
	CFG_M_IPSEC_PROFILE,
	CFG_M_MAP, /* an entry of a crypto map or a dynamic map */
	CFG_M_IF,
	CFG_M_ACL,
	CFG_M_STD_ACL,
	CFG_M_N,
};

#define CFG_NAME_MAX 100 /* characters of a name */

/*
 * Where an editor stands: the mode and the object by name and number, so
 * that it may be deleted by somebody else.
 */
struct cfg_path {
	enum cfg_mode mode;
	bool is_template; /* CFG_M_MAP: of a dynamic map */
	char name[3 * CFG_NAME_MAX];
	uint32_t num;
};

/* "(config-isakmp)" */
const char *cfg_mode_prompt(enum cfg_mode mode);

/* "ISAKMP policy", for documentation. */
const char *cfg_mode_name(enum cfg_mode mode);

/* The object of a path, NULL if it is no longer there. */
void *cfg_path_obj(struct cfg *cfg, const struct cfg_path *path);

/* Whole prompt of a router called @host: "Router(config-if)#". */
char *cfg_prompt(const struct cfg *cfg, const char *host,
		 const struct cfg_path *path, char *buf, size_t size);

/* The compiled table of a mode. Aborts when a pattern is wrong. */
struct cmd_set *cfg_mode_set(enum cfg_mode mode);

#endif
