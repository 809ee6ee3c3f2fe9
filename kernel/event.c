// SPDX-License-Identifier: GPL-2.0-only
// Events to userland: build the message, multicast it.
#include "event.h"

#include "netlink.h"
#include "priv.h"
#include "sa.h"

/* More than the longest event: an acquire with eight IPv6 peers. */
#define EVENT_SIZE 1024

/**
 * struct event - a message that is being built
 * @net: namespace that it is about
 * @skb: buffer
 * @hdr: its message
 */
struct event {
	struct net *net;
	struct sk_buff *skb;
	void *hdr;
};

/*
 * Begin an event, inside an RCU read side that lasts until it is sent. False:
 * there is nothing to do. A listener that misses one because memory is short
 * learns that it has, as it does when its socket is full.
 */
static bool begin(struct event *ev, struct ipsecgw_net *ign, u8 cmd)
{
	ev->net = ign->net;
	if (!ipsecgw_nl_listens(ev->net))
		return false;
	ev->skb = genlmsg_new(EVENT_SIZE, GFP_ATOMIC);
	if (!ev->skb) {
		genl_set_err(&ipsecgw_nl_family, ev->net, 0, IPSECGW_NL_EVENTS,
			     -ENOBUFS);
		return false;
	}
	/* There is room: the buffer is new. */
	ev->hdr = genlmsg_put(ev->skb, 0, 0, &ipsecgw_nl_family, 0, cmd);
	return true;
}

static void send(struct event *ev, int err)
{
	/* EVENT_SIZE is too small then. */
	if (WARN_ON_ONCE(err)) {
		nlmsg_free(ev->skb);
		return;
	}
	genlmsg_end(ev->skb, ev->hdr);
	genlmsg_multicast_netns(&ipsecgw_nl_family, ev->net, ev->skb, 0,
				IPSECGW_NL_EVENTS, GFP_ATOMIC);
}

static int put_new_sa(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	if (ipsecgw_nl_put_sa_name(skb, sa) ||
	    (sa->cipher && nla_put_u8(skb, IPSECGW_A_SA_CIPHER, sa->cipher)) ||
	    nla_put_u8(skb, IPSECGW_A_SA_INTEG, sa->integ) ||
	    nla_put_u32(skb, IPSECGW_A_SA_FLAGS, sa->flags))
		return -EMSGSIZE;
	return 0;
}

