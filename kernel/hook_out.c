// SPDX-License-Identifier: GPL-2.0-only
// Where clear packets enter: the output hook.
//
// A crypto map is asked when everything else has been done: after routing and
// NAT, before fragmentation, with large packets still whole. The hook stands
// before the last one, which confirms the connection and must not be missed; it
// runs the remaining hooks itself before it takes the packet away.
#include "hook_out.h"

#include <linux/bottom_half.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/ah.h>
#include <net/inet_sock.h>
#include "acquire.h"
#include "bind.h"
#include "classify.h"
#include "drop.h"
#include "encap.h"
#include "esp.h"
#include "flow.h"
#include "guard.h"
#include "priv.h"
#include "sa.h"
#include "sadb.h"
#include "selector.h"
#include "tunnel.h"
#include "vrf.h"

#define PORT_IKE 500
#define PORT_NAT_T 4500

static bool covers(const struct ipsecgw_sa *sa, const struct ipsecgw_flow *flow)
{
	unsigned int i;

	for (i = 0; i < sa->n_sel; i++)
		if (ipsecgw_selector_match(&sa->sel[i], flow))
			return true;
	return !sa->n_sel;
}

static bool is_usable(const struct ipsecgw_sa *sa)
{
	u8 state = READ_ONCE(sa->state);

	return state == IPSECGW_SA_STATE_ACTIVE ||
	       state == IPSECGW_SA_STATE_STANDBY;
}

/* The chosen SA has narrower selectors than the rule: another one may fit. */
static struct ipsecgw_sa *select_other(struct ipsecgw_policy *pol,
				       const struct ipsecgw_flow *flow)
{
	struct ipsecgw_sa *sa;

	list_for_each_entry_rcu(sa, &pol->sas, policy_list)
		if (sa->dir == IPSECGW_DIR_OUT && !READ_ONCE(sa->dead) &&
		    is_usable(sa) && covers(sa, flow))
			return sa;
	return NULL;
}

/**
 * ipsecgw_hook_out_select() - the SA for a packet
 * @pol: rule that protects it
 * @flow: packet
 *
 * Context: RCU read side.
 * Return: SA without a reference, or NULL if there is none.
 */
struct ipsecgw_sa *ipsecgw_hook_out_select(struct ipsecgw_policy *pol,
					   const struct ipsecgw_flow *flow)
{
	struct ipsecgw_sa *sa = rcu_dereference(pol->out);

	if (unlikely(!sa))
		return NULL;
	if (likely(is_usable(sa) && covers(sa, flow)))
		return sa;
	return select_other(pol, flow);
}

/*
 * Neither does another VRF's packet go through the SA, nor does the SA's go over
 * another VRF's wire. What a tunnel interface is in is the inside.
 */
static bool is_in_vrf(const struct ipsecgw_sa *sa,
		      const struct ipsecgw_bind *bind,
		      const struct ipsecgw_flow *flow,
		      const struct sk_buff *skb, const struct sock *sk)
{
	u32 vrf = flow->vrf;

	if (unlikely(bind->is_tunnel))
		return true;
	if (sa->fvrf && sa->fvrf != ipsecgw_vrf_of(bind->dev))
		return false;
	if (likely(!sa->ivrf))
		return true;
	if (!vrf)
		vrf = ipsecgw_vrf_from(bind->ign->net, skb, sk, bind->dev);
	return sa->ivrf == vrf;
}

/*
 * Protect and send. From here on nothing goes out in clear.
 *
 * Return: 0, or -EINPROGRESS if the packet waits for an SA.
 */
static int send(struct ipsecgw_bind *bind, struct ipsecgw_policy *pol,
		const struct ipsecgw_flow *flow, struct sk_buff *skb,
		const struct sock *sk)
{
	struct ipsecgw_sa *sa = ipsecgw_hook_out_select(pol, flow);

	if (unlikely(!sa)) {
		ipsecgw_acquire_hold(pol, bind, flow, skb);
		return -EINPROGRESS;
	}
	if (likely(is_in_vrf(sa, bind, flow, skb, sk)))
		ipsecgw_esp_out(bind->ign, pol, sa, skb);
	else
		ipsecgw_drop_policy(bind->ign, pol, skb,
				    IPSECGW_DROP_OUT_NO_SA);
	return 0;
}

