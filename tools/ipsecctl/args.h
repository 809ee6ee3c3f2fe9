/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From matched words to the structs of the model. */
#ifndef IPSECCTL_ARGS_H
#define IPSECCTL_ARGS_H

#include "ctl.h"
#include "../lib/model_ns.h"

/* The number of a crypto map's interface; 0 after it has said why not. */
uint32_t args_ifindex(const char *name);

/* MAP, ENTRY, INDEX or ID of a rule, those that are there. */
void args_policy_key(const struct cmd_match *m, struct policy *key);

/* The same, looked up: the number of the rule. DONE or FAILED. */
int args_policy_id(struct ctx *c, const struct cmd_match *m, uint32_t *id);

/*
 * The selector that begins at argument *@i, which ends up behind it.
 * DONE, or USAGE after it has said what is wrong.
 */
int args_selector(const struct cmd_match *m, int *i, struct selector *out);

/* The device of a VRF, 0 for "Global". DONE or FAILED. */
int args_vrf(const struct cmd_arg *a, uint32_t *vrf);

/* A whole SA of "sa add" or the changes of "sa update". */
int args_sa(struct ctx *c, const struct cmd_match *m, struct sa *sa);

/* DIR, SPI, REMOTE and the rule of a key or a filter. */
int args_sa_key(struct ctx *c, const struct cmd_match *m, struct sa *key);

#endif
