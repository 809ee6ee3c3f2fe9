// SPDX-License-Identifier: GPL-2.0-only
// UDP sockets handed over for ESP in UDP (RFC 3948).
//
// The socket stays with the program that opened it: IKE messages go up to it, we
// take ESP and keepalives. When it is closed, encap_destroy() tells us. Until
// then it keeps the module loaded, because its callbacks lie in it.
#include "encap.h"

#include <linux/file.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/udp.h>
#include <net/sock.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>
#include "drop.h"
#include "hook_in.h"
#include "priv.h"
#include "sa.h"
#include "vrf.h"

/* Not one of XFRM's types, so that XFRM leaves the socket alone. */
#define ENCAP_TYPE 101
#define KEEPALIVE 0xff

/**
 * struct ipsecgw_encap - a socket
 * @list: in ign->encaps
 * @ign: namespace
 * @sk: the socket; valid while it is in the list, see encap_destroy(), and for
 *	a grace period more, as every bound UDP socket is
 * @rcu: deferred free
 */
struct ipsecgw_encap {
	struct list_head list;
	struct ipsecgw_net *ign;
	struct sock *sk;
	struct rcu_head rcu;
};

/* Classify a datagram; 0: consumed, 1: for the socket's owner. */
static int encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct ipsecgw_net *ign = ipsecgw_net(sock_net(sk));
	__be16 sport = udp_hdr(skb)->source;
	const u8 *data;
	unsigned int n;

	n = min_t(unsigned int, skb->len - sizeof(struct udphdr), 4);
	if (skb->len < sizeof(struct udphdr) ||
	    !pskb_may_pull(skb, sizeof(struct udphdr) + n))
		return 1;
	data = skb->data + sizeof(struct udphdr);
	/* RFC 3948, 2.3 */
	if (skb->len == sizeof(struct udphdr) + 1 && data[0] == KEEPALIVE) {
		ipsecgw_stats_add(ign, IPSECGW_COUNT_KEEPALIVES_IN, 1);
		consume_skb(skb);
		return 0;
	}
	/* RFC 3948, 2.2: four zero octets in the place of the SPI. */
	if (n < 4 || !(data[0] | data[1] | data[2] | data[3]))
		return 1;
	__skb_pull(skb, sizeof(struct udphdr));
	skb_reset_transport_header(skb);
	ipsecgw_hook_in_udp(ign, skb, sport);
	return 0;
}

/**
 * ipsecgw_encap_is_ours() - was this socket handed to us
 * @sk: any socket, or NULL
 *
 * Context: RCU read side.
 * Return: true if so.
 */
bool ipsecgw_encap_is_ours(const struct sock *sk)
{
	return sk && sk_fullsock(sk) && sk->sk_protocol == IPPROTO_UDP &&
	       READ_ONCE(udp_sk(sk)->encap_rcv) == encap_rcv;
}

static struct ipsecgw_encap *find_sk(struct ipsecgw_net *ign,
				     const struct sock *sk)
{
	struct ipsecgw_encap *e;

	list_for_each_entry(e, &ign->encaps, list)
		if (e->sk == sk)
			return e;
	return NULL;
}

static void forget(struct ipsecgw_encap *e)
{
	list_del_rcu(&e->list);
	kfree_rcu(e, rcu);
}

/* The owner closes the socket. */
static void encap_destroy(struct sock *sk)
{
	struct ipsecgw_net *ign = ipsecgw_net(sock_net(sk));
	struct ipsecgw_encap *e;

	mutex_lock(&ign->lock);
	e = find_sk(ign, sk);
	if (e)
		forget(e);
	mutex_unlock(&ign->lock);
	if (e)
		module_put(THIS_MODULE);
}

static struct socket *lookup(struct ipsecgw_net *ign, int fd,
			     struct netlink_ext_ack *extack)
{
	struct socket *sock;
	int err;

