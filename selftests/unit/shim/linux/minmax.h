/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LINUX_MINMAX_H
#define SHIM_LINUX_MINMAX_H

#include <kernel.h>

#ifndef max
#define max(a, b)                       \
	({                              \
		__typeof__(a) _m = (a); \
		__typeof__(b) _n = (b); \
		_m > _n ? _m : _n;      \
	})
#endif
#ifndef min_t
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#endif

#endif
