// SPDX-License-Identifier: GPL-2.0-only
// One SA: create from a config struct, hold, put, state, wipe, free.
#include "sa.h"

#include <crypto/aead.h>
#include <linux/netlink.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "ah.h"
#include "alg.h"
#include "crypto.h"
#include "esp.h"
#include "mac.h"
#include "priv.h"
#include "spd.h"

/* In the order of enum ipsecgw_sa_state: what a new SA starts as. */
static u8 first_state(const struct ipsecgw_sa_config *cfg)
{
	if (cfg->key.dir == IPSECGW_DIR_OUT)
		return IPSECGW_SA_STATE_STANDBY;
	return IPSECGW_SA_STATE_ACTIVE;
}

static void build_header4(struct ipsecgw_sa *sa, struct iphdr *iph)
{
	iph->version = 4;
	iph->ihl = 5;
	iph->protocol = sa->encap_local ? IPPROTO_UDP : sa->proto;
	iph->saddr = sa->local.a4;
	iph->daddr = sa->remote.a4;
}

static void build_header6(struct ipsecgw_sa *sa, struct ipv6hdr *ip6h)
{
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->nexthdr = sa->encap_local ? IPPROTO_UDP : sa->proto;
	ip6h->saddr = sa->local.a6;
	ip6h->daddr = sa->remote.a6;
}

/* The outer header as far as every packet has the same. */
static void build_header(struct ipsecgw_sa *sa)
{
	struct ipsecgw_sa_out *out = sa->out;
	u8 *p = out->header;

	memset(out->header, 0, sizeof(out->header));
	if (sa->mode == IPSECGW_MODE_TUNNEL) {
		if (sa->family == AF_INET) {
			build_header4(sa, (struct iphdr *)p);
			p += sizeof(struct iphdr);
		} else {
			build_header6(sa, (struct ipv6hdr *)p);
			p += sizeof(struct ipv6hdr);
		}
	}
	if (sa->encap_local) {
		struct udphdr *uh = (struct udphdr *)p;

		uh->source = sa->encap_local;
		uh->dest = sa->encap_remote;
		p += sizeof(*uh);
	}
	out->header_len = p - out->header;
}

/**
 * ipsecgw_sa_set_endpoint() - send to another address or port from now on
 * @sa: outbound SA
 * @local: our address
 * @remote: the peer's address
 * @port: the peer's UDP port, ignored without UDP encapsulation
 *
 * Context: ign->lock is held.
 */
void ipsecgw_sa_set_endpoint(struct ipsecgw_sa *sa,
			     const union ipsecgw_addr *local,
			     const union ipsecgw_addr *remote, __be16 port)
{
	local_bh_disable();
	write_seqcount_begin(&sa->out->header_seq);
	sa->local = *local;
	sa->remote = *remote;
	if (sa->encap_local)
		sa->encap_remote = port;
	build_header(sa);
	write_seqcount_end(&sa->out->header_seq);
	local_bh_enable();
	dst_cache_reset(&sa->out->dst);
}

static int create_in(struct ipsecgw_sa *sa, const struct ipsecgw_sa_config *cfg)
{
	unsigned int blocks = ipsecgw_replay_blocks(cfg->replay_window);

	sa->in = kzalloc(struct_size(sa->in, replay.ring, blocks),
			 GFP_KERNEL_ACCOUNT);
	if (!sa->in)
		return -ENOMEM;
	spin_lock_init(&sa->in->lock);
	ipsecgw_replay_init(&sa->in->replay, cfg->replay_window,
			    cfg->flags & IPSECGW_SA_FLAGS_ESN, cfg->seq);
	return 0;
}

static int create_out(struct ipsecgw_sa *sa,
		      const struct ipsecgw_sa_config *cfg)
{
	int err;

	sa->out = kzalloc(sizeof(*sa->out), GFP_KERNEL_ACCOUNT);
	if (!sa->out)
		return -ENOMEM;
	err = dst_cache_init(&sa->out->dst, GFP_KERNEL_ACCOUNT);
	if (err) {
		kfree(sa->out);
		sa->out = NULL;
		return err;
	}
	seqcount_mutex_init(&sa->out->header_seq, &sa->ign->lock);
	atomic64_set(&sa->out->seq, cfg->seq);
	sa->out->pair = cfg->pair;
	sa->out->keepalive = cfg->keepalive;
	build_header(sa);
	return 0;
}