	sock = sockfd_lookup(fd, &err);
	if (!sock) {
		NL_SET_ERR_MSG(extack,
			       "fd is not a socket of the calling process");
		return ERR_PTR(err);
	}
	if (sock->sk->sk_protocol != IPPROTO_UDP ||
	    sock->sk->sk_type != SOCK_DGRAM ||
	    (sock->sk->sk_family != AF_INET &&
	     sock->sk->sk_family != AF_INET6)) {
		NL_SET_ERR_MSG(extack, "the socket is not a udp socket");
		err = -EINVAL;
	} else if (sock_net(sock->sk) != ign->net) {
		NL_SET_ERR_MSG(extack,
			       "the socket is of another network namespace");
		err = -EXDEV;
	} else {
		return sock;
	}
	sockfd_put(sock);
	return ERR_PTR(err);
}

static int attach(struct ipsecgw_net *ign, struct socket *sock,
		  struct netlink_ext_ack *extack)
{
	struct udp_tunnel_sock_cfg cfg = {
		.encap_type = ENCAP_TYPE,
		.encap_rcv = encap_rcv,
		.encap_destroy = encap_destroy,
	};
	struct sock *sk = sock->sk;
	struct ipsecgw_encap *e;

	if (!inet_sk(sk)->inet_num) {
		NL_SET_ERR_MSG(extack, "the socket is not bound to a port");
		return -EINVAL;
	}
	if (find_sk(ign, sk) || udp_sk(sk)->encap_type || sk->sk_user_data) {
		NL_SET_ERR_MSG(
			extack,
			"the socket already belongs to an encapsulation");
		return -EBUSY;
	}
	e = kzalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e || !try_module_get(THIS_MODULE)) {
		kfree(e);
		NL_SET_ERR_MSG(extack, "out of memory");
		return -ENOMEM;
	}
	e->ign = ign;
	e->sk = sk;
	list_add_tail_rcu(&e->list, &ign->encaps);
	setup_udp_tunnel_sock(ign->net, sock, &cfg);
	return 0;
}

static void detach(struct ipsecgw_encap *e)
{
	struct sock *sk = e->sk;

	WRITE_ONCE(udp_sk(sk)->encap_type, 0);
	udp_sk(sk)->encap_destroy = NULL;
	WRITE_ONCE(udp_sk(sk)->encap_rcv, NULL);
	inet_dec_convert_csum(sk);
	forget(e);
}

/**
 * ipsecgw_encap_add() - take a UDP socket for ESP in UDP
 * @ign: namespace
 * @fd: of the calling process
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_encap_add(struct ipsecgw_net *ign, int fd,
		      struct netlink_ext_ack *extack)
{
	struct socket *sock = lookup(ign, fd, extack);
	int err;

	if (IS_ERR(sock))
		return PTR_ERR(sock);
	mutex_lock(&ign->lock);
	lock_sock(sock->sk);
	err = attach(ign, sock, extack);
	release_sock(sock->sk);
	mutex_unlock(&ign->lock);
	sockfd_put(sock);
	return err;
}

/**
 * ipsecgw_encap_del() - give a UDP socket back
 * @ign: namespace
 * @fd: of the calling process
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock, sleeps.
 * Return: 0 or a negative error.
 */
int ipsecgw_encap_del(struct ipsecgw_net *ign, int fd,
		      struct netlink_ext_ack *extack)
{
	struct socket *sock = lookup(ign, fd, extack);
	struct ipsecgw_encap *e;

	if (IS_ERR(sock))
		return PTR_ERR(sock);
	mutex_lock(&ign->lock);
	lock_sock(sock->sk);
	e = find_sk(ign, sock->sk);
	if (e)
		detach(e);
	release_sock(sock->sk);
	mutex_unlock(&ign->lock);
	sockfd_put(sock);
	if (!e) {
		NL_SET_ERR_MSG(extack, "the socket was not handed over");
		return -ENOENT;
	}
	/* encap_rcv() may still run on another CPU. */
	synchronize_net();
	module_put(THIS_MODULE);
	return 0;
}

