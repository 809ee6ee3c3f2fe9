/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

#include <linux/compiler.h>

typedef struct {
	s64 counter;
} atomic64_t;

#define ATOMIC_ORDER __ATOMIC_SEQ_CST

static inline s64 atomic64_read(const atomic64_t *v)
{
	return __atomic_load_n(&v->counter, ATOMIC_ORDER);
}

static inline void atomic64_set(atomic64_t *v, s64 n)
{
	__atomic_store_n(&v->counter, n, ATOMIC_ORDER);
}

static inline s64 atomic64_add_return(s64 n, atomic64_t *v)
{
	return __atomic_add_fetch(&v->counter, n, ATOMIC_ORDER);
}

static inline void atomic64_sub(s64 n, atomic64_t *v)
{
	__atomic_sub_fetch(&v->counter, n, ATOMIC_ORDER);
}

#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)

#endif
