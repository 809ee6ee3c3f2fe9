// SPDX-License-Identifier: GPL-2.0-only
// Crypto maps on interfaces: bind, unbind, what becomes of the interface.
//
// Locks: rtnl, then ign->lock, then marker_lock.
#include "bind.h"
#include "map.h"

#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include "acquire.h"
#include "classify.h"
#include "guard.h"
#include "hook_out.h"
#include "input.h"
#include "priv.h"
#include "tunnel.h"

/* The device that owns the markers belongs to all namespaces. */
static DEFINE_MUTEX(marker_lock); /* protects the list of NAPIs of that device */

static int refuse(struct netlink_ext_ack *extack, int err, const char *why)
{
	if (extack)
		extack->_msg = why;
	return err;
}

/* --- markers -------------------------------------------------------------- */

/*
 * A mark on a packet must survive GRO, RPS and cloning, must not be forgeable
 * from the wire and must belong to nobody else. skb->napi_id is all that, if it
 * holds the number of a NAPI that never receives anything: a device driver
 * cannot write it, and on the way out it is overwritten when a queue of the
 * device is chosen, so that the mark does not reach the next host or namespace.
 */
static int marker_poll(struct napi_struct *napi, int budget)
{
	napi_complete_done(napi, 0);
	return 0;
}

static u32 marker_add(struct napi_struct *napi)
{
	mutex_lock(&marker_lock);
	netif_napi_add(ipsecgw_input_dev(), napi, marker_poll);
	mutex_unlock(&marker_lock);
	napi_enable(napi);
	return napi->napi_id;
}

static void marker_del(struct napi_struct *napi)
{
	napi_disable(napi);
	mutex_lock(&marker_lock);
	netif_napi_del(napi);
	mutex_unlock(&marker_lock);
}

/**
 * ipsecgw_bind_mark() - mark a packet as decrypted
 * @ign: namespace
 * @skb: clear packet about to be received again on @skb->dev
 *
 * Context: any.
 */
void ipsecgw_bind_mark(struct ipsecgw_net *ign, struct sk_buff *skb)
{
	struct ipsecgw_bind *bind;

	rcu_read_lock();
	bind = ipsecgw_bind_guarded(ign, skb->dev->ifindex);
	if (bind)
		skb->napi_id = bind->mark_in;
	rcu_read_unlock();
}

/* --- addresses -------------------------------------------------------------- */

static bool first_local4(const struct net_device *dev,
			 union ipsecgw_addr *local)
{
	const struct in_device *in = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in) {
		if (ifa->ifa_flags & IFA_F_SECONDARY ||
		    ifa->ifa_scope != RT_SCOPE_UNIVERSE)
			continue;
		local->a4 = ifa->ifa_local;
		return true;
	}
	return false;
}

static bool first_local6(const struct net_device *dev,
			 union ipsecgw_addr *local)
{
	const u32 unfit = IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_DEPRECATED;
	const struct inet6_ifaddr *ifa;
	struct inet6_dev *in6;
	bool found = false;

	in6 = __in6_dev_get(dev);
	if (!in6)
		return false;
	read_lock_bh(&in6->lock);
	list_for_each_entry(ifa, &in6->addr_list, if_list) {
		if (ifa->flags & unfit ||
		    ipv6_addr_scope(&ifa->addr) != IPV6_ADDR_SCOPE_GLOBAL)
			continue;
		local->a6 = ifa->addr;
		found = true;
		break;
	}
	read_unlock_bh(&in6->lock);
	return found;
}

/**
 * ipsecgw_bind_local() - our address on a bound interface
 * @bind: binding
 * @family: AF_INET or AF_INET6
 * @local: set to the address, zero if there is none
 *
 * Context: any but hard interrupt.
 * Return: true if there is one.
 */
bool ipsecgw_bind_local(const struct ipsecgw_bind *bind, u8 family,
			union ipsecgw_addr *local)
{
	bool found = family == AF_INET ? bind->has_local4 : bind->has_local6;

