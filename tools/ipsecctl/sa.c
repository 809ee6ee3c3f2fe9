// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands that begin with "sa". */
#include <string.h>

#include "../lib/json.h"
#include "../lib/log.h"
#include "args.h"
#include "cmds.h"
#include "print.h"

#include <json-c/json.h>

/* What every key of an SA must name. */
static int check_key(const struct sa *key)
{
	if (HAS(key, SA_DIR) && HAS(key, SA_SPI))
		return DONE;
	log_error(
		"an SA is named by 'dir in spi N' or by 'dir out spi N remote A'");
	return USAGE;
}

static void default_proto(struct sa *sa)
{
	if (!HAS(sa, SA_PROTO))
		sa->proto = PROTO_ESP;
	PUT(sa, SA_PROTO);
}

static int take_key(struct ctx *c, const struct cmd_match *m, struct sa *key)
{
	int status = args_sa_key(c, m, key);

	if (status == DONE)
		status = check_key(key);
	default_proto(key);
	return status;
}

int do_sa_add(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct sa sa = { 0 }, reply;
	struct gnl *g;
	int status = args_sa(c, m, &sa);

	if (status == DONE)
		status = check_key(&sa);
	if (status != DONE)
		goto out_wipe;
	default_proto(&sa);
	if (!HAS(&sa, SA_MODE)) {
		sa.mode = MODE_TUNNEL;
		PUT(&sa, SA_MODE);
	}
	g = ctl_gnl(c);
	if (!g)
		status = FAILED;
	else if (gnl_sa_add(g, &sa, &reply))
		status = ctl_refused(c, "sa add");
	else if (out_is_json(c->out))
		out_json(c->out, json_sa(&reply));

out_wipe:
	secret_clear(&c->cipher_key);
	secret_clear(&c->integ_key);
	return status;
}

int do_sa_update(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct sa sa = { 0 };
	struct gnl *g;
	int status = args_sa(c, m, &sa);

	if (status == DONE)
		status = check_key(&sa);
	if (status != DONE)
		return status;
	default_proto(&sa);
	g = ctl_gnl(c);
	if (!g)
		return FAILED;
	return gnl_sa_update(g, &sa) ? ctl_refused(c, "sa update") : DONE;
}

int do_sa_delete(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct sa key = { 0 };
	struct gnl *g;
	int status = take_key(c, m, &key);

	if (status != DONE)
		return status;
	g = ctl_gnl(c);
	if (!g)
		return FAILED;
	return gnl_sa_del(g, &key) ? ctl_refused(c, "sa delete") : DONE;
}

static void show_sa(struct ctx *c, const struct sa *sa)
{
	if (out_is_json(c->out))
		out_json(c->out, json_sa(sa));
	else
		print_sa(c->out, sa);
}

int do_sa_get(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct sa key = { 0 }, sa;
	struct gnl *g;
	int status = take_key(c, m, &key);

	if (status != DONE)
		return status;
	g = ctl_gnl(c);
	if (!g)
		return FAILED;
	if (gnl_sa_get(g, &key, &sa))
		return ctl_refused(c, "sa get");
	show_sa(c, &sa);
	return DONE;
}

int do_sa_list(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl_dump d = { 0 };
	struct sa filter = { 0 }, sa;
	struct gnl *g;

	if (args_sa_key(c, m, &filter) != DONE)
		return FAILED;
	g = ctl_gnl(c);
	if (!g)
		return FAILED;
	if (gnl_sa_dump(g, &filter, &d)) {
		gnl_dump_free(&d);
		return ctl_refused(c, "sa list");
	}
	ctl_check_dump(&d);
	if (out_is_json(c->out))
		out_list_begin(c->out);
	while (gnl_sa_next(&d, &sa))
		show_sa(c, &sa);
	if (out_is_json(c->out))
		out_list_end(c->out);
	gnl_dump_free(&d);
	return DONE;
}

int do_sa_flush(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct sa filter = { 0 }, reply;
	struct gnl *g;

	if (args_sa_key(c, m, &filter) != DONE)
		return FAILED;
	g = ctl_gnl(c);
	if (!g)
		return FAILED;
	if (gnl_sa_flush(g, &filter, &reply))
		return ctl_refused(c, "sa flush");
	if (out_is_json(c->out))
		out_json(c->out, json_sa(&reply));
	else if (c->verbose)
		out_printf(c->out, "%u SAs deleted\n", reply.count);
	return DONE;
}

int do_sa_alloc_spi(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct sa sa = { 0 }, reply;
	struct gnl *g;

	if (args_sa(c, m, &sa) != DONE)
		return FAILED;
	default_proto(&sa);
	g = ctl_gnl(c);
	if (!g)
		return FAILED;
	if (gnl_sa_alloc_spi(g, &sa, &reply))
		return ctl_refused(c, "sa alloc-spi");
	if (out_is_json(c->out))
		out_json(c->out, json_sa(&reply));
	else
		out_printf(c->out, "spi 0x%x id %u\n", reply.spi, reply.id);
	return DONE;
}
