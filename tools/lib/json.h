/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of the module as JSON, by the names of the contract. */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include "model_ns.h"

struct json_object;

/*
 * Each field that is set, hyphens of its name turned into underscores.
 * Keys are never in it. The caller owns what is returned.
 */
struct json_object *json_sa(const struct sa *sa);
struct json_object *json_policy(const struct policy *p);
struct json_object *json_map(const struct map *map);
struct json_object *json_encap(const struct encap *e);
struct json_object *json_ns(const struct ns *ns);
struct json_object *json_conf(const struct conf *conf);
struct json_object *json_selector(const struct selector *s);
struct json_object *json_stats(const struct stats *s);

#endif