	if (found) {
		*local = family == AF_INET ? bind->local4 : bind->local6;
		return true;
	}
	*local = (union ipsecgw_addr){};
	/* The addresses of a tunnel interface are those inside the tunnel. */
	if (bind->is_tunnel)
		return false;
	rcu_read_lock();
	found = family == AF_INET ? first_local4(bind->dev, local) :
				    first_local6(bind->dev, local);
	rcu_read_unlock();
	return found;
}

/* --- hooks of the namespace -------------------------------------------------- */

static int start_hooks(struct net *net)
{
	int err;

	/* So that rules with ports see whole packets (RFC 4301, 7). */
	err = nf_defrag_ipv4_enable(net);
	if (err)
		return err;
	err = nf_defrag_ipv6_enable(net);
	if (err)
		goto err_disable4;
	err = ipsecgw_guard_start(net);
	if (err)
		goto err_disable6;
	err = ipsecgw_hook_out_start(net);
	if (err)
		goto err_stop_guard;
	return 0;

err_stop_guard:
	ipsecgw_guard_stop(net);
err_disable6:
	nf_defrag_ipv6_disable(net);
err_disable4:
	nf_defrag_ipv4_disable(net);
	return err;
}

/*
 * A packet that a later hook has queued to userland comes back through our
 * code. Queues are emptied whenever a hook is removed: the second time for
 * those that were under way when the first one was.
 */
static void stop_hooks(struct net *net)
{
	ipsecgw_hook_out_stop(net);
	synchronize_net();
	ipsecgw_guard_stop(net);
	nf_defrag_ipv6_disable(net);
	nf_defrag_ipv4_disable(net);
}

/* --- bind and unbind ---------------------------------------------------------- */

static void set_locals(struct ipsecgw_bind *bind,
		       const struct ipsecgw_map_config *cfg)
{
	bind->has_local4 = cfg->has_local4;
	bind->has_local6 = cfg->has_local6;
	bind->local4 = cfg->local4;
	bind->local6 = cfg->local6;
}

static void leave_map(struct ipsecgw_bind *bind)
{
	struct ipsecgw_map *map = bind->map;

	list_del(&bind->map_list);
	if (list_empty(&map->binds)) {
		ipsecgw_ruleset_free_rcu(map->set);
		map->set = NULL;
	}
	ipsecgw_map_forget(map);
}

static void enter_map(struct ipsecgw_bind *bind, struct ipsecgw_map *map)
{
	bind->map = map;
	list_add_tail(&bind->map_list, &map->binds);
	rcu_assign_pointer(bind->rules, map->set);
}

/* Hooks take what leaves in clear, and see what comes in. */
static int set_hooks(struct ipsecgw_bind *bind)
{
	struct ipsecgw_net *ign = bind->ign;
	int err;

	if (!ign->bind_count) {
		err = start_hooks(ign->net);
		if (err)
			return err;
	}
	bind->mark_in = marker_add(&bind->napi_in);
	bind->mark_out = marker_add(&bind->napi_out);
	err = ipsecgw_guard_attach(bind);
	if (err)
		goto err_del_markers;
	ign->bind_count++;
	return 0;

err_del_markers:
	marker_del(&bind->napi_out);
	marker_del(&bind->napi_in);
	if (!ign->bind_count)
		stop_hooks(ign->net);
	return err;
}

static int bind_create(struct ipsecgw_map *map, struct net_device *dev,
		       const struct ipsecgw_map_config *cfg)
{
	struct ipsecgw_net *ign = map->ign;
	struct ipsecgw_bind *bind;
	int err;

	bind = kzalloc(sizeof(*bind), GFP_KERNEL_ACCOUNT);
	if (!bind)
		return -ENOMEM;
	bind->ign = ign;
	bind->dev = dev;
	bind->ifindex = dev->ifindex;
	bind->is_tunnel = ipsecgw_tunnel_is(dev);
	set_locals(bind, cfg);
	enter_map(bind, map);
	if (bind->is_tunnel) {
		ipsecgw_tunnel_attach(bind);
	} else {
		err = set_hooks(bind);
		if (err)
			goto err_leave;
		map->is_routed = false;
	}
	/* As long as traffic needs us, we are not to be unloaded. */
	__module_get(THIS_MODULE);
	netdev_hold(dev, &bind->dev_tracker, GFP_KERNEL);
	hlist_add_head_rcu(&bind->node,
			   &ign->binds[bind->ifindex % IPSECGW_BIND_HASH]);
	return 0;

err_leave:
	list_del(&bind->map_list);
	kfree(bind);
	return err;
}