/**
 * ipsecgw_event_sa_add() - an SA was added
 * @sa: SA
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_event_sa_add(struct ipsecgw_sa *sa)
{
	struct event ev;

	rcu_read_lock();
	if (begin(&ev, sa->ign, IPSECGW_CMD_SA_ADD_NTF))
		send(&ev, put_new_sa(ev.skb, sa));
	rcu_read_unlock();
}

static int put_old_sa(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	if (ipsecgw_nl_put_sa_name(skb, sa))
		return -EMSGSIZE;
	return ipsecgw_nl_put_sa_stats(skb, sa);
}

/**
 * ipsecgw_event_sa_del() - an SA was deleted
 * @sa: SA
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_event_sa_del(struct ipsecgw_sa *sa)
{
	struct event ev;

	rcu_read_lock();
	if (begin(&ev, sa->ign, IPSECGW_CMD_SA_DEL_NTF))
		send(&ev, put_old_sa(ev.skb, sa));
	rcu_read_unlock();
}

static int put_expire(struct sk_buff *skb, const struct ipsecgw_sa *sa,
		      bool hard, enum ipsecgw_limit limit)
{
	if (put_old_sa(skb, sa) || nla_put_u8(skb, IPSECGW_A_SA_IS_HARD, hard))
		return -EMSGSIZE;
	return nla_put_u8(skb, IPSECGW_A_SA_LIMIT, limit);
}

/**
 * ipsecgw_event_expire() - a limit of an SA was reached
 * @sa: SA
 * @hard: the SA is over
 * @limit: which limit
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_event_expire(struct ipsecgw_sa *sa, bool hard,
			  enum ipsecgw_limit limit)
{
	struct event ev;

	rcu_read_lock();
	if (begin(&ev, sa->ign, IPSECGW_CMD_EXPIRE_NTF))
		send(&ev, put_expire(ev.skb, sa, hard, limit));
	rcu_read_unlock();
}

static int put_mapping(struct sk_buff *skb, const struct ipsecgw_sa *sa,
		       const union ipsecgw_addr *remote, __be16 port)
{
	if (ipsecgw_nl_put_sa_name(skb, sa) ||
	    ipsecgw_nl_put_addr(skb, IPSECGW_A_SA_NEW_REMOTE, sa->family,
				remote))
		return -EMSGSIZE;
	return nla_put_u16(skb, IPSECGW_A_SA_NEW_PORT, ntohs(port));
}

/**
 * ipsecgw_event_mapping() - the peer was seen at another address or port
 * @sa: SA that authenticated the packet
 * @remote: address, of the SA's family
 * @port: UDP port
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_event_mapping(struct ipsecgw_sa *sa,
			   const union ipsecgw_addr *remote, __be16 port)
{
	struct event ev;

	rcu_read_lock();
	if (begin(&ev, sa->ign, IPSECGW_CMD_MAPPING_NTF))
		send(&ev, put_mapping(ev.skb, sa, remote, port));
	rcu_read_unlock();
}

/**
 * ipsecgw_event_acquire() - a packet needs an SA
 * @ign: namespace
 * @info: packet and rule
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_event_acquire(struct ipsecgw_net *ign,
			   const struct ipsecgw_acquire_info *info)
{
	struct event ev;

	rcu_read_lock();
	if (begin(&ev, ign, IPSECGW_CMD_ACQUIRE_NTF))
		send(&ev, ipsecgw_nl_put_acquire(ev.skb, info));
	rcu_read_unlock();
}

/**
 * ipsecgw_event_drops() - another threshold of drops was passed
 * @ign: namespace
 * @why: reason
 * @packets: its counter
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_event_drops(struct ipsecgw_net *ign, enum ipsecgw_drop why,
			 u64 packets)
{
	struct event ev;

	rcu_read_lock();
	if (begin(&ev, ign, IPSECGW_CMD_DROP_NTF))
		send(&ev,
		     nla_put_u32(ev.skb, IPSECGW_A_NS_REASON, why) ?:
			     nla_put_u64_64bit(ev.skb, IPSECGW_A_NS_PACKETS,
					       packets, IPSECGW_A_NS_PAD));
	rcu_read_unlock();
}

/**
 * ipsecgw_event_wanted() - does anybody listen
 * @ign: namespace
 *
 * For events that cost something before they are built.
 *
 * Context: RCU read side.
 * Return: true if so.
 */
bool ipsecgw_event_wanted(const struct ipsecgw_net *ign)
{
	return ipsecgw_nl_listens(ign->net);
}

static int put_unknown(struct sk_buff *skb,
		       const struct ipsecgw_unknown_info *info)
{
	if (nla_put_u32(skb, IPSECGW_A_SA_SPI, ntohl(info->spi)) ||
	    nla_put_u8(skb, IPSECGW_A_SA_PROTO, IPPROTO_ESP) ||
	    ipsecgw_nl_put_addr(skb, IPSECGW_A_SA_LOCAL, info->family,
				&info->local) ||
	    ipsecgw_nl_put_addr(skb, IPSECGW_A_SA_REMOTE, info->family,
				&info->remote) ||
	    ipsecgw_nl_put_vrf(skb, IPSECGW_A_SA_FVRF, info->fvrf))
		return -EMSGSIZE;
	if (!info->sport)
		return 0;
	if (nla_put_u16(skb, IPSECGW_A_SA_ENCAP_LOCAL_PORT, ntohs(info->dport)))
		return -EMSGSIZE;
	return nla_put_u16(skb, IPSECGW_A_SA_ENCAP_REMOTE_PORT,
			   ntohs(info->sport));
}

/**
 * ipsecgw_event_unknown_spi() - a packet came that no SA is for
 * @ign: namespace
 * @info: packet
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_event_unknown_spi(struct ipsecgw_net *ign,
			       const struct ipsecgw_unknown_info *info)
{
	struct event ev;

	rcu_read_lock();
	if (begin(&ev, ign, IPSECGW_CMD_UNKNOWN_SPI_NTF))
		send(&ev, put_unknown(ev.skb, info));
	rcu_read_unlock();
}
