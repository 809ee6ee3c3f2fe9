// SPDX-License-Identifier: GPL-2.0-only
// Where clear text could leak past the output hook, or come in.
//
// Out: not everything that leaves through an interface has passed the output
// hook. Bridges, raw sockets and offloaded flows have not. So every packet that
// passed carries a mark, and the hook on the interface itself looks again at
// those that do not.
//
// In: what a rule protects must have been decrypted. That is marked as well. And
// fragments in clear never meet fragments that were decrypted.
#include "guard.h"

#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/xfrm.h>
#include "bind.h"
#include "classify.h"
#include "compat.h"
#include "drop.h"
#include "encap.h"
#include "flow.h"
#include "priv.h"

#ifndef CONFIG_NET_RX_BUSY_POLL
#error "packets are marked in skb->napi_id, which needs CONFIG_NET_RX_BUSY_POLL"
#endif
#ifndef CONFIG_NETFILTER_EGRESS
#error "the leak guard needs CONFIG_NETFILTER_EGRESS"
#endif

#define PORT_IKE 500
#define PORT_NAT_T 4500
/* Before reassembly, so that ours comes first: see gather(). */
#define PRI_CLEAR_CHECK (NF_IP_PRI_CONNTRACK_DEFRAG - 100)
/* Beyond enum ip_defrag_users; the number of an interface is added. */
#define CLEAR_QUEUES 0x80000000U

/* --- out: the mark ----------------------------------------------------------- */

static bool will_be_fragmented(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	unsigned int mtu;

	if (!dst)
		return false;
	mtu = min_t(unsigned int, dst_mtu(dst), READ_ONCE(skb->dev->mtu));
	if (skb_is_gso(skb))
		return !skb_gso_validate_network_len(skb, mtu);
	if (skb->protocol == htons(ETH_P_IP))
		return skb->len > mtu || IPCB(skb)->frag_max_size;
	return skb->len > mtu || IP6CB(skb)->frag_max_size;
}

/**
 * ipsecgw_guard_pass() - mark a packet as seen by the output hook
 * @bind: binding of its interface
 * @skb: packet, not yet fragmented
 *
 * Fragments do not inherit the mark, but they do inherit extensions: an empty
 * path of XFRM transforms, which nothing else produces on output, says the same
 * for them. Without it, fragments but the first could not be told from others
 * that have the same addresses and ports which a rule protects.
 *
 * Context: RCU read side.
 */
void ipsecgw_guard_pass(const struct ipsecgw_bind *bind, struct sk_buff *skb)
{
	skb->napi_id = bind->mark_out;
	if (likely(!will_be_fragmented(skb)))
		return;
	secpath_reset(skb);
	secpath_set(skb);
}

/* --- fragments ------------------------------------------------------------------ */

static bool is_fragment4(const struct sk_buff *skb, int offset)
{
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return ip && ip_is_fragment(ip);
}

static bool is_fragment6(const struct sk_buff *skb, int offset)
{
	const struct ipv6hdr *ip6;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 nexthdr;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6)
		return false;
	nexthdr = ip6->nexthdr;
	/* Set whether or not what follows the fragment header can be read. */
	ipv6_skip_exthdr(skb, offset + sizeof(buf), &nexthdr, &frag_off);
	return frag_off & htons(IP6_OFFSET | IP6_MF);
}

static bool is_fragment(const struct sk_buff *skb, u8 family, int offset)
{
	return family == AF_INET ? is_fragment4(skb, offset) :
				   is_fragment6(skb, offset);
}

/* A fragment of what was marked as a whole. */
static bool is_passed_fragment(const struct sk_buff *skb, u8 family, int offset)
{
	const struct sec_path *sp = skb_sec_path(skb);

	if (likely(!sp) || sp->len)
		return false;
	return is_fragment(skb, family, offset);
}

/* --- out: the hook on the interface --------------------------------------------- */

