// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any records as the state that an engine takes over. It is refused, or the engine
 * lives on with it: its timers run, it deletes all, it can be exported again.
 */
#include <stdlib.h>
#include <string.h>

#include "ikehelper/bytes.h"
#include "ikehelper/ike.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t now = 1000000, seed;

static uint64_t op_now(void *ctx)
{
	(void)ctx;
	return now;
}

static void op_random(void *ctx, void *p, size_t len)
{
	uint8_t *b = p;

	(void)ctx;
	while (len--)
		*b++ = (seed = seed * 6364136223846793005ULL + 1) >> 56;
}

static void op_send(void *ctx, const struct ike_path *path, const void *p,
		    size_t len)
{
	(void)ctx, (void)path, (void)p, (void)len;
}

static void op_path(void *ctx, const struct ike_path *path)
{
	(void)ctx, (void)path;
}

static void op_krn(void *ctx, const struct krn_req *req)
{
	(void)ctx, (void)req;
}

static void op_key(void *ctx, const struct ike_key_req *req)
{
	(void)ctx, (void)req;
}

static void op_keep(void *ctx, enum ike_keep kind, uint64_t id,
		    const struct ike_blob *record)
{
	(void)ctx, (void)kind, (void)id, (void)record;
}

static void op_log(void *ctx, enum ike_log_level level,
		   const struct ike_path *path, const char *text)
{
	(void)ctx, (void)level, (void)path, (void)text;
}

static void op_failure(void *ctx, const struct ike_failure *f)
{
	(void)ctx, (void)f;
}

static void op_event(void *ctx, const struct ike_event *ev)
{
	(void)ctx, (void)ev;
}

static const struct ike_peer *op_peer_find(void *ctx,
					   const struct ike_path *path,
					   const struct ike_ident *id,
					   struct bytes cert)
{
	static const struct ike_peer peer = { .ref = 1,
					      .dpd_interval = 10,
					      .nat_keepalive = 20 };

	(void)ctx, (void)path, (void)id, (void)cert;
	return &peer;
}

static const struct ike_peer *op_peer_get(void *ctx, uint32_t ref)
{
	return ref ? op_peer_find(ctx, NULL, NULL, bytes_of(NULL, 0)) : NULL;
}

static const struct ike_flow *op_flow(void *ctx, uint32_t ref)
{
	(void)ctx, (void)ref;
	return NULL;
}

static const struct ike_flow *op_flow_next(void *ctx,
					   const struct ike_path *path,
					   uint32_t peer, uint32_t ref)
{
	(void)ctx, (void)path, (void)peer, (void)ref;
	return NULL;
}

static const struct ike_ops ops = {
	.now = op_now,
	.random = op_random,
	.send = op_send,
	.keepalive = op_path,
	.krn = op_krn,
	.key = op_key,
	.keep = op_keep,
	.log = op_log,
	.failure = op_failure,
	.event = op_event,
	.peer_find = op_peer_find,
	.peer_get = op_peer_get,
	.flow_get = op_flow,
	.flow_by_rule = op_flow,
	.flow_next = op_flow_next,
};

/* The head of a good state, then the input cut into records. */
static uint8_t *make_state(struct ike *ike, const uint8_t *data, size_t size,
			   size_t *len)
{
	size_t head, at;
	uint8_t *good = ike_export(ike, &head), *p;

	p = malloc(head + 8 * size + 16);
	if (!good || !p)
		abort();
	memcpy(p, good, head);
	ike_export_free(good, head);
	at = head;
	while (size > 3) {
		size_t n = data[1] << 8 | data[2];

		if (n > size - 3)
			n = size - 3;
		at += ike_state_add(p + at, 1 + data[0] % 3, data + 3, n);
		data += 3 + n;
		size -= 3 + n;
	}
	ike_state_head(p, at);
	*len = at;
	return p;
}

struct kernel {
	struct ike_held held[64];
	size_t n;
};

/* It has most of what the engine has. */
static void hold(const struct ike_child_info *c, void *arg)
{
	struct kernel *k = arg;

	if (k->n > 60 || c->in_spi % 4 == 3)
		return;
	k->held[k->n++] = (struct ike_held){ .spi = c->in_spi,
					     .dir = DIR_IN,
					     .is_ours = true };
	k->held[k->n++] = (struct ike_held){ .spi = c->out_spi,
					     .dir = DIR_OUT,
					     .is_ours = true,
					     .remote = c->path.remote.addr };
}

static void live_on(struct ike *ike)
{
	struct ike_which all = { 0 };
	struct kernel k = { .n = 0 };
	uint64_t from = 0;
	size_t len;
	void *p;
	int i;

	ike_keep_all(ike);
	ike_each_child(ike, hold, &k);
	ike_resume(ike, k.held, k.n);
	p = ike_export(ike, &len);
	ike_export_free(p, p ? len : 0);
	for (i = 0; i < 20; i++) {
		now += 30000;
		ike_run(ike);
	}
	do {
		ike_clear(ike, &all, IKE_CLEAR_ISAKMP | IKE_CLEAR_IPSEC, &from);
	} while (from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike *ike = ike_new(&ops, NULL, NULL);
	uint8_t *state;
	size_t len;

	if (!ike)
		abort();
	seed = 1;
	now = 1000000;
	state = make_state(ike, data, size, &len);
	if (!ike_import(ike, state, len))
		live_on(ike);
	free(state);
	ike_free(ike);
	return 0;
}
