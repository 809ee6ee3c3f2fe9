/* SPDX-License-Identifier: GPL-2.0-only */
/* What the pure files of the module need of the kernel, in userland. */
#ifndef SHIM_KERNEL_H
#define SHIM_KERNEL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef unsigned int gfp_t;

#define __force
#define __percpu
#define __rcu
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define U16_MAX UINT16_MAX
#define U32_MAX UINT32_MAX
#define BIT(n) (1UL << (n))
#define BUILD_BUG_ON(cond) _Static_assert(!(cond), #cond)
#define min(a, b)                       \
	({                              \
		__typeof__(a) _a = (a); \
		__typeof__(b) _b = (b); \
		_a < _b ? _a : _b;      \
	})
#define container_of(p, type, member) \
	((type *)((char *)(p)-offsetof(type, member)))

#define htons(x) __builtin_bswap16(x)
#define ntohs(x) __builtin_bswap16(x)
#define htonl(x) __builtin_bswap32(x)
#define ntohl(x) __builtin_bswap32(x)

/* Memory. */
#define GFP_KERNEL 0
#define GFP_KERNEL_ACCOUNT 0
#define __GFP_NOWARN 0
#define struct_size(p, member, n) \
	(sizeof(*(p)) + (size_t)(n) * sizeof((p)->member[0]))
#define kvzalloc(size, gfp) calloc(1, size)
#define kvcalloc(n, size, gfp) calloc(n, size)
#define kvmalloc_array(n, size, gfp) calloc(n, size)
#define kvfree(p) free(p)

/* One processor. */
#define __alloc_percpu_gfp(size, align, gfp) calloc(1, size)
#define free_percpu(p) free(p)
#define this_cpu_ptr(p) (p)

struct rcu_head {
	int unused;
};

static inline void call_rcu(struct rcu_head *rcu,
			    void (*done)(struct rcu_head *rcu))
{
	done(rcu);
}

static inline u32 roundup_pow_of_two(u32 n)
{
	u32 p = 1;

	while (p < n)
		p <<= 1;
	return p;
}

static inline void get_random_bytes(void *p, size_t n)
{
	if (getrandom(p, n, 0) != (ssize_t)n)
		abort();
}

/* A packet: all of it is linear, and so long as it is. */
struct sk_buff {
	unsigned char *data;
	unsigned int len;
	int network_offset;
};

static inline int skb_network_offset(const struct sk_buff *skb)
{
	return skb->network_offset;
}

static inline unsigned char *skb_network_header(const struct sk_buff *skb)
{
	return skb->data + skb->network_offset;
}

static inline void *skb_header_pointer(const struct sk_buff *skb, int offset,
				       int len, void *buffer)
{
	if (offset < 0 || offset > (int)skb->len ||
	    len > (int)skb->len - offset)
		return NULL;
	/* Never aligned better than in a packet. */
	memcpy(buffer, skb->data + offset, len);
	return buffer;
}

#endif