/**
 * struct frame - what is in a frame about to leave
 * @family: AF_INET or AF_INET6, 0 if it is not IP
 * @offset: of the IP header from skb->data
 */
struct frame {
	u8 family;
	int offset;
};

static u8 family_of(__be16 proto)
{
	if (proto == htons(ETH_P_IP))
		return AF_INET;
	return proto == htons(ETH_P_IPV6) ? AF_INET6 : 0;
}

/* On Ethernet, what the frame says and not what a raw socket says of it. */
static void look_at_ether(const struct sk_buff *skb, struct frame *f)
{
	const struct ethhdr *eth;
	const struct vlan_hdr *vlan;
	struct ethhdr buf;
	__be16 proto;

	eth = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!eth)
		return;
	proto = eth->h_proto;
	f->offset = ETH_HLEN;
	/* Another VLAN is another interface; number 0 is only a priority. */
	if (skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb))
		return;
	if (eth_type_vlan(proto)) {
		vlan = skb_header_pointer(skb, f->offset, sizeof(*vlan), &buf);
		if (!vlan || (ntohs(vlan->h_vlan_TCI) & VLAN_VID_MASK))
			return;
		proto = vlan->h_vlan_encapsulated_proto;
		f->offset += VLAN_HLEN;
	}
	f->family = family_of(proto);
}

static void look_at_raw(const struct sk_buff *skb, struct frame *f)
{
	const u8 *first;
	u8 buf;

	f->offset = skb_network_offset(skb);
	f->family = family_of(skb->protocol);
	if (f->family || skb->dev->hard_header_len)
		return;
	first = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!first)
		return;
	f->offset = 0;
	if (*first >> 4 == 4)
		f->family = AF_INET;
	else if (*first >> 4 == 6)
		f->family = AF_INET6;
}

static bool is_own_address(struct net *net, const struct net_device *dev,
			   u8 family, const union ipsecgw_addr *addr)
{
	if (family == AF_INET)
		return inet_addr_type_dev_table(net, dev, addr->a4) ==
		       RTN_LOCAL;
	return ipv6_chk_addr(net, &addr->a6, NULL, 0);
}

/* Protected already, by us or by others, or about the keys for it. */
static bool is_ipsec(struct ipsecgw_net *ign, const struct ipsecgw_flow *flow,
		     u16 port)
{
	if (flow->proto == IPPROTO_ESP || flow->proto == IPPROTO_AH)
		return true;
	return flow->proto == IPPROTO_UDP && flow->has_ports &&
	       (port == PORT_IKE || port == PORT_NAT_T ||
		ipsecgw_encap_has_port(ign, flow->family, htons(port), 0));
}

static bool may_leave(const struct ipsecgw_bind *bind,
		      const struct sk_buff *skb, const struct frame *f,
		      struct ipsecgw_policy **pol)
{
	const struct ipsecgw_rule *rule;
	struct ipsecgw_flow flow;
	bool unsure;

	*pol = NULL;
	if (is_passed_fragment(skb, f->family, f->offset))
		return true;
	/* Not even a header: whatever it is, no receiver will take it for IP. */
	if (!ipsecgw_flow_parse(skb, f->family, f->offset, &flow))
		return true;
	/* XFRM sends some of its ESP past the output hook. */
	if (flow.proto == IPPROTO_ESP || flow.proto == IPPROTO_AH)
		return true;
	rule = ipsecgw_ruleset_classify(rcu_dereference(bind->rules), &flow,
					&unsure);
	if (!rule || rule->action == IPSECGW_ACTION_BYPASS)
		return true;
	*pol = rule->pol;
	return is_ipsec(bind->ign, &flow, flow.sport) &&
	       is_own_address(bind->ign->net, bind->dev, flow.family,
			      &flow.src);
}

