// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU plugin: how often every block of guest instructions ran between two
 * markers. profile.sh turns addresses into functions.
 *
 * argument: out=PREFIX  PREFIX.1 for the first pair of markers and so on: lines
 *                       "ADDRESS EXECUTIONS INSTRUCTIONS", hexadecimal
 *                       address, instructions of one execution
 *
 * The few declarations below stand for <qemu-plugin.h> of QEMU 7.2 (interface
 * version 1), which Debian does not package.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "marker.h"

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { CB_NO_REGS = 0, INLINE_ADD_U64 = 0 };

typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*udata_cb)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op,
					      void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    udata_cb cb, int flags, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

EXPORT int qemu_plugin_version = 1;

struct block {
	struct block *next;
	uint64_t addr;
	uint64_t n_insns;
	uint64_t count; /* added to by the generated code */
	uint64_t at_start;
};

#define BUCKETS 65536
static struct block *table[BUCKETS];
static char prefix[4000];

static struct block *block_of(uint64_t addr, uint64_t n_insns)
{
	struct block **head = &table[(addr >> 2) % BUCKETS], *b;

	for (b = *head; b; b = b->next)
		if (b->addr == addr && b->n_insns == n_insns)
			return b;
	b = calloc(1, sizeof(*b));
	if (!b)
		abort();
	b->addr = addr;
	b->n_insns = n_insns;
	b->next = *head;
	*head = b;
	return b;
}

static void start(unsigned int cpu, void *data)
{
	struct block *b;
	int i;

	(void)cpu;
	(void)data;
	for (i = 0; i < BUCKETS; i++)
		for (b = table[i]; b; b = b->next)
			b->at_start = b->count;
}

static void stop(unsigned int cpu, void *data)
{
	static int window;
	char path[4096];
	struct block *b;
	FILE *f;
	int i;

	(void)cpu;
	(void)data;
	snprintf(path, sizeof(path), "%s.%d", prefix, ++window);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		return;
	}
	for (i = 0; i < BUCKETS; i++)
		for (b = table[i]; b; b = b->next)
			if (b->count != b->at_start)
				fprintf(f,
					"%" PRIx64 " %" PRIu64 " %" PRIu64 "\n",
					b->addr, b->count - b->at_start,
					b->n_insns);
	fclose(f);
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	struct block *b = block_of(qemu_plugin_tb_vaddr(tb), n);

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64, &b->count,
						 1);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const void *code = qemu_plugin_insn_data(insn);

		if (qemu_plugin_insn_size(insn) != MARKER_SIZE)
			continue;
		if (!memcmp(code, MARKER_START, MARKER_SIZE))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, start, CB_NO_REGS, NULL);
		else if (!memcmp(code, MARKER_STOP, MARKER_SIZE))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, stop, CB_NO_REGS, NULL);
	}
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
			       char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			snprintf(prefix, sizeof(prefix), "%s", argv[i] + 4);
	if (!*prefix)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
