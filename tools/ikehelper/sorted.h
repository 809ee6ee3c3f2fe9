/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists in order of a number. */
#ifndef IKEHELPER_SORTED_H
#define IKEHELPER_SORTED_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/queue.h>

/* An element and its number. */
struct sorted {
	uint64_t number;
	void *element;
};

static inline int sorted_cmp(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

/* Elements to be sorted. */
struct sorted_list {
	struct sorted *v;
	size_t n, cap;
};

/* Without memory it is left out. */
static inline void sorted_add(struct sorted_list *l, uint64_t number,
			      void *element)
{
	size_t cap = l->cap ? 2 * l->cap : 16;
	struct sorted *more = l->v;

	if (l->n == l->cap) {
		more = reallocarray(l->v, cap, sizeof(*more));
		if (!more)
			return;
		l->v = more;
		l->cap = cap;
	}
	l->v[l->n++] = (struct sorted){ number, element };
}

static inline void sorted_sort(struct sorted_list *l)
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), sorted_cmp);
}

/* Without memory it stays as it is. */
#define TAILQ_SORT(head, type, field, member)                         \
	do {                                                          \
		struct sorted *all_;                                  \
		struct type *e_;                                      \
		size_t n_ = 0, i_ = 0;                                \
		TAILQ_FOREACH(e_, head, field)                        \
		n_++;                                                 \
		all_ = calloc(n_ + 1, sizeof(*all_));                 \
		for (; all_ && (e_ = TAILQ_FIRST(head)); i_++) {      \
			TAILQ_REMOVE(head, e_, field);                \
			all_[i_] = (struct sorted){ e_->member, e_ }; \
		}                                                     \
		if (i_)                                               \
			qsort(all_, i_, sizeof(*all_), sorted_cmp);   \
		for (n_ = 0; n_ < i_; n_++) {                         \
			e_ = all_[n_].element;                        \
			TAILQ_INSERT_TAIL(head, e_, field);           \
		}                                                     \
		free(all_);                                           \
	} while (0)

#endif
