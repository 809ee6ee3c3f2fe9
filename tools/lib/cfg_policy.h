/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From crypto maps to the rules that the module wants. */
#ifndef LIB_CFG_POLICY_H
#define LIB_CFG_POLICY_H

#include "cfg.h"
#include "model_sa.h"
#include "secret.h"

/*
 * Rules that drop what a dynamic map protects while nobody has negotiated it;
 * they stand behind the rules of its instances, which begin at 65536. Each
 * template has a number of its own: a deny leads to the next one.
 */
#define CFG_SEQ_TEMPLATE 0xffff0000U

/* Rules in the order of the module: sequence number, index. */
struct cfg_rules {
	struct policy *v;
	size_t n;
	size_t cap;
};

/* The address of a peer that is configured by its name; false for none. */
typedef bool (*cfg_resolve)(void *arg, const char *host, struct addr *a);

/*
 * Why an entry protects nothing yet, in one sentence with what to do next;
 * NULL if it is active.
 */
const char *cfg_entry_inactive(const struct cfg *cfg,
			       const struct cfg_entry *e);

/*
 * The rules of all active entries of a map. Index of a rule is the sequence
 * number of its access list line, so that it stays when other lines change.
 * A permit that IKEv1 cannot negotiate (a range of ports) becomes a rule
 * that drops: never clear text. So does every permit of an ipsec-manual entry
 * behind the first one, as it has one pair of SAs. 0 or -ENOMEM.
 */
int cfg_rules_build(struct cfg_rules *rules, const struct cfg *cfg,
		    const struct cfg_map *map, cfg_resolve resolve, void *arg);
void cfg_rules_free(struct cfg_rules *rules);

/* The line is a permit whose ports no IKEv1 identity can express. */
bool cfg_ace_is_too_fine(const struct cfg_ace *ace);

/* ACTION_ of the rule of a line, for an entry that negotiates; not of a remark. */
uint8_t cfg_ace_action(const struct cfg *cfg, const struct cfg_ace *ace);

/* Its selector: types of ICMP do not count for protection. */
struct selector cfg_ace_selector(const struct cfg_ace *ace);

/* --- interfaces ---------------------------------------------------------- */

/* Our address for a map on an interface; family 0 if there is none. */
struct addr cfg_map_local(const struct cfg *cfg, const struct cfg_map *map,
			  const struct cfg_if *ifc);

/*
 * What becomes of the packets of a map. Of each setting, that of the first of its
 * interfaces that says one, else the global one.
 */
struct sa_handling cfg_map_handling(const struct cfg *cfg, const char *map);

/* --- entries with keys of their own ---------------------------------------- */

/* A pair of SAs; the keys lie in @key and live as long as they do. */
struct cfg_manual {
	struct sa in;
	struct sa out;
	struct secret key[4];
};

/*
 * The SAs of an active ipsec-manual entry, without the rule's number. NULL,
 * or a sentence why not. To be freed either way.
 */
const char *cfg_manual_build(struct cfg_manual *man, const struct cfg *cfg,
			     const struct cfg_entry *e,
			     const struct addr *local);
void cfg_manual_free(struct cfg_manual *man);

#endif
