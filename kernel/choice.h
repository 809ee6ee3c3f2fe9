/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the SAs of a rule carries new packets. */
#ifndef IPSECGW_CHOICE_H
#define IPSECGW_CHOICE_H

#include "lifetime.h"

struct ipsecgw_policy;
struct ipsecgw_sa;

void ipsecgw_choice_link(struct ipsecgw_sa *sa, struct ipsecgw_policy *pol);
void ipsecgw_choice_unlink(struct ipsecgw_sa *sa);
void ipsecgw_choice_activate(struct ipsecgw_sa *sa);
void ipsecgw_choice_expire(struct ipsecgw_sa *sa, enum ipsecgw_limit limit);

bool ipsecgw_choice_carries(struct ipsecgw_sa *sa, enum ipsecgw_verdict verdict,
			    enum ipsecgw_limit limit);

#endif