/*
 * The rule for a packet. An ICMP error that no rule matches goes the way of the
 * packet that it quotes, or it would give away a part of it (RFC 4301, 6.2).
 */
static const struct ipsecgw_rule *judge(const struct ipsecgw_bind *bind,
					const struct sk_buff *skb, u8 family,
					const struct sock *sk,
					struct ipsecgw_flow *flow, bool *unsure)
{
	const struct ipsecgw_ruleset *rs = rcu_dereference(bind->rules);
	const struct ipsecgw_rule *rule;
	struct ipsecgw_flow quoted, back;

	if (unlikely(rs->has_vrf))
		flow->vrf =
			ipsecgw_vrf_from(bind->ign->net, skb, sk, bind->dev);
	rule = ipsecgw_ruleset_classify(rs, flow, unsure);
	if (rule || !ipsecgw_flow_is_icmp(flow) ||
	    !ipsecgw_flow_icmp_inner(skb, family, &quoted))
		return rule;
	ipsecgw_flow_mirror(&quoted, &back);
	back.vrf = flow->vrf;
	rule = ipsecgw_ruleset_classify(rs, &back, unsure);
	if (!rule || rule->action != IPSECGW_ACTION_PROTECT)
		return NULL;
	*flow = back;
	return rule;
}

/*
 * A rule of another VRF, whose packet this would be by its addresses. The side
 * where it leads to is no place for it, protected or not.
 */
static const struct ipsecgw_rule *foreign(const struct ipsecgw_bind *bind,
					  const struct ipsecgw_flow *flow)
{
	const struct ipsecgw_ruleset *rs = rcu_dereference(bind->rules);
	struct ipsecgw_flow any = *flow;
	const struct ipsecgw_rule *rule;
	bool unsure;

	if (likely(!rs->has_vrf))
		return NULL;
	any.vrf = 0;
	rule = ipsecgw_ruleset_classify(rs, &any, &unsure);
	return rule && rule->action != IPSECGW_ACTION_BYPASS ? rule : NULL;
}

/*
 * What must go in clear whatever the rules say, or no SA would ever come into
 * being: IKE of this host, known by its socket and not by its looks, and what
 * finds neighbours and cannot come from beyond the link.
 */
static bool is_exempt(const struct sk_buff *skb,
		      const struct ipsecgw_flow *flow, const struct sock *sk)
{
	if (flow->proto != IPPROTO_UDP || !flow->has_ports)
		return ipsecgw_flow_is_link_control(skb, flow);
	if (flow->sport != PORT_IKE && flow->sport != PORT_NAT_T)
		return false;
	return sk && sk_fullsock(sk) && sk->sk_protocol == IPPROTO_UDP &&
	       inet_sk(sk)->inet_num == flow->sport;
}

/* ESP or AH of ours whose sender a VRF has lost on the way. */
static bool is_our_esp(struct ipsecgw_net *ign, const struct sk_buff *skb,
		       const struct ipsecgw_flow *flow)
{
	const struct ipsecgw_sa *sa;
	const __be32 *spi;
	__be32 buf;
	int offset;

	if ((flow->proto != IPPROTO_ESP && flow->proto != IPPROTO_AH) ||
	    flow->is_fragment || !skb_transport_header_was_set(skb))
		return false;
	offset = skb_transport_offset(skb);
	if (flow->proto == IPPROTO_AH)
		offset += offsetof(struct ip_auth_hdr, spi);
	spi = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!spi)
		return false;
	sa = ipsecgw_sadb_lookup_out(ign, *spi, flow->proto, flow->family,
				     &flow->dst);
	return sa && ipsecgw_addr_equal(&sa->local, &flow->src);
}

static bool is_ours(const struct ipsecgw_net *ign, const struct sock *sk)
{
	return sk && (sk == ign->ctl4 || sk == ign->ctl6 ||
		      ipsecgw_encap_is_ours(sk));
}

/**
 * struct decision - what becomes of a packet
 * @pol: rule, or NULL
 * @flow: packet, or the one that it is about
 * @action: enum ipsecgw_action
 * @why: reason of IPSECGW_ACTION_DISCARD
 */
