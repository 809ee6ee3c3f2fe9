/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views "show crypto isakmp sa ...". */
#ifndef IPSECCTL_SHOW_ISAKMP_H
#define IPSECCTL_SHOW_ISAKMP_H

#include <stdbool.h>

#include "../lib/addr.h"

struct json_object;
struct out;

/* Which rows of the daemon are wanted. */
struct isakmp_filter {
	const struct addr *peer; /* NULL: any */
	uint32_t port; /* of the peer, 0: any */
	const char *vrf; /* front-door VRF, or "Global"; NULL: any */
	bool is_standby; /* of a standby unit: there are none */
	bool is_nat; /* those on port 4500 */
};

/* The rows that pass, newest first, as an array that the caller owns. */
struct json_object *show_isakmp_select(struct json_object *rows,
				       const struct isakmp_filter *f);

void show_isakmp_print(struct out *o, struct json_object *rows, bool is_nat);
void show_isakmp_print_detail(struct out *o, struct json_object *rows);
void show_isakmp_print_count(struct out *o, struct json_object *rows);
struct json_object *show_isakmp_json_count(struct json_object *rows);

#endif
