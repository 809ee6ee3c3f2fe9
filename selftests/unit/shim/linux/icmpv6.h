/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_ICMPV6_H
#define SHIM_LINUX_ICMPV6_H

#include_next <linux/icmpv6.h>
#include <kernel.h>

static inline bool icmpv6_is_err(int type)
{
	return type >= 1 && type <= 4;
}

#endif