static void free_parts(struct ipsecgw_sa *sa)
{
	ipsecgw_crypto_teardown(sa);
	ipsecgw_mac_teardown(sa);
	if (sa->dir == IPSECGW_DIR_OUT && sa->out)
		dst_cache_destroy(&sa->out->dst);
	/* Either part; the union holds one pointer. */
	kfree(sa->in);
	kfree(sa->sel);
	free_percpu(sa->cpu);
}

static int create_transform(struct ipsecgw_sa *sa,
			    const struct ipsecgw_sa_config *cfg,
			    struct netlink_ext_ack *extack)
{
	int err;

	if (sa->proto == IPSECGW_PROTO_AH) {
		err = ipsecgw_mac_setup(sa, cfg, extack);
		sa->head_len = ipsecgw_ah_len(sa->family, sa->icv_len);
		return err;
	}
	err = ipsecgw_crypto_setup(sa, cfg, extack);
	if (err)
		return err;
	sa->head_len = IPSECGW_ESP_HEADER + sa->alg->iv_len;
	sa->plain = true;
	return 0;
}

/* A larval SA only reserves its SPI: no keys, no counters, no parts. */
static int create_parts(struct ipsecgw_sa *sa,
			const struct ipsecgw_sa_config *cfg,
			struct netlink_ext_ack *extack)
{
	int err = -ENOMEM;

	sa->cpu = alloc_percpu_gfp(struct ipsecgw_sa_cpu, GFP_KERNEL_ACCOUNT);
	if (!sa->cpu)
		return err;
	if (cfg->n_sel) {
		sa->sel = kmemdup(cfg->sel, cfg->n_sel * sizeof(*cfg->sel),
				  GFP_KERNEL_ACCOUNT);
		if (!sa->sel)
			goto err_free;
		sa->n_sel = cfg->n_sel;
	}
	if (sa->dir == IPSECGW_DIR_IN)
		err = create_in(sa, cfg);
	else
		err = create_out(sa, cfg);
	if (err)
		goto err_free;
	err = create_transform(sa, cfg, extack);
	if (err)
		goto err_free;
	return 0;

err_free:
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack, "out of memory");
	free_parts(sa);
	return err;
}

static void copy_config(struct ipsecgw_sa *sa,
			const struct ipsecgw_sa_config *cfg)
{
	sa->spi = cfg->key.spi;
	sa->proto = cfg->key.proto;
	sa->dir = cfg->key.dir;
	sa->family = cfg->key.family;
	sa->remote = cfg->key.remote;
	sa->local = cfg->local;
	sa->mode = cfg->mode;
	sa->df = cfg->df;
	sa->dscp = cfg->dscp << 2;
	sa->how = cfg->how;
	sa->flags = cfg->flags &
		    ~(IPSECGW_SA_FLAGS_WEAK | IPSECGW_SA_FLAGS_STANDBY);
	sa->cipher = cfg->cipher;
	sa->integ = cfg->integ;
	sa->encap_local = cfg->encap_local;
	sa->encap_remote = cfg->encap_remote;
	sa->fvrf = cfg->fvrf;
	sa->ivrf = cfg->ivrf;
	sa->state = first_state(cfg);
	ipsecgw_lifetime_init(&sa->life, &cfg->soft, &cfg->hard, cfg->idle);
}

static DECLARE_WAIT_QUEUE_HEAD(drained);