static void bind_destroy(struct ipsecgw_bind *bind)
{
	struct ipsecgw_net *ign = bind->ign;

	lockdep_assert_held(&ign->lock);
	hlist_del_rcu(&bind->node);
	if (bind->is_tunnel) {
		ipsecgw_tunnel_detach(bind);
	} else {
		ipsecgw_guard_detach(bind);
		if (!--ign->bind_count)
			stop_hooks(ign->net);
	}
	/* From here on no packet sees the binding, and none is held any more. */
	synchronize_net();
	ipsecgw_acquire_unbind(ign, bind->ifindex);
	if (!bind->is_tunnel) {
		marker_del(&bind->napi_out);
		marker_del(&bind->napi_in);
	}
	leave_map(bind);
	netdev_put(bind->dev, &bind->dev_tracker);
	kfree_rcu(bind, rcu);
	module_put(THIS_MODULE);
}

static int bind_locked(struct ipsecgw_net *ign, struct ipsecgw_map *map,
		       const struct ipsecgw_map_config *cfg,
		       struct netlink_ext_ack *extack)
{
	struct ipsecgw_bind *bind;
	struct net_device *dev;
	int err;

	dev = __dev_get_by_index(ign->net, cfg->ifindex);
	if (!dev)
		return refuse(extack, -ENODEV, "no interface with that index");
	if (!ipsecgw_map_ruleset(map))
		return refuse(extack, -ENOMEM, "out of memory");
	rcu_read_lock();
	bind = ipsecgw_bind_lookup(ign, cfg->ifindex);
	rcu_read_unlock();
	if (!bind || bind->map != map) {
		err = ipsecgw_tunnel_check(map, dev, extack);
		if (err)
			return err;
	}
	if (!bind) {
		err = bind_create(map, dev, cfg);
		if (err)
			refuse(extack, err, "the hooks could not be set");
		return err;
	}
	if (bind->is_tunnel && bind->map != map)
		return refuse(extack, -EBUSY,
			      "the tunnel interface has another crypto map");
	/* Packets see the old map or the new one, but never none. */
	if (bind->map != map) {
		rcu_assign_pointer(bind->rules, map->set);
		leave_map(bind);
		enter_map(bind, map);
	}
	set_locals(bind, cfg);
	return 0;
}

/**
 * ipsecgw_map_bind() - protect the traffic of an interface with a crypto map
 * @ign: namespace
 * @cfg: description; an interface that has another map changes over at once
 * @extack: takes the sentence on failure
 *
 * Context: process, takes rtnl and ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_map_bind(struct ipsecgw_net *ign,
		     const struct ipsecgw_map_config *cfg,
		     struct netlink_ext_ack *extack)
{
	struct ipsecgw_map *map;
	int err;

	/* Against an interface that is being unregistered meanwhile. */
	rtnl_lock();
	mutex_lock(&ign->lock);
	if (ign->exiting) {
		err = refuse(extack, -ENODEV,
			     "the network namespace is going away");
		goto out_unlock;
	}
	map = ipsecgw_map_get(ign, cfg->name);
	if (!map) {
		err = refuse(extack, -ENOMEM, "out of memory");
		goto out_unlock;
	}
	err = bind_locked(ign, map, cfg, extack);
	if (err && list_empty(&map->binds)) {
		ipsecgw_ruleset_free_rcu(map->set);
		map->set = NULL;
	}
	if (err)
		ipsecgw_map_forget(map);
out_unlock:
	mutex_unlock(&ign->lock);
	rtnl_unlock();
	return err;
}

static struct ipsecgw_bind *find_bind(struct ipsecgw_net *ign, u32 ifindex)
{
	struct ipsecgw_bind *bind;

	lockdep_assert_held(&ign->lock);
	rcu_read_lock();
	bind = ipsecgw_bind_lookup(ign, ifindex);
	rcu_read_unlock();
	return bind;
}

