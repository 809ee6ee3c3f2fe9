/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Topics of debug lines. */
#ifndef IKEHELPER_TOPIC_H
#define IKEHELPER_TOPIC_H

/* What debug lines are about, as bits. Lines of what goes wrong have both. */
enum trace_topic {
	TRACE_ISAKMP = 1 << 0,
	TRACE_ISAKMP_ERROR = 1 << 1,
	TRACE_IPSEC = 1 << 2,
	TRACE_IPSEC_ERROR = 1 << 3,
	TRACE_ENGINE = 1 << 4,
	TRACE_MIB = 1 << 5,
	TRACE_MIB_ERROR = 1 << 6,
	/* No debugging: who monitors has this one and no other. */
	TRACE_EVENT = 1 << 7,
};

#define IKE_TRACE_LINE 512 /* longest debug line with its terminator */

#endif
