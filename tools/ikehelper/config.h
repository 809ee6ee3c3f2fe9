/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running configuration: read, change, write. */
#ifndef IKEHELPER_CONFIG_H
#define IKEHELPER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

struct cfg;
struct json_object;

/*
 * A configuration from the file at @path; an empty one if there is no file.
 * Lines that are not understood are logged and kept out. NULL after it has said
 * why.
 */
struct cfg *config_load(const char *path);

/*
 * A copy of @running with the lines of @text applied, as if they were typed in
 * configuration mode or (@is_file) came from a file. @answers gets a row for
 * each line that there is something to say about: its number, the column of an
 * error, and what is said. NULL: no memory.
 */
struct cfg *config_edit(const struct cfg *running, const char *text,
			bool is_file, struct json_object *answers);

/* The lines of a configuration, keys in clear or not. Free them. */
char *config_text(const struct cfg *cfg, bool with_keys);

/* Replace the file at @path as a whole, for root only. 0, or an errno, said. */
int config_save(const struct cfg *cfg, const char *path);

#endif
