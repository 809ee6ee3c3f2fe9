// SPDX-License-Identifier: GPL-2.0-or-later
/* The command "metrics": to standard output, or to a file at once. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"
#include "metrics.h"
#include "show_session.h"

struct asked {
	struct view view;
	struct ns ns;
	bool has_module;
	row *ikes, *known, *ike; /* of the daemon */
	row *sessions;
};

/* What does not run is part of the answer; what refuses is a failure. */
static int ask_module(struct ctx *c, struct asked *a)
{
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return DONE;
	if (gnl_stats_get(g, &a->ns) || view_collect(g, &a->view))
		return ctl_refused(c, "metrics");
	a->has_module = true;
	return DONE;
}

static int ask_daemon(struct asked *a)
{
	if (!daemon_runs()) {
		log_warn("ikehelper does not run: its part is missing");
		return DONE;
	}
	if (daemon_call(daemon_request("isakmp-sa"), &a->ikes) != DONE ||
	    daemon_call(daemon_request("session"), &a->known) != DONE ||
	    daemon_call(daemon_request("isakmp-global"), &a->ike) != DONE)
		return FAILED;
	return DONE;
}

static row *rows_of(struct asked *a)
{
	struct metrics_facts f = {
		.view = a->has_module ? &a->view : NULL,
		.ns = a->has_module ? &a->ns : NULL,
		.has_daemon = a->known,
		.ike = row_len(a->ike) ? row_at(a->ike, 0) : NULL,
	};

	if (a->has_module)
		a->sessions = session_rows(&a->view, a->ikes, a->known);
	f.sessions = a->sessions;
	return metrics_rows(&f);
}

static void forget(struct asked *a)
{
	json_object_put(a->ikes);
	json_object_put(a->known);
	json_object_put(a->ike);
	json_object_put(a->sessions);
	view_free(&a->view);
}

static void print(struct out *o, row *families)
{
	if (out_is_json(o))
		out_json(o, json_object_get(families));
	else
		metrics_print(o, families);
}

/* 0 or a negative errno. */
static int fill(int fd, bool is_json, row *families)
{
	struct out *o = out_new(fd, is_json);
	int err;

	if (!o)
		return -ENOMEM;
	print(o, families);
	err = out_end(o);
	out_free(o);
	/* Before the name: after a crash it must not stand for an empty file. */
	if (!err && (fchmod(fd, 0644) || fsync(fd)))
		err = -errno;
	return err;
}

/*
 * A collector reads the file at any time, so it is complete at any time: it is
 * written under another name, which collectors skip, and then renamed.
 */
static int write_file(const char *path, bool is_json, row *families)
{
	char *tmp;
	int fd, err = 0;

	if (asprintf(&tmp, "%s.XXXXXX", path) < 0) {
		log_error("out of memory");
		return FAILED;
	}
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
	} else {
		err = fill(fd, is_json, families);
		if (close(fd) && !err)
			err = -errno;
		if (!err && rename(tmp, path))
			err = -errno;
		if (err)
			unlink(tmp);
	}
	free(tmp);
	if (!err)
		return DONE;
	log_error("cannot write %s: %s", path, strerror(-err));
	return FAILED;
}

int do_metrics(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct asked a = { 0 };
	const struct cmd_arg *file = cmd_find(m, "FILE");
	int status = ask_module(c, &a);
	row *families;

	if (status == DONE)
		status = ask_daemon(&a);
	if (status == DONE) {
		families = rows_of(&a);
		if (file)
			status = write_file(file->text, out_is_json(c->out),
					    families);
		else
			print(c->out, families);
		json_object_put(families);
	}
	forget(&a);
	return status;
}
