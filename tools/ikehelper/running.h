/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running configuration and what it means to the other roles. */
#ifndef IKEHELPER_RUNNING_H
#define IKEHELPER_RUNNING_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/model.h"
#include "proc.h"

struct gnl;
struct krn_acquire;
struct krn_req;
struct request;
struct running;
struct sockets;
struct vrfs;

struct running_ops {
	struct proc *proc;
	struct gnl *gnl;
	const char *path; /* of the startup configuration */
	struct resolve *names;
	struct vrfs *vrfs;
	struct sockets *sockets;
	const char *state; /* what belongs to it is beside it */
	/* An interface or its address is missing: call running_bind() again later. */
	void (*missing)(void *arg);
	void (*acquire)(void *arg, const struct krn_acquire *a);
	void *arg;
};

/*
 * Read the startup configuration and put it into force. NULL after it has said
 * why.
 */
struct running *running_new(const struct running_ops *ops);
void running_free(struct running *r);

/* Read the startup configuration again and go over to it. */
bool running_reload(struct running *r);

/* An address or a VRF is another one: all is worked out anew. */
void running_renew(struct running *r);

/* Try again what waits for an interface; how much still does. */
unsigned int running_bind(struct running *r);

/* Tunnel interfaces without an SA want one; how many there are at all. */
unsigned int running_want(struct running *r);

/* The engine goes on with what it has of an earlier run: the rest goes. */
void running_sweep(struct running *r);

/* Answer a client. */
void running_request(struct running *r, uint32_t id, const struct request *req);

/* The kernel has carried out this request of the engine. */
void running_note(struct running *r, const struct krn_req *req);

/* A flow of the configuration in force, or NULL. */
const struct plan_flow *running_flow(const struct running *r, uint32_t ref);

#endif
