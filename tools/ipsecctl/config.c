// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration of a session: read, edit, apply, save. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/cfg_cmd.h"
#include "../lib/cfg_load.h"
#include "../lib/cfg_write.h"
#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"

const char *config_path(const struct ctx *c)
{
	return c->startup ? c->startup : CFG_FILE;
}

/* --- a session ------------------------------------------------------------- */

/* A file that is not there yet is an empty configuration. */
static int read_startup(struct ctx *c, struct cfg *cfg)
{
	struct cfg_load l = { .cfg = cfg };
	int err = cfg_load_path(&l, config_path(c));

	if (err && err != -ENOENT) {
		log_error("cannot read '%s': %s", config_path(c),
			  strerror(-err));
		return FAILED;
	}
	if (l.count[CFG_L_SUSPECT] + l.count[CFG_L_REFUSED])
		log_warn("'%s' has lines that were not understood; "
			 "'configure check' shows them",
			 config_path(c));
	return DONE;
}

/* What the daemon has in force, keys included. */
static int read_running(struct config *o)
{
	struct cfg_load l = { .cfg = o->cfg };
	char *text = daemon_running(true);
	int err = -ENOMEM;

	if (!text)
		return FAILED;
	err = cfg_load_text(&l, text, strlen(text));
	secret_wipe(text, strlen(text));
	free(text);
	if (!err)
		o->applied = cfg_copy(o->cfg);
	if (o->applied)
		return DONE;
	log_error("out of memory");
	return FAILED;
}

struct config *config_get(struct ctx *c)
{
	struct config *o = c->config;

	if (o)
		return o;
	o = calloc(1, sizeof(*o));
	if (o)
		o->cfg = cfg_new();
	if (!o || !o->cfg) {
		log_error("out of memory");
		free(o);
		return NULL;
	}
	if ((daemon_runs() ? read_running(o) : read_startup(c, o->cfg)) !=
	    DONE) {
		cfg_free(o->cfg);
		cfg_free(o->applied);
		free(o);
		return NULL;
	}
	cfg_edit_start(&o->edit, o->cfg, stdout);
	c->config = o;
	return o;
}

void config_free(struct ctx *c)
{
	if (!c->config)
		return;
	cfg_free(c->config->cfg);
	cfg_free(c->config->applied);
	free(c->config);
	c->config = NULL;
}

int config_open(struct ctx *c)
{
	struct config *o = config_get(c);

	if (!o)
		return FAILED;
	o->is_open = o->was_open = true;
	o->edit.path = (struct cfg_path){ .mode = CFG_M_GLOBAL };
	if (config_apply(c, o->cfg, o->cfg) == CONFIG_ALONE)
		log_warn("ikehelper does not run: nothing takes effect, and "
			 "the changes are lost unless 'write memory' saves "
			 "them to '%s'",
			 config_path(c));
	return DONE;
}

/* The daemon gets all of it and works out what differs. */
int config_apply(struct ctx *c, const struct cfg *old, const struct cfg *new)
{
	size_t size = 0;
	char *text = NULL;
	int status;
	FILE *f;

	(void)c;
	if (!daemon_runs())
		return CONFIG_ALONE;
	if (old == new)
		return DONE;
	f = open_memstream(&text, &size);
	if (f)
		cfg_write(f, new, true);
	if (!f || fclose(f)) {
		log_error("out of memory");
		free(text);
		return FAILED;
	}
	status = daemon_replace(text);
	secret_wipe(text, size);
	free(text);
	return status;
}

/* Give a changed configuration to the daemon, if there is one. */
static void apply_changes(struct ctx *c, struct config *o)
{
	if (!o->applied || cfg_equal(o->applied, o->cfg))
		return;
	if (config_apply(c, o->applied, o->cfg) != DONE)
		return;
	cfg_free(o->applied);
	o->applied = cfg_copy(o->cfg);
}

enum cfg_result config_line(struct ctx *c, const char *line)
{
	struct config *o = c->config;
	enum cfg_result r = cfg_edit_line(&o->edit, line);

	if (r == CFG_DONE) {
		o->is_changed = true;
		apply_changes(c, o);
	}
	if (r == CFG_LEFT)
		o->is_open = false;
	return r;
}

