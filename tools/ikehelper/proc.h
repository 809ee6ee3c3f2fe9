/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles: one process each, channels between them, what each may do. */
#ifndef IKEHELPER_PROC_H
#define IKEHELPER_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "msg.h"

struct event_base;

enum role { ROLE_PARENT, ROLE_ENGINE, ROLE_KEYS, ROLE_CONTROL, ROLE_N };

extern const char *const role_name[ROLE_N];

/*
 * A child finds its channel to role R at descriptor PROC_FD + R, and what
 * else the parent gave to it behind PROC_FD + ROLE_N, in order.
 */
#define PROC_FD 3
#define PROC_FD_MORE (PROC_FD + ROLE_N)
#define PROC_MORE 7 /* the most that are given */

struct proc;

/* A message has come; it is gone when the function returns. */
typedef void (*proc_recv)(void *arg, enum role from, struct msg *m);

struct proc_config {
	enum role role;
	proc_recv recv;
	void *arg;
	/* The other end has gone. */
	void (*lost)(void *arg, enum role from);
	/* What waited for room in a full channel may go on. NULL: nothing. */
	void (*room)(void *arg, enum role to);
};

/* Set up this process and its loop. NULL with errno. */
struct proc *proc_new(const struct proc_config *c);
void proc_free(struct proc *p);

struct event_base *proc_base(struct proc *p);

/* Use @fd, which is taken over, as the channel to @to. */
int proc_channel(struct proc *p, enum role to, int fd);

/* Send a message that was built, and free it. -ENOTCONN, -ENOMEM. */
int proc_send(struct proc *p, enum role to, struct msg *m);

/*
 * More waits in the channel than should. Who can wait with what makes it
 * longer waits until room() is called.
 */
bool proc_is_full(const struct proc *p, enum role to);

/* --- children ---------------------------------------------------------- */

struct proc_child {
	enum role role;
	pid_t pid;
};

/* Whom the children become. */
struct proc_user {
	uid_t uid;
	gid_t gid;
	char name[32];
};

/*
 * Start the three children, each a new run of this program, and open the
 * parent's channels to them. In @argv, "--role" is followed by a place for its
 * name and then by the other options. @more[R] are the descriptors that role R
 * gets beside its channels, -1 for none.
 */
int proc_start(struct proc *p, char **argv, int more[ROLE_N][PROC_MORE],
	       struct proc_child child[ROLE_N]);

/* In a child: take the channels that the parent has left for it. */
int proc_join(struct proc *p);

/* Become @user in an empty root, for ever, without a way to get more. */
int proc_drop(const struct proc_user *user, const char *root);

/*
 * From now on only the system calls that @role needs; another one ends the
 * process. Nothing may be loaded or opened any more.
 */
int proc_confine(enum role role);

#endif
