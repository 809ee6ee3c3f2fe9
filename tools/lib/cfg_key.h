/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands of ISAKMP share: keys, and rows of other files. */
#ifndef LIB_CFG_KEY_H
#define LIB_CFG_KEY_H

#include <sys/socket.h>

#include "cfg_cmd.h"

#define PEER_TEXT_MAX 80
#define CFG_KEY_PEER (3 * CFG_NAME_MAX)
#define CFG_KEY_FOR                                                    \
	"( address ADDRESS=addr4 [ MASK=mask ] | ipv6 PREFIX=prefix6 " \
	"| hostname HOST=host )"

/* TYPE and KEY of a line into @s. */
int cfg_secret_set(struct cfg_edit *e, struct cfg_secret *s,
		   const struct cmd_match *m);

/* A key for one peer, of the default keyring or of another one. */
int cfg_key_set(struct cfg_edit *e, struct cfg_tab *keys,
		const struct cmd_match *m);
int cfg_key_unset(struct cfg_tab *keys, const struct cmd_match *m);

/* "address A MASK" and the like. Returns @buf. */
char *cfg_key_peer(const struct cfg_key *k, char buf[CFG_KEY_PEER]);

/* Groups of clients (cfg_cmds_group.c), rows of the global mode. */
int cfg_group_enter(struct cfg_edit *e, void *obj, const struct cmd_match *m);
int cfg_group_no(struct cfg_edit *e, void *obj, const struct cmd_match *m);
void cfg_group_write_all(struct cfg_writer *w, const void *obj);

#endif
