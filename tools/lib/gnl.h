/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Typed client of the module: one function per command, and dumps. */
#ifndef LIB_GNL_H
#define LIB_GNL_H

#include <stdbool.h>
#include <stddef.h>

#include "model_ns.h"

/*
 * Every function returns 0 or a negative errno. After an error gnl_error()
 * is a sentence for the user: what the module said, or what to do next.
 */
struct gnl;

/* One connection to the module of the current network namespace. */
int gnl_open(struct gnl **out);
void gnl_close(struct gnl *g);

const char *gnl_error(const struct gnl *g);

/* The answers of a dump, complete and of one moment if it can be had. */
struct gnl_dump {
	unsigned char *p;
	size_t len, cap;
	size_t pos; /* of the next answer */
	bool is_torn; /* the table changed each time it was read */
};

void gnl_dump_free(struct gnl_dump *d);
void gnl_dump_rewind(struct gnl_dump *d);

int gnl_sa_add(struct gnl *g, const struct sa *req, struct sa *reply);
int gnl_sa_update(struct gnl *g, const struct sa *req);
int gnl_sa_del(struct gnl *g, const struct sa *key);
int gnl_sa_get(struct gnl *g, const struct sa *key, struct sa *reply);
int gnl_sa_flush(struct gnl *g, const struct sa *filter, struct sa *reply);
int gnl_sa_alloc_spi(struct gnl *g, const struct sa *req, struct sa *reply);
int gnl_sa_dump(struct gnl *g, const struct sa *filter, struct gnl_dump *d);
bool gnl_sa_next(struct gnl_dump *d, struct sa *sa);

int gnl_policy_add(struct gnl *g, const struct policy *req,
		   struct policy *reply);
int gnl_policy_del(struct gnl *g, const struct policy *key);
int gnl_policy_get(struct gnl *g, const struct policy *key,
		   struct policy *reply);
int gnl_policy_flush(struct gnl *g, const struct policy *filter,
		     struct policy *reply);
int gnl_policy_dump(struct gnl *g, const struct policy *filter,
		    struct gnl_dump *d);
int gnl_acquire_dump(struct gnl *g, struct gnl_dump *d);
bool gnl_policy_next(struct gnl_dump *d, struct policy *policy);

int gnl_map_bind(struct gnl *g, const struct map *req);
int gnl_map_unbind(struct gnl *g, const struct map *req);
int gnl_map_commit(struct gnl *g, const struct map *req);
int gnl_map_dump(struct gnl *g, const struct map *filter, struct gnl_dump *d);
bool gnl_map_next(struct gnl_dump *d, struct map *map);

int gnl_encap_add(struct gnl *g, const struct encap *req);
int gnl_encap_del(struct gnl *g, const struct encap *req);
int gnl_encap_dump(struct gnl *g, struct gnl_dump *d);
bool gnl_encap_next(struct gnl_dump *d, struct encap *encap);

int gnl_stats_get(struct gnl *g, struct ns *reply);
int gnl_conf_get(struct gnl *g, struct conf *reply);
int gnl_conf_set(struct gnl *g, const struct conf *req);

/* Listen to events on this connection, which then takes no commands. */
int gnl_listen(struct gnl *g);
int gnl_fd(const struct gnl *g);

/* The next event if there is one, without waiting; -EAGAIN if not. */
int gnl_event_try(struct gnl *g, struct event *ev);

#endif