static unsigned int egress(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	const struct ipsecgw_bind *bind = priv;
	struct ipsecgw_policy *pol;
	struct frame f = {};

	if (likely(skb->napi_id == bind->mark_out))
		return NF_ACCEPT;
	if (bind->dev->type == ARPHRD_ETHER)
		look_at_ether(skb, &f);
	else
		look_at_raw(skb, &f);
	if (!f.family || may_leave(bind, skb, &f, &pol))
		return NF_ACCEPT;
	ipsecgw_drop_policy(bind->ign, pol, skb, IPSECGW_DROP_OUT_GUARD);
	return NF_STOLEN;
}

/**
 * ipsecgw_guard_attach() - guard an interface
 * @bind: its binding, complete but for this
 *
 * Behind all other hooks of the interface, so that what they change is seen.
 *
 * Context: process, rtnl and ign->lock are held.
 * Return: 0 or a negative error.
 */
int ipsecgw_guard_attach(struct ipsecgw_bind *bind)
{
	bind->egress = (struct nf_hook_ops){
		.hook = egress,
		.dev = bind->dev,
		.priv = bind,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_EGRESS,
		.priority = INT_MAX,
	};
	return nf_register_net_hook(bind->ign->net, &bind->egress);
}

/**
 * ipsecgw_guard_detach() - guard an interface no more
 * @bind: its binding, to be freed after a grace period
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_guard_detach(struct ipsecgw_bind *bind)
{
	nf_unregister_net_hook(bind->ign->net, &bind->egress);
}

/* --- out: no offloading ---------------------------------------------------------- */

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
static void addr_of(const union nf_inet_addr *from, union ipsecgw_addr *to)
{
	to->a6 = from->in6;
}

/* What goes out on the bound side: the mirror image of what comes in there. */
static void outbound_flow(const struct nf_conntrack_tuple *t,
			  struct ipsecgw_flow *flow)
{
	*flow = (struct ipsecgw_flow){
		.family = t->src.l3num,
		.proto = t->dst.protonum,
		.has_ports = ipsecgw_proto_has_ports(t->dst.protonum),
		.sport = ntohs(t->dst.u.all),
		.dport = ntohs(t->src.u.all),
	};
	addr_of(&t->dst.u3, &flow->src);
	addr_of(&t->src.u3, &flow->dst);
	if (flow->has_ports)
		return;
	flow->sport = 0;
	flow->dport = 0;
}

static bool is_protected(const struct ipsecgw_bind *bind,
			 const struct nf_conntrack_tuple *tuple)
{
	const struct ipsecgw_rule *rule;
	struct ipsecgw_flow flow;
	bool unsure;

	outbound_flow(tuple, &flow);
	rule = ipsecgw_ruleset_classify(rcu_dereference(bind->rules), &flow,
					&unsure);
	return rule && rule->action != IPSECGW_ACTION_BYPASS;
}

static bool can_be_offloaded(const struct nf_conn *ct)
{
	if (!ct || !nf_ct_is_confirmed(ct))
		return false;
	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_GRE:
		return true;
	default:
		return false;
	}
}

/*
 * A flow that a flowtable takes over leaves the stack before the output hook.
 * It does not take packets that XFRM decrypted, so ours pose as such. The
 * connection knows the addresses as they are after NAT, which rules look at.
 */
static unsigned int forward(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	struct ipsecgw_net *ign = ipsecgw_net_rcu(state->net);
	struct ipsecgw_bind *in, *out;
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(skb, &info);
	enum ip_conntrack_dir dir;

	if (!can_be_offloaded(ct))
		return NF_ACCEPT;
	dir = CTINFO2DIR(info);
	out = ipsecgw_bind_guarded(ign, state->out->ifindex);
	in = ipsecgw_bind_guarded(ign, state->in->ifindex);
	if ((out && is_protected(out, &ct->tuplehash[!dir].tuple)) ||
	    (in && is_protected(in, &ct->tuplehash[dir].tuple))) {
		secpath_reset(skb);
		secpath_set(skb);
	}
	return NF_ACCEPT;
}
#else
static unsigned int forward(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}
#endif