static void free_work(struct work_struct *work)
{
	struct ipsecgw_sa *sa =
		container_of(to_rcu_work(work), struct ipsecgw_sa, free_work);
	struct ipsecgw_policy *pol = sa->policy;
	struct ipsecgw_net *ign = sa->ign;
	struct ipsecgw_sum sum = {};

	/* First the cipher: packets in flight still count. */
	ipsecgw_crypto_teardown(sa);
	if (pol) {
		/*
		 * Fold and unlink at once, so that whoever adds up the rule
		 * counts this SA exactly once.
		 */
		spin_lock_bh(&pol->sa_lock);
		ipsecgw_sa_sum(sa, &sum);
		ipsecgw_stats_merge(&pol->past, &sum);
		list_del_rcu(&sa->policy_list);
		spin_unlock_bh(&pol->sa_lock);
		ipsecgw_policy_put(pol);
	}
	free_parts(sa);
	/* Walkers of the rule's list may still look at it. */
	kfree_rcu(sa, free_work.rcu);
	if (atomic_dec_and_test(&ign->sa_live))
		wake_up_all(&drained);
}

/**
 * ipsecgw_sa_create() - make an SA that is in no table yet
 * @ign: namespace
 * @cfg: description; with mode 0 only the SPI is reserved
 * @extack: takes the sentence on failure
 *
 * Keys are copied into the cipher only. The caller wipes its own copy.
 *
 * Context: process, may sleep and load modules.
 * Return: SA with one reference, or ERR_PTR.
 */
struct ipsecgw_sa *ipsecgw_sa_create(struct ipsecgw_net *ign,
				     const struct ipsecgw_sa_config *cfg,
				     struct netlink_ext_ack *extack)
{
	struct ipsecgw_sa *sa;
	int err;

	sa = kzalloc(sizeof(*sa), GFP_KERNEL_ACCOUNT);
	if (!sa) {
		NL_SET_ERR_MSG(extack, "out of memory");
		return ERR_PTR(-ENOMEM);
	}
	sa->ign = ign;
	copy_config(sa, cfg);
	refcount_set(&sa->ref, 1);
	INIT_LIST_HEAD(&sa->policy_list);
	RB_CLEAR_NODE(&sa->timer_node);
	INIT_RCU_WORK(&sa->free_work, free_work);
	sa->added = ktime_get_boottime_seconds();
	if (cfg->mode) {
		err = create_parts(sa, cfg, extack);
		if (err) {
			kfree(sa);
			return ERR_PTR(err);
		}
	} else {
		sa->state = IPSECGW_SA_STATE_LARVAL;
	}
	atomic_inc(&ign->sa_live);
	return sa;
}

/**
 * ipsecgw_sa_hold() - take a reference
 * @sa: SA that the caller has a reference to
 *
 * Return: @sa.
 */
struct ipsecgw_sa *ipsecgw_sa_hold(struct ipsecgw_sa *sa)
{
	refcount_inc(&sa->ref);
	return sa;
}

/**
 * ipsecgw_sa_tryhold() - take a reference if the SA is not being freed
 * @sa: SA found under RCU
 *
 * Return: true if the caller now has a reference.
 */
bool ipsecgw_sa_tryhold(struct ipsecgw_sa *sa)
{
	return refcount_inc_not_zero(&sa->ref);
}

/**
 * ipsecgw_sa_put() - give a reference back
 * @sa: SA; freed after a grace period with the last reference
 *
 * Context: any.
 */
void ipsecgw_sa_put(struct ipsecgw_sa *sa)
{
	if (refcount_dec_and_test(&sa->ref))
		queue_rcu_work(ipsecgw_wq, &sa->free_work);
}

/**
 * ipsecgw_sa_drain() - wait until every SA of a namespace is freed
 * @ign: namespace whose tables are empty
 *
 * Context: process, sleeps.
 */
void ipsecgw_sa_drain(struct ipsecgw_net *ign)
{
	wait_event(drained, !atomic_read(&ign->sa_live));
	/* The last free may still be on its way out. */
	flush_workqueue(ipsecgw_wq);
}

/**
 * ipsecgw_sa_sum() - fold the counters of an SA
 * @sa: SA
 * @sum: zeroed, filled
 */
