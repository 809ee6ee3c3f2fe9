/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the configuration to rules of the kernel, peers, flows and keys. */
#ifndef IKEHELPER_COMPILE_H
#define IKEHELPER_COMPILE_H

#include <net/if.h>

#include "../lib/cfg_policy.h"
#include "plan.h"
#include "refs.h"
#include "trust_file.h"

/* A rule of the kernel that the configuration wants. */
struct want_rule {
	struct policy policy; /* place, action, selector, peers */
	uint32_t flow; /* index in wants.flows, or UINT32_MAX */
	uint32_t id; /* the kernel's, once it is there */
};

/* A crypto map that an interface is to have. */
struct want_bind {
	char dev[32];
	uint32_t vrf; /* that the device is in */
	char map[MAP_NAME_SIZE];
	const struct cfg_if *tunnel; /* a tunnel interface, which we make */
	bool is_foreign; /* somebody else's device has that name */
};

/* Where addresses of names and VRFs come from; NULL: there are none. */
struct compile_names {
	cfg_resolve resolve;
	void *arg;
	/* As in vrf.h. */
	uint32_t (*vrf_named)(void *arg, const char *name);
	uint32_t (*vrf_of)(void *arg, const char *dev, char name[IF_NAMESIZE]);
	void *vrf_arg;
};

struct want_vrf {
	uint32_t index; /* of its device */
	char name[IF_NAMESIZE];
};

/* All that a configuration wants. What is in it points to the configuration. */
struct wants {
	const struct cfg *cfg;
	struct cfg *own; /* it, with maps of tunnel interfaces, or NULL */
	const struct trust_files *trusts;
	const struct compile_names *names;
	struct want_rule *rules; /* by map, sequence number, index */
	size_t n_rules, cap_rules;
	struct want_bind *binds;
	size_t n_binds, cap_binds;
	struct profile *profiles; /* by name */
	size_t n_profiles, cap_profiles;
	struct plan_peer *peers;
	size_t n_peers, cap_peers;
	struct plan_flow *flows;
	size_t n_flows, cap_flows;
	struct want_vrf *vrfs; /* all that are named or used */
	size_t n_vrfs, cap_vrfs;
	uint32_t *fronts; /* those in which IKE is spoken */
	size_t n_fronts, cap_fronts;
	bool has_rri; /* some entry wants reverse routes */
	bool is_bad; /* no memory */
};

/* A VRF by its name: its device, VRF_NONE if there is none. */
uint32_t compile_vrf(const struct compile_names *names, const char *name);

/* The same, remembered with its name; NULL is the global table. */
uint32_t want_vrf(struct wants *w, const char *name);
const char *want_vrf_name(const struct wants *w, uint32_t vrf);

/* The VRF of the interfaces that have a map. */
uint32_t want_front(const struct wants *w, const char *map);

/* The address of a name, if it is known. */
bool compile_name(const struct compile_names *names, const char *host,
		  struct addr *a);

/* An address of ours, or that of an interface; one of nobody if it has none. */
struct addr compile_local(const struct cfg *cfg, const char *ifname,
			  const struct addr *a);

/*
 * Work out what @cfg wants; @trusts are the files of its trust points. NULL: no
 * memory.
 */
struct wants *compile(const struct cfg *cfg, const struct trust_files *trusts,
		      const struct compile_names *names, struct refs *refs);
void wants_free(struct wants *w);

/* One more of a list, zeroed; a copy of a text. NULL: no memory, is_bad. */
void *wants_more(struct wants *w, void *array, size_t *n, size_t *cap,
		 size_t size);
char *wants_text(struct wants *w, const char *text);

#endif