/**
 * ipsecgw_map_unbind() - let the traffic of an interface go in clear again
 *	or, if it is a tunnel interface, not at all
 * @ign: namespace
 * @ifindex: interface
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_map_unbind(struct ipsecgw_net *ign, u32 ifindex,
		       struct netlink_ext_ack *extack)
{
	struct ipsecgw_bind *bind;
	int err = 0;

	mutex_lock(&ign->lock);
	bind = find_bind(ign, ifindex);
	if (bind)
		bind_destroy(bind);
	else
		err = refuse(extack, -ENOENT,
			     "the interface has no crypto map");
	mutex_unlock(&ign->lock);
	return err;
}

static int on_netdevice(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct ipsecgw_net *ign = ipsecgw_net(dev_net(dev));
	struct ipsecgw_bind *bind;

	/* An interface that goes to another namespace leaves this one so too. */
	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	mutex_lock(&ign->lock);
	bind = find_bind(ign, dev->ifindex);
	if (bind)
		bind_destroy(bind);
	mutex_unlock(&ign->lock);
	return NOTIFY_DONE;
}

static struct notifier_block netdevice_notifier = {
	.notifier_call = on_netdevice,
};

/**
 * ipsecgw_bind_init() - begin to watch interfaces
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_bind_init(void)
{
	return register_netdevice_notifier(&netdevice_notifier);
}

/**
 * ipsecgw_bind_exit() - stop watching
 *
 * Nothing is bound, or the module would not be unloaded.
 */
void ipsecgw_bind_exit(void)
{
	unregister_netdevice_notifier(&netdevice_notifier);
}

/* --- what requests see --------------------------------------------------------- */

static void fill_info(const struct ipsecgw_map *map,
		      const struct ipsecgw_bind *bind,
		      struct ipsecgw_map_info *info)
{
	memset(info, 0, sizeof(*info));
	strscpy(info->name, map->name, sizeof(info->name));
	info->policies = map->n_rules;
	info->staged = map->n_changes;
	if (!bind)
		return;
	info->ifindex = bind->ifindex;
	info->mtu = READ_ONCE(bind->dev->mtu);
	ipsecgw_bind_local(bind, AF_INET, &info->local4);
	ipsecgw_bind_local(bind, AF_INET6, &info->local6);
	info->no_sa_drops = atomic64_read(&bind->no_sa_drops);
	info->clear_drops = atomic64_read(&bind->clear_drops);
}

/**
 * ipsecgw_map_info() - the binding of an interface
 * @ign: namespace
 * @ifindex: interface
 * @info: filled in
 *
 * Context: process, takes ign->lock.
 * Return: 0, or -ENOENT if the interface has none.
 */
int ipsecgw_map_info(struct ipsecgw_net *ign, u32 ifindex,
		     struct ipsecgw_map_info *info)
{
	struct ipsecgw_bind *bind;

	mutex_lock(&ign->lock);
	bind = find_bind(ign, ifindex);
	if (bind)
		fill_info(bind->map, bind, info);
	mutex_unlock(&ign->lock);
	return bind ? 0 : -ENOENT;
}

static bool walk_map(const struct ipsecgw_map *map, unsigned int *skip,
		     struct ipsecgw_map_info *info)
{
	const struct ipsecgw_bind *bind;

	list_for_each_entry(bind, &map->binds, map_list) {
		if ((*skip)--)
			continue;
		fill_info(map, bind, info);
		return true;
	}
	if (!list_empty(&map->binds) || (*skip)--)
		return false;
	fill_info(map, NULL, info);
	return true;
}

/**
 * ipsecgw_map_walk() - step of a walk over bindings and maps without one
 * @ign: namespace
 * @pos: 0 at first; advanced
 * @info: filled in
 *
 * Context: process, takes ign->lock.
 * Return: 0, or -ENOENT at the end.
 */
int ipsecgw_map_walk(struct ipsecgw_net *ign, unsigned int *pos,
		     struct ipsecgw_map_info *info)
{
	const struct ipsecgw_map *map;
	unsigned int skip = *pos;
	int err = -ENOENT;

	mutex_lock(&ign->lock);
	list_for_each_entry(map, &ign->maps, list) {
		if (!walk_map(map, &skip, info))
			continue;
		++*pos;
		err = 0;
		break;
	}
	mutex_unlock(&ign->lock);
	return err;
}
