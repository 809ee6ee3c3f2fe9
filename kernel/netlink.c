// SPDX-License-Identifier: GPL-2.0-only
// Netlink family: registration, admission, answers, dumps.
#include "netlink.h"

#include <linux/module.h>
#include <linux/slab.h>
#include "compat.h"

static bool init_ns_admin_only;
module_param(init_ns_admin_only, bool, 0644);
MODULE_PARM_DESC(init_ns_admin_only,
		 "Serve only CAP_NET_ADMIN of the initial user namespace");

/*
 * Every command wants CAP_NET_ADMIN over the network namespace, so containers
 * can run their own gateway. The price is that an unprivileged user who may
 * create namespaces reaches all of this code; the parameter withdraws that.
 */
static int admit(const struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (!READ_ONCE(init_ns_admin_only) ||
	    netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG(
		extack,
		"served only to the administrator of the initial user namespace (init_ns_admin_only)");
	return -EPERM;
}

/* Refuse what the command's policy knows but this kind of request does not. */
static int check_accepted(struct nlattr **attrs, unsigned int maxattr,
			  u64 accepted, struct netlink_ext_ack *extack)
{
	unsigned int i;

	BUILD_BUG_ON(IPSECGW_A_SA_MAX >= 64);
	if (!accepted || !attrs)
		return 0;
	for (i = 1; i <= maxattr; i++)
		if (attrs[i] && !(accepted & BIT_ULL(i)))
			return ipsecgw_nl_refuse(
				extack, attrs[i],
				"attribute does not belong to this kind of request");
	return 0;
}

static unsigned int maxattr_of(u8 cmd)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ipsecgw_nl_ops); i++)
		if (ipsecgw_nl_ops[i].cmd == cmd)
			return ipsecgw_nl_ops[i].maxattr;
	return 0;
}

/*
 * The request stays in memory until its buffer is freed, unwiped, and an error
 * answer quotes it. All copies of a repeated attribute are overwritten.
 */
static void wipe_keys(const struct genl_info *info)
{
	struct nlattr *attr;
	int rem;

	if (info->genlhdr->cmd != IPSECGW_CMD_SA_ADD)
		return;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		switch (nla_type(attr)) {
		case IPSECGW_A_SA_CIPHER_KEY:
		case IPSECGW_A_SA_INTEG_KEY:
			memzero_explicit(nla_data(attr), nla_len(attr));
		}
	}
}

static int ipsecgw_nl_pre_doit(const struct genl_split_ops *ops,
			       struct sk_buff *skb, struct genl_info *info)
{
	u8 cmd = info->genlhdr->cmd;
	int err;

	err = admit(skb, info->extack);
	if (!err)
		err = check_accepted(info->attrs, maxattr_of(cmd),
				     ipsecgw_nl_accept[cmd].doit, info->extack);
	if (err)
		wipe_keys(info);
	return err;
}

static void ipsecgw_nl_post_doit(const struct genl_split_ops *ops,
				 struct sk_buff *skb, struct genl_info *info)
{
	wipe_keys(info);
}

static const struct genl_multicast_group groups[] = {
	[IPSECGW_NL_EVENTS] = {
		.name = IPSECGW_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family ipsecgw_nl_family __ro_after_init = {
	.name = IPSECGW_GENL_NAME,
	.version = IPSECGW_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.pre_doit = ipsecgw_nl_pre_doit,
	.post_doit = ipsecgw_nl_post_doit,
	.ops = ipsecgw_nl_ops,
	.n_ops = ARRAY_SIZE(ipsecgw_nl_ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	.module = THIS_MODULE,
};

/**
 * ipsecgw_nl_start() - begin a dump
 * @cb: dump
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_start(struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);
	int err;

	err = admit(cb->skb, cb->extack);
	if (err)
		return err;
	return check_accepted(genl_info_dump(cb)->attrs, maxattr_of(hdr->cmd),
			      ipsecgw_nl_accept[hdr->cmd].dumpit, cb->extack);
}

/**
 * ipsecgw_nl_done() - end of a dump, complete or not
 * @cb: dump
 *
 * Return: 0.
 */
int ipsecgw_nl_done(struct netlink_callback *cb)
{
	kfree(ipsecgw_nl_ctx(cb)->cursor);
	return 0;
}

/**
 * ipsecgw_nl_dump_put() - begin the message of one object of a dump
 * @skb: answer
 * @cb: dump
 *
 * Return: the message, NULL if there is no room.
 */
void *ipsecgw_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);

	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &ipsecgw_nl_family, NLM_F_MULTI, hdr->cmd);
}

/**
 * ipsecgw_nl_reply_begin() - begin the answer to a request
 * @reply: set to the new answer
 * @info: request
 *
 * A command that changes something does this first, so that it cannot run out
 * of memory when the change is made.
 *
 * Return: 0 or -ENOMEM.
 */
int ipsecgw_nl_reply_begin(struct ipsecgw_nl_reply *reply,
			   struct genl_info *info)
{
	reply->skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply->skb)
		return -ENOMEM;
	/* There is room: the buffer is new. */
	reply->hdr = genlmsg_put_reply(reply->skb, info, &ipsecgw_nl_family, 0,
				       info->genlhdr->cmd);
	return 0;
}

/**
 * ipsecgw_nl_reply_end() - send an answer, or give it up
 * @reply: answer, freed
 * @info: request
 * @err: 0 to send; else why not
 *
 * Return: @err, or how sending went.
 */
int ipsecgw_nl_reply_end(struct ipsecgw_nl_reply *reply, struct genl_info *info,
			 int err)
{
	if (err) {
		nlmsg_free(reply->skb);
		return err;
	}
	genlmsg_end(reply->skb, reply->hdr);
	return genlmsg_reply(reply->skb, info);
}

static bool is_up;

/**
 * ipsecgw_nl_listens() - does anybody want the events of a namespace
 * @net: namespace
 *
 * Context: rcu_read_lock(), until the event is sent.
 * Return: true if so; false also while the family is not registered.
 */
bool ipsecgw_nl_listens(struct net *net)
{
	return READ_ONCE(is_up) &&
	       genl_has_listeners(&ipsecgw_nl_family, net, IPSECGW_NL_EVENTS);
}

/**
 * ipsecgw_netlink_init() - begin to serve requests
 *
 * Everything that a request may reach must be ready.
 *
 * Return: 0 or a negative errno.
 */
int __init ipsecgw_netlink_init(void)
{
	int err = genl_register_family(&ipsecgw_nl_family);

	if (!err)
		WRITE_ONCE(is_up, true);
	return err;
}

/**
 * ipsecgw_netlink_exit() - no more requests, dumps and events
 */
void ipsecgw_netlink_exit(void)
{
	/*
	 * Group numbers of a family that is gone belong to another one: events
	 * on their way must have left.
	 */
	WRITE_ONCE(is_up, false);
	synchronize_rcu();
	genl_unregister_family(&ipsecgw_nl_family);
}
