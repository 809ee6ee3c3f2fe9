/* SPDX-License-Identifier: GPL-2.0-only */
/* Which octets of the headers in front of AH are authenticated. Pure, no skb. */
#ifndef IPSECGW_AH_MASK_H
#define IPSECGW_AH_MASK_H

#include <linux/types.h>

bool ipsecgw_ah_mask4(u8 *head, unsigned int len);
bool ipsecgw_ah_mask6(u8 *head, unsigned int len);

#endif
