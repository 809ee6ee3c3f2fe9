// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys that outlive the daemon, but not the system: the kernel's keyring of root.
 * The kernel never swaps them, and no file has them.
 */
#include "keyring.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the keyring of the user holds is read by who has it in one of its own. */
static void possess(void)
{
	syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING,
		KEY_SPEC_PROCESS_KEYRING);
}

static long find(const char *name)
{
	long id;

	possess();
	id = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user",
		     name, 0);
	return id < 0 ? -errno : id;
}

int keyring_get(const char *name, void *key, size_t len)
{
	long id = find(name), n;

	if (id < 0)
		return id;
	n = syscall(SYS_keyctl, KEYCTL_READ, id, key, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -ENOKEY;
}

int keyring_put(const char *name, const void *key, size_t len)
{
	possess();
	return syscall(SYS_add_key, "user", name, key, len,
		       KEY_SPEC_USER_KEYRING) < 0 ?
		       -errno :
		       0;
}

void keyring_drop(const char *name)
{
	long id = find(name);

	if (id >= 0)
		syscall(SYS_keyctl, KEYCTL_UNLINK, id, KEY_SPEC_USER_KEYRING);
}
