/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that outlive the daemon, but not the system: the kernel's keyring of root. */
#ifndef IKEHELPER_KEYRING_H
#define IKEHELPER_KEYRING_H

#include <stddef.h>

/* 0 or a negative errno; -ENOKEY: there is none of this name. */
int keyring_get(const char *name, void *key, size_t len);
int keyring_put(const char *name, const void *key, size_t len);
void keyring_drop(const char *name);

#endif