static void fill_info(const struct sock *sk, struct ipsecgw_encap_info *info)
{
	memset(info, 0, sizeof(*info));
	info->family = sk->sk_family;
	info->port = inet_sk(sk)->inet_sport;
	if (sk->sk_family == AF_INET)
		info->local.a4 = sk->sk_rcv_saddr;
	else
		info->local.a6 = sk->sk_v6_rcv_saddr;
}

/**
 * ipsecgw_encap_walk() - step of a walk over all sockets
 * @ign: namespace
 * @pos: how many were seen, 0 at first; counts up
 * @info: filled
 *
 * Context: process, takes ign->lock.
 * Return: 0, or -ENOENT at the end.
 */
int ipsecgw_encap_walk(struct ipsecgw_net *ign, unsigned int *pos,
		       struct ipsecgw_encap_info *info)
{
	struct ipsecgw_encap *e;
	unsigned int n = 0;
	int err = -ENOENT;

	mutex_lock(&ign->lock);
	list_for_each_entry(e, &ign->encaps, list) {
		if (n++ < *pos)
			continue;
		fill_info(e->sk, info);
		(*pos)++;
		err = 0;
		break;
	}
	mutex_unlock(&ign->lock);
	return err;
}

static bool is_in_vrf(struct ipsecgw_net *ign, const struct sock *sk, u32 vrf)
{
	return !vrf || vrf == ipsecgw_vrf_of_index(
				      ign->net, READ_ONCE(sk->sk_bound_dev_if));
}

static struct sock *find_port(struct ipsecgw_net *ign, u8 family, __be16 port,
			      u32 vrf)
{
	struct ipsecgw_encap *e;

	list_for_each_entry_rcu(e, &ign->encaps, list,
				lockdep_is_held(&ign->lock))
		if (inet_sk(e->sk)->inet_sport == port &&
		    (e->sk->sk_family == family ||
		     (e->sk->sk_family == AF_INET6 && !e->sk->sk_ipv6only)) &&
		    is_in_vrf(ign, e->sk, vrf))
			return e->sk;
	return NULL;
}

/**
 * ipsecgw_encap_has_port() - is there a socket that an SA can receive on
 * @ign: namespace
 * @family: of the SA's addresses
 * @port: UDP port
 * @vrf: that the socket must be in, 0 for any
 *
 * Context: RCU read side, or ign->lock is held.
 * Return: true if so.
 */
bool ipsecgw_encap_has_port(struct ipsecgw_net *ign, u8 family, __be16 port,
			    u32 vrf)
{
	return find_port(ign, family, port, vrf);
}

/**
 * ipsecgw_encap_keepalive() - keep a NAT's mapping open (RFC 3948, 4)
 * @sa: outbound SA with UDP encapsulation
 *
 * Context: process, ign->lock is held, which keeps the socket from closing.
 */
void ipsecgw_encap_keepalive(const struct ipsecgw_sa *sa)
{
	struct sock *sk =
		find_port(sa->ign, sa->family, sa->encap_local, sa->fvrf);
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = sa->encap_remote,
		.sin6_addr = sa->remote.a6,
	};
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = sa->encap_remote,
		.sin_addr.s_addr = sa->remote.a4,
	};
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	u8 octet = KEEPALIVE;
	struct kvec iov = { .iov_base = &octet, .iov_len = sizeof(octet) };

	if (!sk || !sk->sk_socket)
		return;
	if (sk->sk_family == AF_INET || sa->family == AF_INET) {
		msg.msg_name = &sin;
		msg.msg_namelen = sizeof(sin);
	} else {
		msg.msg_name = &sin6;
		msg.msg_namelen = sizeof(sin6);
	}
	if (kernel_sendmsg(sk->sk_socket, &msg, &iov, 1, sizeof(octet)) == 1)
		ipsecgw_stats_add(sa->ign, IPSECGW_COUNT_KEEPALIVES_OUT, 1);
}
