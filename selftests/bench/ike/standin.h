/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the bench sees of the stand-in for the module, in a file that it maps. */
#ifndef BENCH_STANDIN_H
#define BENCH_STANDIN_H

#include <stdint.h>

struct standin_counts {
	uint64_t sas; /* there now */
	uint64_t added, deleted;
	uint64_t rules; /* there now */
	uint64_t refused;
};

#endif
