/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of SAs in commands: at the top and in entries of maps. */
#ifndef LIB_CFG_SA_H
#define LIB_CFG_SA_H

#include "cfg_cmd.h"

#define CFG_SA_LIFETIME                                     \
	"security-association lifetime ( seconds "          \
	"SECONDS=num(120-2592000) | kilobytes ( disable | " \
	"KILOBYTES=num(2560-4294967295) ) | days DAYS=num(1-30) )"
#define CFG_SA_NO_LIFETIME                                      \
	"security-association lifetime [ seconds "              \
	"[ SECONDS=num(120-2592000) ] | kilobytes [ disable | " \
	"KILOBYTES=num(2560-4294967295) ] | days [ DAYS=num(1-30) ] ]"
#define CFG_SA_REPLAY                                                \
	"security-association replay ( window-size WINDOW=window | " \
	"disable )"
#define CFG_SA_NO_REPLAY                                                 \
	"security-association replay [ window-size [ WINDOW=window ] | " \
	"disable ]"
#define CFG_TRANSFORM_STR 160

/* What a line of these patterns says, into @sa. */
void cfg_sa_set(struct cfg_sa_opts *sa, const struct cmd_match *m);

/* The values that a line names, or all of them, back to those of @def. */
void cfg_sa_reset(struct cfg_sa_opts *sa, const struct cfg_sa_opts *def,
		  const struct cmd_match *m);

/* Lines for what is not 0; @words stand in front. Not the idle time. */
void cfg_sa_write(struct cfg_writer *w, const char *words,
		  const struct cfg_sa_opts *sa);

/* A transform set in words: "esp-aes 256 esp-sha-hmac". Returns @buf. */
char *cfg_transform_words(const struct cfg_transform_set *t,
			  char buf[CFG_TRANSFORM_STR]);

#endif