/* --- in ------------------------------------------------------------------------- */

/* IPsec for this host, errors about it, and what finds neighbours. */
static bool is_for_us(const struct ipsecgw_bind *bind,
		      const struct sk_buff *skb,
		      const struct ipsecgw_flow *flow)
{
	struct ipsecgw_net *ign = bind->ign;
	struct ipsecgw_flow quoted;

	if (ipsecgw_flow_is_link_control(skb, flow))
		return true;
	if (!is_ipsec(ign, flow, flow->dport) &&
	    (!ipsecgw_flow_is_icmp(flow) ||
	     !ipsecgw_flow_icmp_inner(skb, flow->family, &quoted) ||
	     !is_ipsec(ign, &quoted, quoted.sport)))
		return false;
	return is_own_address(ign->net, bind->dev, flow->family, &flow->dst);
}

/*
 * Most of what comes in through a tunnel's interface, without asking the rules.
 * What this does not know, as an address that is only in a routing table, is
 * asked for again when a rule matches.
 */
static bool is_esp_for_us(const struct ipsecgw_bind *bind,
			  const struct sk_buff *skb, u8 family)
{
	const struct net_device *dev;

	if (family != NFPROTO_IPV4 || ip_hdr(skb)->protocol != IPPROTO_ESP ||
	    ip_is_fragment(ip_hdr(skb)))
		return false;
	dev = __ip_dev_find(bind->ign->net, ip_hdr(skb)->daddr, false);
	return dev && l3mdev_master_ifindex_rcu(dev) ==
			      l3mdev_master_ifindex_rcu(bind->dev);
}

/* The rule that wants this packet, or an error about such a packet, protected. */
static const struct ipsecgw_rule *protecting(const struct ipsecgw_bind *bind,
					     const struct sk_buff *skb,
					     const struct ipsecgw_flow *flow)
{
	const struct ipsecgw_ruleset *rs = rcu_dereference(bind->rules);
	const struct ipsecgw_rule *rule;
	struct ipsecgw_flow out;
	bool unsure;

	ipsecgw_flow_mirror(flow, &out);
	rule = ipsecgw_ruleset_classify(rs, &out, &unsure);
	if (!rule && ipsecgw_flow_is_icmp(flow) &&
	    ipsecgw_flow_icmp_inner(skb, flow->family, &out))
		rule = ipsecgw_ruleset_classify(rs, &out, &unsure);
	return rule && rule->action == IPSECGW_ACTION_PROTECT ? rule : NULL;
}

/*
 * Can the fragment still become part of something that may come in clear? Only
 * what is for this host, and then the ports decide, which a later fragment does
 * not have. Nor is its protocol to be trusted in IPv6.
 */
static bool may_be_for_us(const struct ipsecgw_bind *bind,
			  const struct sk_buff *skb,
			  const struct ipsecgw_flow *flow)
{
	if (!flow->is_fragment)
		return is_for_us(bind, skb, flow);
	if (flow->family == AF_INET && flow->proto != IPPROTO_UDP &&
	    flow->proto != IPPROTO_ESP && flow->proto != IPPROTO_AH)
		return false;
	return is_own_address(bind->ign->net, bind->dev, flow->family,
			      &flow->dst);
}

/*
 * Fragments in clear are put together here, in queues that nothing else uses,
 * and what comes out is judged as any whole packet is: with all its ports and the
 * protocol that counts. So a fragment in clear, whatever it claims to be, never
 * lies in one queue with decrypted ones and cannot become part of their packet.
 *
 * Return: true if the packet is whole now; else it is gone.
 */
