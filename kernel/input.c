// SPDX-License-Identifier: GPL-2.0-only
// The per-CPU queue of decapsulated packets, its poll loop, their delivery.
//
// A clear packet must not go up the stack from within the handler of the
// protected one: nested tunnels would nest calls, and TCP segments of one stream
// could not be joined again. So it waits in a queue of this CPU, and a NAPI of
// ours takes it from there. Where there is nothing to join and nothing to nest in,
// it need not wait.
#include "input.h"

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include "bind.h"
#include "compat.h"
#include "drop.h"
#include "priv.h"
#include "sa.h"

/* As long as the stack's own backlog is by default. */
#define QUEUE_MAX 1000

/**
 * struct input - one CPU's queue
 * @napi: empties it
 * @queue: clear packets; touched with bottom halves disabled on one CPU only
 * @direct: a packet goes up the stack just now without having waited
 */
struct input {
	struct napi_struct napi;
	struct sk_buff_head queue;
	bool direct;
};

static DEFINE_PER_CPU(struct input, inputs);
static struct net_device *input_dev;

static void deliver_one(struct input *in, struct sk_buff *skb, bool alone)
{
	struct net_device *dev = skb->dev;

	if (unlikely(!(dev->flags & IFF_UP)))
		ipsecgw_drop(ipsecgw_net(dev_net(dev)), NULL, skb,
			     IPSECGW_DROP_IN_DEVICE_DOWN);
	else if (alone)
		netif_receive_skb(skb);
	else
		napi_gro_receive(&in->napi, skb);
	/* Taken when the packet came in. */
	dev_put(dev);
}

static int poll(struct napi_struct *napi, int budget)
{
	struct input *in = container_of(napi, struct input, napi);
	/* What earlier polls took has left GRO: there is none to join it with. */
	bool alone = skb_queue_len(&in->queue) == 1;
	struct sk_buff *skb;
	int done = 0;

	while (done < budget && (skb = __skb_dequeue(&in->queue))) {
		deliver_one(in, skb, alone);
		alone = false;
		done++;
	}
	if (done < budget)
		napi_complete_done(napi, done);
	else
		/* Nothing stays behind that has no reference to its device. */
		napi_gro_flush(napi, false);
	return done;
}

/*
 * Packets of a device without GRO, one at a time and in their order. Not from the
 * thread of an asynchronous cipher: the stack expects a softirq.
 */
static bool may_go_up(const struct input *in, const struct sk_buff *skb)
{
	return netif_elide_gro(skb->dev) && !in->direct &&
	       skb_queue_empty(&in->queue) && in_serving_softirq();
}

/**
 * ipsecgw_input_deliver() - hand a clear packet to the stack
 * @sa: SA that it came through
 * @skb: packet, data at its IP header; @skb->dev is held
 *
 * Context: softirq or bottom halves disabled.
 */
void ipsecgw_input_deliver(struct ipsecgw_sa *sa, struct sk_buff *skb)
{
	struct input *in = this_cpu_ptr(&inputs);

	if (unlikely(skb_queue_len(&in->queue) >= QUEUE_MAX)) {
		dev_put(skb->dev);
		ipsecgw_drop(sa->ign, sa, skb, IPSECGW_DROP_IN_QUEUE_FULL);
		return;
	}
	ipsecgw_bind_mark(sa->ign, skb);
	if (may_go_up(in, skb)) {
		in->direct = true;
		deliver_one(in, skb, true);
		in->direct = false;
		return;
	}
	__skb_queue_tail(&in->queue, skb);
	if (skb_queue_len(&in->queue) == 1)
		napi_schedule(&in->napi);
}

/**
 * ipsecgw_input_dev() - the device that owns our NAPIs
 *
 * Return: dummy device, never registered.
 */
struct net_device *ipsecgw_input_dev(void)
{
	return input_dev;
}

/**
 * ipsecgw_input_init() - set up the queues
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_input_init(void)
{
	int cpu;

	input_dev = alloc_netdev_dummy(0);
	if (!input_dev)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct input *in = per_cpu_ptr(&inputs, cpu);

		__skb_queue_head_init(&in->queue);
		/* A busy-polling socket must not run it on another CPU. */
		set_bit(NAPI_STATE_NO_BUSY_POLL, &in->napi.state);
		netif_napi_add(input_dev, &in->napi, poll);
		napi_enable(&in->napi);
	}
	return 0;
}

/**
 * ipsecgw_input_exit() - take the queues down
 *
 * Context: process, after nothing can deliver any more.
 */
void ipsecgw_input_exit(void)
{
	struct sk_buff *skb;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct input *in = per_cpu_ptr(&inputs, cpu);

		napi_disable(&in->napi);
		netif_napi_del(&in->napi);
		while ((skb = __skb_dequeue(&in->queue))) {
			dev_put(skb->dev);
			kfree_skb(skb);
		}
	}
	free_netdev_dummy(input_dev);
}
