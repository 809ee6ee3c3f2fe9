/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A phase 2 policy as the protocols that its proposal has; for proposal*.c. */
#ifndef IKE_PROPOSAL_MATCH_H
#define IKE_PROPOSAL_MATCH_H

#include "proposal.h"

/* One protocol of a phase 2 policy: what its transform has to be. */
struct p2_part {
	uint8_t protocol;
	uint8_t transform;
	struct ike_p2_attrs attrs; /* encap as on the wire */
};

/* AH, ESP, IPComp in this order, those that there are; returns how many. */
unsigned int proposal_parts(const struct ike_p2_policy *p, uint16_t encap_udp,
			    struct p2_part part[3]);

/* What is the first difference between a transform and a policy, if any? */
enum ike_diff proposal_diff_p1(const struct ike_transform *t,
			       const struct ike_p1_policy *pol);

/*
 * Our SPI for a protocol as octets in @buf; @size 0 is the usual size (4, of a
 * CPI 2).
 */
struct bytes proposal_spi_bytes(uint8_t protocol, const struct ike_p2_spis *s,
				size_t size, uint8_t buf[4]);

#endif
