// SPDX-License-Identifier: GPL-2.0-only
// Load and unload as one ordered list and its mirror; namespaces.
#include <linux/module.h>
#include <net/inet_common.h>
#include <net/net_namespace.h>
#include "acquire.h"
#include "bind.h"
#include "crypto.h"
#include "hook_in.h"
#include "input.h"
#include "netlink.h"
#include "priv.h"
#include "sadb.h"
#include "spd.h"
#include "stats.h"
#include "tunnel.h"

unsigned int ipsecgw_net_id;
struct workqueue_struct *ipsecgw_wq;

static const struct ipsecgw_conf default_conf = {
	.max_sas = 262144,
	.max_policies = 65536,
	.max_acquires = 1024,
	.hold_packets = 8,
	.acquire_timeout = 30,
	.larval_timeout = 60,
	.drop_threshold = 0,
};

static int alloc_stats(struct ipsecgw_net *ign)
{
	int cpu;

	ign->stats = alloc_percpu(struct ipsecgw_net_stats);
	if (!ign->stats)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(ign->stats, cpu)->syncp);
	return 0;
}

/* Senders of our own output; no user ever sees these sockets. */
static int open_senders(struct ipsecgw_net *ign)
{
	int err = inet_ctl_sock_create(&ign->ctl4, PF_INET, SOCK_RAW,
				       IPPROTO_RAW, ign->net);

	if (err)
		return err;
#if IS_ENABLED(CONFIG_IPV6)
	err = inet_ctl_sock_create(&ign->ctl6, PF_INET6, SOCK_RAW, IPPROTO_RAW,
				   ign->net);
	if (err)
		inet_ctl_sock_destroy(ign->ctl4);
#endif
	return err;
}

static void close_senders(struct ipsecgw_net *ign)
{
	inet_ctl_sock_destroy(ign->ctl6);
	inet_ctl_sock_destroy(ign->ctl4);
}

static int __net_init net_init(struct net *net)
{
	struct ipsecgw_net *ign = ipsecgw_net(net);
	int err;

	ign->net = net;
	mutex_init(&ign->lock);
	INIT_LIST_HEAD(&ign->encaps);
	ign->conf = default_conf;
	err = alloc_stats(ign);
	if (err)
		return err;
	err = open_senders(ign);
	if (err)
		goto err_free_stats;
	err = ipsecgw_sadb_net_init(ign);
	if (err)
		goto err_close_senders;
	err = ipsecgw_acquire_net_init(ign);
	if (err)
		goto err_sadb_exit;
	err = ipsecgw_spd_net_init(ign);
	if (err)
		goto err_acquire_exit;
	return 0;

err_acquire_exit:
	ipsecgw_acquire_net_exit(ign);
err_sadb_exit:
	ipsecgw_sadb_net_exit(ign);
err_close_senders:
	close_senders(ign);
err_free_stats:
	free_percpu(ign->stats);
	return err;
}

/*
 * Devices and sockets of the namespace are gone by now, so nothing comes in and
 * nothing is bound any more.
 */
static void __net_exit net_exit(struct net *net)
{
	struct ipsecgw_net *ign = ipsecgw_net(net);

	mutex_lock(&ign->lock);
	ign->exiting = true;
	mutex_unlock(&ign->lock);
	ipsecgw_spd_net_exit(ign);
	ipsecgw_acquire_net_exit(ign);
	ipsecgw_sadb_net_exit(ign);
	close_senders(ign);
	free_percpu(ign->stats);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &ipsecgw_net_id,
	.size = sizeof(struct ipsecgw_net),
};

static int __init ipsecgw_init(void)
{
	int err;

	ipsecgw_wq = alloc_workqueue("ipsecgw", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!ipsecgw_wq)
		return -ENOMEM;
	err = ipsecgw_input_init();
	if (err)
		goto err_free_wq;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto err_input_exit;
	err = ipsecgw_bind_init();
	if (err)
		goto err_unregister_net;
	err = ipsecgw_hook_in_init();
	if (err)
		goto err_bind_exit;
	err = ipsecgw_tunnel_init();
	if (err)
		goto err_hook_exit;
	err = ipsecgw_netlink_init();
	if (err)
		goto err_tunnel_exit;
	return 0;

err_tunnel_exit:
	ipsecgw_tunnel_exit();
err_hook_exit:
	ipsecgw_hook_in_exit();
err_bind_exit:
	ipsecgw_bind_exit();
err_unregister_net:
	unregister_pernet_subsys(&net_ops);
err_input_exit:
	ipsecgw_input_exit();
	rcu_barrier();
	ipsecgw_crypto_exit();
err_free_wq:
	destroy_workqueue(ipsecgw_wq);
	return err;
}

/*
 * Bound crypto maps and sockets that were handed over keep the module loaded,
 * so here no traffic is left that must be protected.
 */
static void __exit ipsecgw_exit(void)
{
	ipsecgw_netlink_exit();
	ipsecgw_tunnel_exit();
	ipsecgw_hook_in_exit();
	ipsecgw_bind_exit();
	unregister_pernet_subsys(&net_ops);
	ipsecgw_input_exit();
	/* Frees that were put off call into this module. */
	rcu_barrier();
	destroy_workqueue(ipsecgw_wq);
	ipsecgw_crypto_exit();
}

module_init(ipsecgw_init);
module_exit(ipsecgw_exit);

MODULE_DESCRIPTION("IPsec gateway: ESP, SA database, crypto maps");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
MODULE_ALIAS_GENL_FAMILY("ipsecgw");
MODULE_ALIAS_RTNL_LINK("ipsecgw");
MODULE_SOFTDEP("pre: aesni_intel gcm ccm authenc authencesn cbc ctr");
