/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Families of metrics and their samples, and the parts that make them. */
#ifndef IPSECCTL_METRICS_PART_H
#define IPSECCTL_METRICS_PART_H

#include "metrics.h"

#define METRICS_COUNTER "counter"
#define METRICS_GAUGE "gauge"

/* A new family; its samples. */
row *metrics_family(row *all, const char *name, const char *type,
		    const char *help);

/* A new sample with that value; its labels, to which more may be added. */
row *metrics_sample(row *samples, uint64_t value);

/* A family with one sample that has no labels. */
void metrics_single(row *all, const char *name, const char *type,
		    const char *help, uint64_t value);

void metrics_label(row *labels, const char *key, uint64_t v);

/* metrics_rule.c: interfaces, rules and SAs */
void metrics_add_view(row *all, const struct view *v);

/* metrics_session.c */
void metrics_add_sessions(row *all, row *sessions);

#endif