static bool gather(const struct ipsecgw_bind *bind, struct sk_buff *skb,
		   u8 family)
{
	u32 user = CLEAR_QUEUES + bind->ifindex;
	struct ipsecgw_net *ign = bind->ign;
	int err;

	if (family == AF_INET) {
		local_bh_disable();
		err = ip_defrag(ign->net, skb, user);
		local_bh_enable();
		if (!err)
			skb->ignore_df = 1; /* as nf_defrag_ipv4 does */
		return !err;
	}
	err = nf_ct_frag6_gather(ign->net, skb, user);
	if (err == -EINPROGRESS)
		return false;
	/* A malformed one comes back as it was, for others to complain about. */
	if (!err && !is_fragment6(skb, skb_network_offset(skb)))
		return true;
	ipsecgw_drop(ign, NULL, skb, IPSECGW_DROP_IN_CLEAR_FRAGMENT);
	return false;
}

static unsigned int clear_drop(struct ipsecgw_bind *bind,
			       const struct ipsecgw_rule *rule,
			       struct sk_buff *skb, enum ipsecgw_drop why)
{
	atomic64_inc(&bind->clear_drops);
	ipsecgw_drop_policy(bind->ign, rule->pol, skb, why);
	return NF_STOLEN;
}

static unsigned int check_fragment(struct ipsecgw_bind *bind,
				   struct sk_buff *skb,
				   struct ipsecgw_flow *flow)
{
	const enum ipsecgw_drop why = IPSECGW_DROP_IN_CLEAR_FRAGMENT;
	const struct ipsecgw_rule *rule = protecting(bind, skb, flow);
	u8 family = flow->family;

	if (rule && !may_be_for_us(bind, skb, flow))
		return clear_drop(bind, rule, skb,
				  flow->is_fragment ? why :
						      IPSECGW_DROP_IN_CLEAR);
	if (!gather(bind, skb, family))
		return NF_STOLEN;
	if (!ipsecgw_flow_parse(skb, family, skb_network_offset(skb), flow))
		return NF_ACCEPT;
	rule = protecting(bind, skb, flow);
	if (!rule || is_for_us(bind, skb, flow))
		return NF_ACCEPT;
	return clear_drop(bind, rule, skb, why);
}

static unsigned int clear_check(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct ipsecgw_net *ign = ipsecgw_net_rcu(state->net);
	const struct ipsecgw_rule *rule;
	struct ipsecgw_bind *bind;
	struct ipsecgw_flow flow;
	int offset;

	bind = ipsecgw_bind_guarded(ign, state->in->ifindex);
	if (likely(!bind) || skb->napi_id == bind->mark_in ||
	    !rcu_dereference(bind->rules)->can_protect ||
	    is_esp_for_us(bind, skb, state->pf))
		return NF_ACCEPT;
	offset = skb_network_offset(skb);
	if (!ipsecgw_flow_parse(skb, state->pf, offset, &flow))
		return NF_ACCEPT; /* IP itself has checked more than we do. */
	if (unlikely(is_fragment(skb, state->pf, offset)))
		return check_fragment(bind, skb, &flow);
	rule = protecting(bind, skb, &flow);
	if (likely(!rule) || is_for_us(bind, skb, &flow))
		return NF_ACCEPT;
	return clear_drop(bind, rule, skb,
			  flow.is_fragment ? IPSECGW_DROP_IN_CLEAR_FRAGMENT :
					     IPSECGW_DROP_IN_CLEAR);
}

/* --- hooks of the namespace -------------------------------------------------------- */

static const struct nf_hook_ops hooks[] = {
	{
		.hook = forward,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = forward,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP6_PRI_FIRST,
	},
	{
		.hook = clear_check,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = PRI_CLEAR_CHECK,
	},
	{
		.hook = clear_check,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = PRI_CLEAR_CHECK,
	},
};

/**
 * ipsecgw_guard_start() - begin to see what comes into a namespace
 * @net: namespace
 *
 * Context: process.
 * Return: 0 or a negative error.
 */
int ipsecgw_guard_start(struct net *net)
{
	return nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}

/**
 * ipsecgw_guard_stop() - see no more of it
 * @net: namespace
 *
 * Context: process.
 */
void ipsecgw_guard_stop(struct net *net)
{
	nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}
