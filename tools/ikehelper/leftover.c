// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Crypto maps of an earlier run that are no longer configured. The kernel does not
 * know whose a map is, so each run notes its own: a line "map NAME" for each that
 * has rules, a line "bind DEVICE NAME" for each interface.
 */
#include "leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/gnl.h"
#include "../lib/log.h"
#include "compile.h"

static void write_lines(FILE *f, const struct wants *w)
{
	const char *last = "";
	size_t i;

	for (i = 0; i < w->n_rules; i++) {
		if (strcmp(last, w->rules[i].policy.map))
			fprintf(f, "map %s\n", w->rules[i].policy.map);
		last = w->rules[i].policy.map;
	}
	for (i = 0; i < w->n_binds; i++)
		fprintf(f, "bind %s %s\n", w->binds[i].dev, w->binds[i].map);
}

void leftover_save(const char *path, const struct wants *w)
{
	char new_path[4096];
	FILE *f = NULL;
	int fd, err = 0;

	snprintf(new_path, sizeof(new_path), "%s.new", path);
	unlink(new_path);
	fd = open(new_path,
		  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		f = fdopen(fd, "w");
	if (f) {
		write_lines(f, w);
		if (fclose(f) || rename(new_path, path))
			err = errno;
	} else {
		err = errno;
	}
	if (err)
		log_warn("%s: %s", path, strerror(err));
}

static bool has_map(const struct wants *w, const char *map)
{
	size_t i;

	for (i = 0; i < w->n_rules; i++)
		if (!strcmp(w->rules[i].policy.map, map))
			return true;
	return false;
}

static bool has_device(const struct wants *w, const char *dev)
{
	size_t i;

	for (i = 0; i < w->n_binds; i++)
		if (!strcmp(w->binds[i].dev, dev))
			return true;
	return false;
}

static void clear_map(struct gnl *g, const char *name)
{
	struct policy p = { 0 }, reply;

	snprintf(p.map, sizeof(p.map), "%s", name);
	PUT(&p, POLICY_MAP);
	log_info("crypto map %s is no longer configured", name);
	gnl_policy_flush(g, &p, &reply);
}

static void clear_device(struct gnl *g, const char *dev, const char *name)
{
	struct gnl_dump d = { 0 };
	struct map m, key = { .ifindex = if_nametoindex(dev) };
	bool found = false;

	if (!key.ifindex || gnl_map_dump(g, NULL, &d))
		return;
	while (gnl_map_next(&d, &m))
		found |= HAS(&m, MAP_IFINDEX) && m.ifindex == key.ifindex &&
			 !strcmp(m.name, name);
	gnl_dump_free(&d);
	PUT(&key, MAP_IFINDEX);
	if (found && gnl_map_unbind(g, &key))
		log_error("interface %s: %s", dev, gnl_error(g));
}

static void clear_line(char *line, struct gnl *g, const struct wants *w)
{
	char *at, *what = strtok_r(line, " \n", &at);
	char *name = strtok_r(NULL, " \n", &at);
	char *map = strtok_r(NULL, " \n", &at);

	if (!what || !name)
		return;
	if (!strcmp(what, "map") && !has_map(w, name))
		clear_map(g, name);
	if (!strcmp(what, "bind") && map && !has_device(w, name))
		clear_device(g, name, map);
}

void leftover_clear(const char *path, struct gnl *g, const struct wants *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	struct stat st;
	char line[512];

	if (!f) {
		if (fd >= 0)
			close(fd);
		return;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid ||
	    st.st_mode & 022)
		log_warn("%s is not used: others may have written it", path);
	else
		while (fgets(line, sizeof(line), f))
			clear_line(line, g, w);
	fclose(f);
}