void ipsecgw_sa_sum(const struct ipsecgw_sa *sa, struct ipsecgw_sum *sum)
{
	struct ipsecgw_traffic *t = sa->dir == IPSECGW_DIR_IN ? &sum->in :
								&sum->out;
	unsigned int i;
	int cpu;

	for (i = 0; i < IPSECGW_ERR_MAX; i++)
		sum->err[i] += atomic64_read(&sa->err[i]);
	if (!sa->cpu)
		return;
	for_each_possible_cpu(cpu) {
		const struct ipsecgw_sa_cpu *c = per_cpu_ptr(sa->cpu, cpu);
		struct ipsecgw_traffic one;
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&c->syncp);
			one.packets = u64_stats_read(&c->t.packets);
			one.bytes = u64_stats_read(&c->t.bytes);
			one.wire_bytes = u64_stats_read(&c->t.wire_bytes);
		} while (u64_stats_fetch_retry(&c->syncp, start));
		t->packets += one.packets;
		t->bytes += one.bytes;
		t->wire_bytes += one.wire_bytes;
	}
}

/**
 * ipsecgw_sa_set_limits() - change the limits of a live SA
 * @sa: SA
 * @soft: limits that raise an event, NULL to leave them
 * @hard: limits that end the SA, NULL to leave them
 *
 * What it has carried so far counts, whether there was a limit or not.
 *
 * Context: ign->lock is held.
 */
void ipsecgw_sa_set_limits(struct ipsecgw_sa *sa,
			   const struct ipsecgw_limits *soft,
			   const struct ipsecgw_limits *hard)
{
	struct ipsecgw_limits s = soft ? *soft : sa->life.soft;
	struct ipsecgw_limits h = hard ? *hard : sa->life.hard;
	struct ipsecgw_sum sum = {};

	ipsecgw_sa_sum(sa, &sum);
	ipsecgw_lifetime_change(&sa->life, &s, &h,
				sa->dir == IPSECGW_DIR_IN ? &sum.in : &sum.out);
}

/**
 * ipsecgw_sa_plain_mtu() - longest inner packet for a path
 * @sa: outbound SA
 * @path_mtu: MTU of the path to the peer
 *
 * In transport mode the IP header, taken as one without options, counts as
 * part of the inner packet.
 *
 * Return: octets, IP header included; 0 if nothing fits.
 */
u32 ipsecgw_sa_plain_mtu(const struct ipsecgw_sa *sa, u32 path_mtu)
{
	u32 ip = sa->family == AF_INET ? sizeof(struct iphdr) :
					 sizeof(struct ipv6hdr);
	u32 outer = ip + (sa->encap_local ? sizeof(struct udphdr) : 0);
	u32 payload;

	if (path_mtu <= outer)
		return 0;
	if (sa->alg)
		payload = ipsecgw_esp_payload_max(path_mtu - outer,
						  sa->alg->iv_len, sa->icv_len,
						  sa->alg->block);
	else
		payload = path_mtu - outer > sa->head_len ?
				  path_mtu - outer - sa->head_len :
				  0;
	if (payload && sa->mode == IPSECGW_MODE_TRANSPORT)
		payload += ip;
	return payload;
}

/**
 * ipsecgw_sa_seq() - last sequence number sent, or highest received
 * @sa: SA
 *
 * Return: 64-bit number.
 */
u64 ipsecgw_sa_seq(const struct ipsecgw_sa *sa)
{
	if (sa->state == IPSECGW_SA_STATE_LARVAL)
		return 0;
	if (sa->dir == IPSECGW_DIR_OUT)
		return atomic64_read(&sa->out->seq);
	return READ_ONCE(sa->in->replay.top);
}

/**
 * ipsecgw_sa_driver() - which implementation of the cipher is in use
 * @sa: SA
 *
 * Return: name, or NULL for a reserved SPI.
 */
const char *ipsecgw_sa_driver(const struct ipsecgw_sa *sa)
{
	return sa->tfm ? crypto_tfm_alg_driver_name(crypto_aead_tfm(sa->tfm)) :
			 ipsecgw_mac_driver(sa);
}