struct decision {
	struct ipsecgw_policy *pol;
	struct ipsecgw_flow flow;
	u8 action;
	enum ipsecgw_drop why;
};

static void decide(const struct ipsecgw_bind *bind, const struct sk_buff *skb,
		   u8 family, const struct sock *sk, struct decision *d)
{
	const struct ipsecgw_rule *rule;
	bool unsure, is_foreign;

	d->pol = NULL;
	d->action = IPSECGW_ACTION_DISCARD;
	d->why = IPSECGW_DROP_OUT_HEADER;
	if (!ipsecgw_flow_parse(skb, family, skb_network_offset(skb), &d->flow))
		return;
	rule = judge(bind, skb, family, sk, &d->flow, &unsure);
	is_foreign = !rule && (rule = foreign(bind, &d->flow));
	if (!rule) {
		d->action = IPSECGW_ACTION_BYPASS;
		return;
	}
	d->pol = rule->pol;
	d->action = is_foreign ? IPSECGW_ACTION_DISCARD : rule->action;
	if (d->action == IPSECGW_ACTION_BYPASS)
		return;
	if (unlikely(is_exempt(skb, &d->flow, sk) ||
		     is_our_esp(bind->ign, skb, &d->flow))) {
		d->pol = NULL;
		d->action = IPSECGW_ACTION_BYPASS;
		return;
	}
	d->why = IPSECGW_DROP_OUT_DISCARD;
	if (unsure) {
		d->action = IPSECGW_ACTION_DISCARD;
		d->why = IPSECGW_DROP_OUT_FRAGMENT;
	}
}

static void discard(const struct ipsecgw_bind *bind, const struct decision *d,
		    struct sk_buff *skb)
{
	if (d->pol)
		ipsecgw_drop_policy(bind->ign, d->pol, skb, d->why);
	else
		ipsecgw_drop(bind->ign, NULL, skb, d->why);
}

/**
 * ipsecgw_hook_out_routed() - protect a packet that was routed to a tunnel
 * @bind: crypto map of the tunnel interface
 * @skb: packet, data at its IP header, with a route; consumed
 *
 * There is nothing that goes in clear, whatever the rules say and whose packet
 * it is.
 *
 * Context: RCU read side, bottom halves disabled.
 * Return: 0, -EINPROGRESS if the packet waits for an SA, -EPERM if it is dropped.
 */
int ipsecgw_hook_out_routed(struct ipsecgw_bind *bind, struct sk_buff *skb)
{
	u8 family = skb->protocol == htons(ETH_P_IP) ? AF_INET : AF_INET6;
	struct decision d = { .why = IPSECGW_DROP_OUT_HEADER };
	const struct ipsecgw_rule *rule;
	bool unsure;

	if (unlikely(!ipsecgw_flow_parse(skb, family, skb_network_offset(skb),
					 &d.flow)))
		goto discard;
	d.why = IPSECGW_DROP_OUT_DISCARD;
	rule = judge(bind, skb, family, skb->sk, &d.flow, &unsure);
	if (unlikely(!rule))
		goto discard;
	d.pol = rule->pol;
	if (likely(rule->action == IPSECGW_ACTION_PROTECT && !unsure))
		return send(bind, d.pol, &d.flow, skb, skb->sk);
	if (unsure)
		d.why = IPSECGW_DROP_OUT_FRAGMENT;
discard:
	discard(bind, &d, skb);
	return -EPERM;
}

