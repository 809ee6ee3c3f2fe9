/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificate maps: which certificates an ISAKMP profile is for. */
#ifndef IKEHELPER_CERTMAP_H
#define IKEHELPER_CERTMAP_H

#include "../lib/date.h"
#include "msg.h"
#include "pki_names.h"

/* One line; those of one entry stand together. */
struct certmap_rule {
	uint32_t entry; /* all lines of an entry must fit */
	uint8_t field; /* CFG_CERT_SUBJECT ... */
	uint8_t op; /* CFG_CERT_EQ ... */
	char *text;
	struct date_span when; /* what it says, if it is a date */
};

/* Lines of one profile; entries behind them would fit nobody. */
#define CERTMAP_MAX 1000

struct certmap {
	struct certmap_rule *v;
	unsigned int n;
};

void certmap_free(struct certmap *map);
void certmap_put(struct msg *m, const struct certmap *map);

/* Into a cleared one, ready for certmap_fits(). */
bool certmap_get(struct msg *m, struct certmap *map);

/* Names as certmap_fits() compares them. */
void certmap_norm(struct pki_names *names);

/* Does an entry fit? Case and blanks beside , = and + do not count. */
bool certmap_fits(const struct certmap *map, const struct pki_names *names);

#endif
