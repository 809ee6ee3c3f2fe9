/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions that the command table names. */
#ifndef IPSECCTL_CMDS_H
#define IPSECCTL_CMDS_H

#include "ctl.h"

int do_sa_add(void *ctx, const struct cmd_match *m);
int do_sa_update(void *ctx, const struct cmd_match *m);
int do_sa_delete(void *ctx, const struct cmd_match *m);
int do_sa_get(void *ctx, const struct cmd_match *m);
int do_sa_list(void *ctx, const struct cmd_match *m);
int do_sa_flush(void *ctx, const struct cmd_match *m);
int do_sa_alloc_spi(void *ctx, const struct cmd_match *m);

int do_policy_add(void *ctx, const struct cmd_match *m);
int do_policy_delete(void *ctx, const struct cmd_match *m);
int do_policy_get(void *ctx, const struct cmd_match *m);
int do_policy_list(void *ctx, const struct cmd_match *m);
int do_policy_flush(void *ctx, const struct cmd_match *m);
int do_acquire_list(void *ctx, const struct cmd_match *m);

int do_map_bind(void *ctx, const struct cmd_match *m);
int do_map_unbind(void *ctx, const struct cmd_match *m);
int do_map_commit(void *ctx, const struct cmd_match *m);
int do_map_list(void *ctx, const struct cmd_match *m);

int do_encap_list(void *ctx, const struct cmd_match *m);
int do_encap_hold(void *ctx, const struct cmd_match *m);

int do_conf_get(void *ctx, const struct cmd_match *m);
int do_conf_set(void *ctx, const struct cmd_match *m);
int do_stats(void *ctx, const struct cmd_match *m);
int do_monitor(void *ctx, const struct cmd_match *m);
int do_top(void *ctx, const struct cmd_match *m);
int do_capture(void *ctx, const struct cmd_match *m);
int do_explain(void *ctx, const struct cmd_match *m);
int do_metrics(void *ctx, const struct cmd_match *m);

int do_show_ipsec_sa(void *ctx, const struct cmd_match *m);
int do_show_ipsec_sa_count(void *ctx, const struct cmd_match *m);
int do_show_engine_active(void *ctx, const struct cmd_match *m);
int do_show_engine_dropped(void *ctx, const struct cmd_match *m);

int do_show_isakmp_policy(void *ctx, const struct cmd_match *m);
int do_show_isakmp_default(void *ctx, const struct cmd_match *m);
int do_show_isakmp_key(void *ctx, const struct cmd_match *m);
int do_show_isakmp_peers(void *ctx, const struct cmd_match *m);
int do_show_isakmp_profile(void *ctx, const struct cmd_match *m);
int do_show_transform(void *ctx, const struct cmd_match *m);
int do_show_transform_default(void *ctx, const struct cmd_match *m);
int do_show_ipsec_profile(void *ctx, const struct cmd_match *m);
int do_show_sa_lifetime(void *ctx, const struct cmd_match *m);
int do_show_map(void *ctx, const struct cmd_match *m);
int do_show_dynamic_map(void *ctx, const struct cmd_match *m);

int do_show_isakmp_sa(void *ctx, const struct cmd_match *m);
int do_show_failures(void *ctx, const struct cmd_match *m);
int do_show_logging(void *ctx, const struct cmd_match *m);
int do_show_tech(void *ctx, const struct cmd_match *m);
int do_show_processes(void *ctx, const struct cmd_match *m);
int do_debug(void *ctx, const struct cmd_match *m);
int do_undebug(void *ctx, const struct cmd_match *m);
int do_debug_condition(void *ctx, const struct cmd_match *m);
int do_undebug_condition(void *ctx, const struct cmd_match *m);
int do_show_debugging(void *ctx, const struct cmd_match *m);
int do_show_condition(void *ctx, const struct cmd_match *m);
int do_clear_isakmp(void *ctx, const struct cmd_match *m);
int do_show_accel(void *ctx, const struct cmd_match *m);
int do_show_eli(void *ctx, const struct cmd_match *m);
int do_clear_logging(void *ctx, const struct cmd_match *m);
int do_clear_accel(void *ctx, const struct cmd_match *m);
int do_clear_sa(void *ctx, const struct cmd_match *m);
int do_clear_counters(void *ctx, const struct cmd_match *m);
int do_show_mib_isakmp(void *ctx, const struct cmd_match *m);
int do_show_mib_ipsec(void *ctx, const struct cmd_match *m);
int do_show_version(void *ctx, const struct cmd_match *m);
int do_show_ruleset(void *ctx, const struct cmd_match *m);
int do_show_session(void *ctx, const struct cmd_match *m);
int do_show_session_groups(void *ctx, const struct cmd_match *m);
int do_clear_session(void *ctx, const struct cmd_match *m);
int do_configure(void *ctx, const struct cmd_match *m);
int do_config_reference(void *ctx, const struct cmd_match *m);
int do_config_check(void *ctx, const struct cmd_match *m);
int do_save(void *ctx, const struct cmd_match *m);
int do_show_running(void *ctx, const struct cmd_match *m);
int do_show_startup(void *ctx, const struct cmd_match *m);

#endif
