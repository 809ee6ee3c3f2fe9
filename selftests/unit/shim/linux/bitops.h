/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_BITOPS_H
#define SHIM_LINUX_BITOPS_H

#include <kernel.h>

static inline bool test_bit(int n, const unsigned long *v)
{
	return __atomic_load_n(v, __ATOMIC_SEQ_CST) >> n & 1;
}

static inline bool test_and_set_bit(int n, unsigned long *v)
{
	return __atomic_fetch_or(v, 1UL << n, __ATOMIC_SEQ_CST) >> n & 1;
}

static inline void clear_bit(int n, unsigned long *v)
{
	__atomic_fetch_and(v, ~(1UL << n), __ATOMIC_SEQ_CST);
}

#endif
