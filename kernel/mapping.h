/* SPDX-License-Identifier: GPL-2.0-only */
/* A peer behind a NAT was seen at another address or port. */
#ifndef IPSECGW_MAPPING_H
#define IPSECGW_MAPPING_H

#include "addr.h"

struct ipsecgw_sa;

void ipsecgw_mapping_changed(struct ipsecgw_sa *sa,
			     const union ipsecgw_addr *remote, __be16 port);

#endif
