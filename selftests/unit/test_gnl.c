// SPDX-License-Identifier: GPL-2.0-or-later
/* The client of the module over a socket that is not one: messages, errors. */
#include "ktap.h"

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

/* The file under test takes these in place of those of libnl. */
#define nl_recv fake_recv
#define nl_send fake_send
#define nlmsg_free fake_free

static int fake_recv(struct nl_sock *sk, struct sockaddr_nl *from,
		     unsigned char **buf, struct ucred **creds);
static int fake_send(struct nl_sock *sk, struct nl_msg *msg);
static void fake_free(struct nl_msg *msg);

#include "lib/gnl.c" /* NOLINT */

#undef nlmsg_free

#define FAMILY 33

static struct gnl g = { .family = FAMILY };
static unsigned char sent[8192]; /* the last request */
static bool was_wiped;
static struct nl_msg *queue[16]; /* datagrams to be received */
static int n_queue, next_queue, sends;

static int fake_send(struct nl_sock *sk, struct nl_msg *msg)
{
	(void)sk;
	memcpy(sent, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
	sends++;
	return 1;
}

static void fake_free(struct nl_msg *msg)
{
	unsigned char *p = nlmsg_data(nlmsg_hdr(msg));
	int n = nlmsg_datalen(nlmsg_hdr(msg));

	was_wiped = true;
	while (n)
		if (p[--n])
			was_wiped = false;
	nlmsg_free(msg);
}

static int fake_recv(struct nl_sock *sk, struct sockaddr_nl *from,
		     unsigned char **buf, struct ucred **creds)
{
	struct nlmsghdr *nlh;
	int len;

	(void)sk;
	(void)from;
	(void)creds;
	if (next_queue == n_queue)
		return -NLE_NOMEM;
	nlh = nlmsg_hdr(queue[next_queue]);
	/* The answer to whatever was sent last. */
	nlh->nlmsg_seq = ((struct nlmsghdr *)sent)->nlmsg_seq;
	len = nlh->nlmsg_len;
	*buf = malloc(len);
	memcpy(*buf, nlh, len);
	nlmsg_free(queue[next_queue++]);
	return len;
}

static struct nl_msg *answer(int type, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (type == FAMILY)
		genlmsg_put(msg, 0, 0, FAMILY, 0, flags, 0, 1);
	else
		nlmsg_put(msg, 0, 0, type, 0, flags);
	queue[n_queue++] = msg;
	return msg;
}

static struct nl_msg *error(int err, int flags)
{
	struct nlmsgerr e = { .error = -err };
	struct nl_msg *msg = answer(NLMSG_ERROR, flags);

	nlmsg_append(msg, &e, sizeof(e), NLMSG_ALIGNTO);
	return msg;
}

static void done(int err)
{
	int code = -err;

	nlmsg_append(answer(NLMSG_DONE, 0), &code, sizeof(code), NLMSG_ALIGNTO);
}

static void reset(void)
{
	n_queue = next_queue = sends = 0;
	g.err[0] = '\0';
}

/* An attribute of the last request. */
static struct nlattr *attr(int type)
{
	struct genlmsghdr *gh = nlmsg_data((struct nlmsghdr *)sent);

	return nla_find(genlmsg_attrdata(gh, 0), genlmsg_attrlen(gh, 0), type);
}

static void test_request(void)
{
	struct sa sa = { .spi = 0x1234, .dir = DIR_OUT, .seq = 1ULL << 40 };
	struct sa reply;
	struct nlattr *a, *b;

	PUT(&sa, SA_SPI);
	PUT(&sa, SA_SEQ);
	PUT(&sa, SA_REMOTE);
	PUT(&sa, SA_HARD);
	PUT(&sa, SA_CIPHER_KEY);
	PUT(&sa, SA_SELECTOR);
	addr_parse("10.0.0.1", &sa.remote);
	sa.hard.packets = 5;
	PUT(&sa.hard, LIM_PACKETS);
	sa.cipher_key.p = "secret";
	sa.cipher_key.len = 6;
	sa.n_sel = 1;
	PUT(&sa.sel[0], SEL_PROTO);
	PUT(&sa.sel[0], SEL_DPORT_NOT);
	sa.sel[0].proto = 6;
	reset();
	nla_put_u32(answer(FAMILY, 0), IPSECGW_A_SA_ID, 2000);
	error(0, 0);
	ok(!gnl_sa_add(&g, &sa, &reply), "an SA is added");
	ok(reply.id == 2000 && HAS(&reply, SA_ID) && !HAS(&reply, SA_SPI),
	   "its answer");
	ok(was_wiped, "the request is wiped");
	a = attr(IPSECGW_A_SA_SPI);
	ok(a && nla_len(a) == 4 && nla_get_u32(a) == 0x1234, "number");
	a = attr(IPSECGW_A_SA_SEQ);
	ok(a && nla_len(a) == 8 && nla_get_u64(a) == 1ULL << 40, "long number");
	ok(!attr(IPSECGW_A_SA_DIR), "what is not in the set is not sent");
	a = attr(IPSECGW_A_SA_REMOTE);
	ok(a && nla_len(a) == 4, "address");
	a = attr(IPSECGW_A_SA_CIPHER_KEY);
	ok(a && nla_len(a) == 6 && !memcmp(nla_data(a), "secret", 6), "key");
	a = attr(IPSECGW_A_SA_HARD);
	b = a ? nla_find(nla_data(a), nla_len(a), IPSECGW_A_LIMITS_PACKETS) :
		NULL;
	ok(b && nla_get_u64(b) == 5, "nest");
	a = attr(IPSECGW_A_SA_SELECTOR);
	b = a ? nla_find(nla_data(a), nla_len(a),
			 IPSECGW_A_SELECTOR_DPORT_NOT) :
		NULL;
	ok(b && !nla_len(b), "flag in a nest of an array");
}

static void test_answer(void)
{
	struct sa key = { 0 }, sa;
	struct nl_msg *msg;
	struct nlattr *nest;
	int i;

	reset();
	msg = answer(FAMILY, 0);
	nla_put_u16(msg, IPSECGW_A_SA_SPI, 7); /* wrong size */
	nla_put(msg, IPSECGW_A_SA_LOCAL, 5, "12345"); /* no address */
	nla_put(msg, IPSECGW_A_SA_REMOTE, 16, "0123456789abcdef");
	nla_put_u32(msg, 999, 1); /* unknown */
	nla_put(msg, IPSECGW_A_SA_CIPHER_KEY, 4, "leak");
	for (i = 0; i < MAX_SELECTORS + 2; i++) {
		nest = nla_nest_start(msg, IPSECGW_A_SA_SELECTOR);
		nla_put_u8(msg, IPSECGW_A_SELECTOR_PROTO, i);
		nla_nest_end(msg, nest);
	}
	nla_put_string(msg, IPSECGW_A_SA_DRIVER, "drv");
	error(0, 0);
	ok(!gnl_sa_get(&g, &key, &sa), "an answer with odd attributes");
	ok(!HAS(&sa, SA_SPI) && !HAS(&sa, SA_LOCAL), "wrong sizes left out");
	ok(HAS(&sa, SA_REMOTE) && sa.remote.family == AF_INET6, "address");
	ok(!HAS(&sa, SA_CIPHER_KEY) && !sa.cipher_key.p, "no key is taken");
	ok(sa.n_sel == MAX_SELECTORS && sa.sel[3].proto == 3,
	   "no more than there is room");
	is(sa.driver, "drv", "string");
}

/* The sentence after an error with the attributes that @fill adds. */
static const char *refused(int err, int flags, void (*fill)(struct nl_msg *))
{
	struct policy p = { .seq = 5 }, reply;
	struct nl_msg *msg;

	PUT(&p, POLICY_SEQ);
	PUT(&p, POLICY_SELECTOR);
	PUT(&p.sel, SEL_PROTO);
	PUT(&p.sel, SEL_FAMILY);
	reset();
	msg = error(err, flags);
	if (fill)
		fill(msg);
	return gnl_policy_add(&g, &p, &reply) == -err ? gnl_error(&g) : NULL;
}

static void fill_msg(struct nl_msg *msg)
{
	nla_put_string(msg, NLMSGERR_ATTR_MSG, "it is wrong");
}

static void fill_offset(struct nl_msg *msg)
{
	fill_msg(msg);
	/* After both headers and seq: the selector; family, then proto in it. */
	nla_put_u32(msg, NLMSGERR_ATTR_OFFS, 16 + 4 + 8 + 4 + 8);
}

static void fill_missing(struct nl_msg *msg)
{
	nla_put_u32(msg, NLMSGERR_ATTR_MISS_TYPE, IPSECGW_A_POLICY_MAP);
}

static void fill_beyond(struct nl_msg *msg)
{
	fill_msg(msg);
	nla_put_u32(msg, NLMSGERR_ATTR_OFFS, 100000);
}

static void test_errors(void)
{
	const int tlvs = NLM_F_CAPPED | NLM_F_ACK_TLVS;

	is(refused(EINVAL, tlvs, fill_msg), "it is wrong", "sentence");
	is(refused(EINVAL, tlvs, fill_offset), "it is wrong (proto)",
	   "sentence and attribute in a nest");
	is(refused(EINVAL, tlvs, fill_missing),
	   "something is missing (missing: map)", "missing attribute");
	is(refused(EINVAL, tlvs, fill_beyond), "it is wrong",
	   "an offset beyond the request");
	is(refused(EPERM, NLM_F_CAPPED, NULL),
	   "not permitted; this needs CAP_NET_ADMIN: run it as root",
	   "no sentence, but a hint");
	is(refused(EXDEV, NLM_F_CAPPED, NULL), strerror(EXDEV),
	   "no sentence and no hint");
	is(refused(EINVAL, NLM_F_CAPPED, fill_msg), strerror(EINVAL),
	   "what is not announced is not read");
}

static void torn(uint32_t spi, int flags)
{
	nla_put_u32(answer(FAMILY, NLM_F_MULTI | flags), IPSECGW_A_SA_SPI, spi);
	done(0);
}

static void test_dump(void)
{
	struct gnl_dump d = { 0 };
	struct sa filter = { 0 }, sa;
	int i;

	reset();
	torn(1, NLM_F_DUMP_INTR);
	torn(2, NLM_F_DUMP_INTR);
	torn(3, 0);
	ok(!gnl_sa_dump(&g, &filter, &d) && sends == 3 && !d.is_torn,
	   "read again until nothing changed meanwhile");
	ok(gnl_sa_next(&d, &sa) && sa.spi == 3 && !gnl_sa_next(&d, &sa),
	   "only the last answers count");
	gnl_dump_rewind(&d);
	ok(gnl_sa_next(&d, &sa) && sa.spi == 3, "rewind");
	reset();
	for (i = 0; i < DUMP_TRIES; i++)
		torn(i, NLM_F_DUMP_INTR);
	ok(!gnl_sa_dump(&g, &filter, &d) && sends == DUMP_TRIES && d.is_torn,
	   "but not for ever");
	reset();
	done(EOVERFLOW);
	ok(gnl_sa_dump(&g, &filter, &d) == -EOVERFLOW, "an error at the end");
	reset();
	ok(gnl_sa_dump(&g, &filter, &d) == -ENOBUFS, "an answer that is lost");
	gnl_dump_free(&d);
}

int main(void)
{
	g.sk = nl_socket_alloc();
	test_request();
	test_answer();
	test_errors();
	test_dump();
	nl_socket_free(g.sk);
	return ktap_end();
}