void config_left(struct ctx *c)
{
	struct config *o = c->config;

	if (!o || o->is_open || !o->was_open)
		return;
	o->was_open = false;
	if (o->applied && daemon_runs())
		daemon_call(daemon_request("configured"), NULL);
}

int config_file(struct ctx *c, const char *path)
{
	struct config *o = config_get(c);
	struct cfg_load l = { 0 };
	int err;

	if (!o)
		return FAILED;
	if (config_apply(c, o->cfg, o->cfg) == CONFIG_ALONE) {
		log_error("ikehelper does not run, so '%s' cannot be applied; "
			  "'configure check %s' looks at it",
			  path, path);
		return FAILED;
	}
	l.cfg = o->cfg;
	err = cfg_load_path(&l, path);
	if (err) {
		log_error("cannot read '%s': %s", path, strerror(-err));
		return USAGE;
	}
	apply_changes(c, o);
	return l.count[CFG_L_SUSPECT] + l.count[CFG_L_REFUSED] ? FAILED : DONE;
}

/* --- commands --------------------------------------------------------------- */

int do_configure(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;

	(void)m;
	if (c->in_shell)
		return config_open(c);
	return shell_run(c, true);
}

int do_save(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct config *o = c->config;
	int err;

	(void)m;
	if (daemon_runs()) {
		out_printf(c->out, "Building configuration...\n");
		err = daemon_call(daemon_request("save"), NULL);
		if (err == DONE)
			out_printf(c->out, "[OK]\n");
		return err;
	}
	if (!c->in_shell || !o) {
		log_error(
			"ikehelper does not run, so there is no running "
			"configuration to save; edit one in 'ipsecctl shell'");
		return FAILED;
	}
	out_printf(c->out, "Building configuration...\n");
	err = cfg_save(config_path(c), o->cfg);
	if (err) {
		log_error("cannot write '%s': %s", config_path(c),
			  strerror(-err));
		return FAILED;
	}
	o->is_changed = false;
	out_printf(c->out, "[OK]\n");
	return DONE;
}

/* All of a configuration, or one interface of it; keys are not shown. */
static int print_config(struct ctx *c, const struct cfg *cfg,
			const struct cfg_if *ifc)
{
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	if (!f) {
		log_error("out of memory");
		return FAILED;
	}
	if (ifc) {
		fprintf(f, "!\ninterface %s\n", ifc->obj.name);
		cfg_write_obj(f, cfg, CFG_M_IF, ifc);
		fputs("end\n", f);
	} else {
		cfg_write(f, cfg, false);
	}
	if (fclose(f)) {
		free(text);
		log_error("out of memory");
		return FAILED;
	}
	out_printf(c->out,
		   "Building configuration...\n\n"
		   "Current configuration : %zu bytes\n%s",
		   size, text);
	free(text);
	return DONE;
}

int do_show_running(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	const char *name = cfg_text(m, "IF");
	bool is_there = c->in_shell || daemon_runs();
	struct config *o = is_there ? config_get(c) : NULL;
	char canon[2 * CFG_NAME_MAX];
	const struct cfg_if *ifc;

	if (is_there && !o)
		return FAILED;
	if (!o) {
		log_error(
			"ikehelper does not run, so there is no running "
			"configuration; 'show startup-config' shows the file");
		return FAILED;
	}
	if (!name)
		return print_config(c, o->cfg, NULL);
	if (!cfg_ifname(name, cfg_text(m, "UNIT"), canon, sizeof(canon)))
		canon[0] = '\0';
	ifc = cfg_find(&o->cfg->interfaces, canon);
	if (!ifc) {
		log_error("interface %s is not configured", name);
		return FAILED;
	}
	return print_config(c, o->cfg, ifc);
}

int do_show_startup(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct cfg *cfg = cfg_new();
	int status;

	(void)m;
	if (!cfg) {
		log_error("out of memory");
		return FAILED;
	}
	status = read_startup(c, cfg);
	if (status == DONE)
		status = print_config(c, cfg, NULL);
	cfg_free(cfg);
	return status;
}