/**
 * ipsecgw_hook_out_resume() - send a packet that waited
 * @ign: namespace
 * @ifindex: bound interface that it left through
 * @skb: packet, consumed
 *
 * The hooks have seen it already. The rules may be others by now, and unless
 * they still protect the packet, it is too late for it.
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_hook_out_resume(struct ipsecgw_net *ign, u32 ifindex,
			     struct sk_buff *skb)
{
	u8 family = skb->protocol == htons(ETH_P_IP) ? AF_INET : AF_INET6;
	struct ipsecgw_bind *bind;
	struct decision d;

	rcu_read_lock();
	local_bh_disable();
	bind = ipsecgw_bind_lookup(ign, ifindex);
	if (bind && bind->is_tunnel) {
		ipsecgw_tunnel_send(bind, skb);
		goto out_unlock;
	}
	if (bind)
		decide(bind, skb, family, skb->sk, &d);
	if (!bind || d.action == IPSECGW_ACTION_BYPASS)
		ipsecgw_drop(ign, NULL, skb, IPSECGW_DROP_SHUTDOWN);
	else if (d.action == IPSECGW_ACTION_PROTECT)
		send(bind, d.pol, &d.flow, skb, skb->sk);
	else
		discard(bind, &d, skb);
out_unlock:
	local_bh_enable();
	rcu_read_unlock();
}

/* A later hook has queued the packet to userland; now it comes back. */
static int resume_queued(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	ipsecgw_hook_out_resume(ipsecgw_net(net), skb->dev->ifindex, skb);
	return 0;
}

static unsigned int hook(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state);

static const struct nf_hook_ops hooks[] = {
	{
		.hook = hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = INT_MAX - 1,
	},
	{
		.hook = hook,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = INT_MAX - 1,
	},
};

/*
 * What stands behind us: connections are confirmed there. A new connection
 * whose packet is taken away unconfirmed would never be known, and its NAT
 * would be another for each packet.
 *
 * Return: true if the packet is still there.
 */
static bool run_remaining(struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct nf_hook_ops *ours = &hooks[state->pf == NFPROTO_IPV6];
	const struct netns_nf *nf = &state->net->nf;
	const struct nf_hook_entries *e;
	struct nf_hook_state rest = *state;
	struct nf_hook_ops **ops;
	unsigned int i;

	if (state->pf == NFPROTO_IPV4)
		e = rcu_dereference(nf->hooks_ipv4[NF_INET_POST_ROUTING]);
	else
		e = rcu_dereference(nf->hooks_ipv6[NF_INET_POST_ROUTING]);
	if (!e)
		return true;
	ops = nf_hook_entries_get_hook_ops(e);
	for (i = e->num_hook_entries; i > 0; i--)
		if (ops[i - 1] == ours)
			break;
	/* Not there: the last binding has just gone. The packet is still ours. */
	if (!i || i == e->num_hook_entries)
		return true;
	rest.okfn = resume_queued;
	return nf_hook_slow(skb, &rest, e, i) == 1;
}

static unsigned int take(struct ipsecgw_bind *bind, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct decision d;

	decide(bind, skb, state->pf, state->sk, &d);
	switch (d.action) {
	case IPSECGW_ACTION_PROTECT:
		if (run_remaining(skb, state))
			send(bind, d.pol, &d.flow, skb, state->sk);
		return NF_STOLEN;
	case IPSECGW_ACTION_BYPASS:
		if (d.pol)
			ipsecgw_stats_add(bind->ign, IPSECGW_COUNT_BYPASSED, 1);
		ipsecgw_guard_pass(bind, skb);
		return NF_ACCEPT;
	default:
		discard(bind, &d, skb);
		return NF_STOLEN;
	}
}

static unsigned int hook(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct ipsecgw_net *ign = ipsecgw_net_rcu(state->net);
	struct ipsecgw_bind *bind;
	unsigned int verdict;

	bind = ipsecgw_bind_guarded(ign, state->out->ifindex);
	if (likely(!bind))
		return NF_ACCEPT;
	/* A bridge asks for what it forwards itself: that is not routed here. */
	if (unlikely(skb->dev != state->out))
		return NF_ACCEPT;
	if (is_ours(ign, state->sk)) {
		ipsecgw_guard_pass(bind, skb);
		return NF_ACCEPT;
	}
	/* Senders in process context come with bottom halves enabled. */
	local_bh_disable();
	verdict = take(bind, skb, state);
	local_bh_enable();
	return verdict;
}

/**
 * ipsecgw_hook_out_start() - begin to see the output of a namespace
 * @net: namespace
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int ipsecgw_hook_out_start(struct net *net)
{
	return nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}

/**
 * ipsecgw_hook_out_stop() - see no more of it
 * @net: namespace
 *
 * Context: process.
 */
void ipsecgw_hook_out_stop(struct net *net)
{
	nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}
