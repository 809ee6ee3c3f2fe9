// SPDX-License-Identifier: GPL-2.0-or-later
/* Conditions on debug lines: the peers and IKE SAs that they are to be about. */
#include "watch_cond.h"

#include <string.h>

#include <json-c/json.h>

#include "watch_topic.h"

static bool is_conditional(const struct watch_cond *c)
{
	return c->n_peers || c->n_conns;
}

bool watch_cond_passes(const struct watch_cond *c, unsigned int bits,
		       const struct ike_path *path, uint32_t conn)
{
	bool is_about = conn || (path && path->remote.addr.family);
	unsigned int i;

	if (!is_conditional(c))
		return true;
	if (!is_about)
		return bits & c->unmatched;
	for (i = 0; path && i < c->n_peers; i++)
		if (addr_eq(&c->peer[i], &path->remote.addr))
			return true;
	for (i = 0; conn && i < c->n_conns; i++)
		if (c->conn[i] == conn)
			return true;
	return false;
}

static const char *set_peer(struct watch_cond *c, const struct addr *a,
			    bool off)
{
	unsigned int i = 0;

	if (!a->family)
		return "the condition has no address";
	while (i < c->n_peers && !addr_eq(&c->peer[i], a))
		i++;
	if (off && i < c->n_peers)
		c->peer[i] = c->peer[--c->n_peers];
	if (off || i < c->n_peers)
		return NULL;
	if (i == WATCH_CONDITIONS)
		return "there are too many conditions";
	c->peer[c->n_peers++] = *a;
	return NULL;
}

static const char *set_conn(struct watch_cond *c, uint32_t conn, bool off)
{
	unsigned int i = 0;

	if (!conn)
		return "the condition has no number";
	while (i < c->n_conns && c->conn[i] != conn)
		i++;
	if (off && i < c->n_conns)
		c->conn[i] = c->conn[--c->n_conns];
	if (off || i < c->n_conns)
		return NULL;
	if (i == WATCH_CONDITIONS)
		return "there are too many conditions";
	c->conn[c->n_conns++] = conn;
	return NULL;
}

/* Without a topic: of all of them. */
static const char *set_unmatched(struct watch_cond *c, const char *word,
				 bool off)
{
	unsigned int bits = *word ? watch_topic_bits(word, true) : ~0U;

	if (!bits)
		return "there is no such debugging";
	c->unmatched = off ? c->unmatched & ~bits : c->unmatched | bits;
	return NULL;
}

const char *watch_cond_set(struct watch_cond *c, const struct request *r)
{
	bool off = r->flags & REQ_FLAG_OFF;

	if (!strcmp(r->name, "peer"))
		return set_peer(c, &r->addr, off);
	if (!strcmp(r->name, "connid"))
		return set_conn(c, r->number, off);
	if (!strcmp(r->name, "unmatched"))
		return set_unmatched(c, r->text, off);
	if (strcmp(r->name, "reset") != 0)
		return "the daemon does not know this condition";
	c->n_peers = c->n_conns = c->unmatched = 0;
	return NULL;
}

static void add_words(struct json_object *o, const char *key, unsigned int bits)
{
	struct json_object *list = json_object_new_array();
	const char *word;
	unsigned int bit;
	size_t i;

	for (i = 0; (word = watch_topic(i, &bit)); i++)
		if (bits & bit)
			json_object_array_add(list,
					      json_object_new_string(word));
	json_object_object_add(o, key, list);
}

struct json_object *watch_cond_row(const struct watch_cond *c)
{
	struct json_object *o = json_object_new_object();
	struct json_object *peers = json_object_new_array();
	struct json_object *conns = json_object_new_array();
	char a[ADDR_STR];
	unsigned int i;

	json_object_object_add(o, "on",
			       json_object_new_boolean(is_conditional(c)));
	for (i = 0; i < c->n_peers; i++)
		json_object_array_add(peers, json_object_new_string(
						     addr_fmt(&c->peer[i], a)));
	for (i = 0; i < c->n_conns; i++)
		json_object_array_add(conns, json_object_new_int64(c->conn[i]));
	json_object_object_add(o, "peers", peers);
	json_object_object_add(o, "connections", conns);
	add_words(o, "unmatched", c->unmatched);
	return o;
}
