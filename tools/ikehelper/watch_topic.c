// SPDX-License-Identifier: GPL-2.0-or-later
/* Topics of debug lines by their names. */
#include "watch_topic.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	unsigned int bit;
	unsigned int off; /* what "undebug" of it takes away */
} topics[] = {
	{ "isakmp", TRACE_ISAKMP, TRACE_ISAKMP | TRACE_ISAKMP_ERROR },
	{ "isakmp-error", TRACE_ISAKMP_ERROR, TRACE_ISAKMP_ERROR },
	{ "ipsec", TRACE_IPSEC, TRACE_IPSEC | TRACE_IPSEC_ERROR },
	{ "ipsec-error", TRACE_IPSEC_ERROR, TRACE_IPSEC_ERROR },
	{ "engine", TRACE_ENGINE, TRACE_ENGINE },
	{ "mib", TRACE_MIB, TRACE_MIB | TRACE_MIB_ERROR },
	{ "mib-error", TRACE_MIB_ERROR, TRACE_MIB_ERROR },
};

#define TOPICS (sizeof(topics) / sizeof(topics[0]))

static int topic_of(const char *word)
{
	size_t i;

	for (i = 0; i < TOPICS; i++)
		if (!strcmp(topics[i].word, word))
			return i;
	return -1;
}

const char *watch_topic(size_t i, unsigned int *bit)
{
	if (i >= TOPICS)
		return NULL;
	*bit = topics[i].bit;
	return topics[i].word;
}

const char *watch_topic_of(unsigned int bits)
{
	size_t i;

	for (i = 0; i < TOPICS; i++)
		if (bits & topics[i].bit)
			return topics[i].word;
	return NULL;
}

unsigned int watch_topic_bits(const char *text, bool off)
{
	unsigned int bits = 0;
	char word[32];
	size_t n;

	while (*text) {
		int t;

		n = strcspn(text, " ");
		snprintf(word, sizeof(word), "%.*s", (int)n, text);
		t = topic_of(word);
		if (t < 0)
			return 0;
		bits |= off ? topics[t].off : topics[t].bit;
		text += n;
		text += strspn(text, " ");
	}
	return bits;
}
