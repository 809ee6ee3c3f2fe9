/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes due in an SA: limits in seconds, idle time, NAT keepalives. */
#ifndef IPSECGW_SADB_TIMER_H
#define IPSECGW_SADB_TIMER_H

struct ipsecgw_net;
struct ipsecgw_sa;

void ipsecgw_sadb_timer_init(struct ipsecgw_net *ign);
void ipsecgw_sadb_timer_exit(struct ipsecgw_net *ign);
void ipsecgw_sadb_timer_arm(struct ipsecgw_sa *sa);
void ipsecgw_sadb_timer_del(struct ipsecgw_sa *sa);

#endif
