// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of one plain value: set it, take it back, write it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cfg_form.h"

static void put_num(void *p, size_t size, uint32_t v)
{
	if (size == 1)
		*(uint8_t *)p = v;
	else if (size == 2)
		*(uint16_t *)p = v;
	else
		*(uint32_t *)p = v;
}

static uint32_t get_num(const void *p, size_t size)
{
	if (size == 1)
		return *(const uint8_t *)p;
	if (size == 2)
		return *(const uint16_t *)p;
	return *(const uint32_t *)p;
}

static const struct cmd_arg *first_var(const struct cmd_match *m)
{
	int i;

	for (i = 0; i < m->n; i++)
		if (m->arg[i].is_var)
			return &m->arg[i];
	return NULL;
}

/* All words behind the leading keywords of the pattern, one blank between. */
static int set_words(char **to, const struct cfg_cmd *row,
		     const struct cmd_match *m)
{
	size_t size = 1;
	int i, first = 0, err;
	const char *p;
	char *text;

	for (p = row->out; *p; p++)
		first += *p == ' ';
	first++;
	for (i = first; i < m->n; i++)
		size += strlen(m->arg[i].is_var ? m->arg[i].text :
						  m->arg[i].name) +
			1;
	text = calloc(1, size);
	if (!text)
		return -ENOMEM;
	for (i = first; i < m->n; i++) {
		if (i > first)
			strcat(text, " ");
		strcat(text,
		       m->arg[i].is_var ? m->arg[i].text : m->arg[i].name);
	}
	err = cfg_set_str(to, text);
	free(text);
	return err;
}

int cfg_value_set(void *obj, const struct cfg_cmd *row, enum cfg_form form,
		  const struct cmd_match *m)
{
	void *p = (char *)obj + row->offset;
	const struct cmd_arg *a = first_var(m);
	bool set = form == CFG_FORM_SET;

	switch (row->kind) {
	case CFG_V_FLAG:
		put_num(p, row->size, set ? row->value : 0);
		break;
	case CFG_V_ON:
		put_num(p, row->size, form == CFG_FORM_NO);
		break;
	case CFG_V_NUM:
	case CFG_V_NAME:
		put_num(p, row->size, set && a ? a->v.num : row->value);
		break;
	case CFG_V_ADDR:
		memset(p, 0, row->size);
		if (set && a)
			*(struct addr *)p = a->v.addr;
		break;
	case CFG_V_STR:
		return cfg_status(cfg_set_str(p, set && a ? a->text : NULL));
	case CFG_V_WORDS:
		if (set)
			return cfg_status(set_words(p, row, m));
		return cfg_status(cfg_set_str(p, NULL));
	case CFG_V_NONE:
		break;
	}
	return CFG_DONE;
}

void cfg_value_write(struct cfg_writer *w, const struct cfg_cmd *row,
		     const void *obj)
{
	const void *p = (const char *)obj + row->offset;
	uint32_t n = row->size <= 4 ? get_num(p, row->size) : 0;
	const char *text = row->kind == CFG_V_STR || row->kind == CFG_V_WORDS ?
				   *(char *const *)p :
				   NULL;
	char buf[ADDR_STR];

	switch (row->kind) {
	case CFG_V_FLAG:
		if (n == row->value)
			cfg_w_line(w, "%s", row->out);
		break;
	case CFG_V_ON:
		if (n)
			cfg_w_line(w, "no %s", row->out);
		break;
	case CFG_V_NUM:
		if (n != row->value)
			cfg_w_line(w, "%s %u", row->out, n);
		break;
	case CFG_V_NAME:
		if (n != row->value)
			cfg_w_line(w, "%s %s", row->out,
				   names_str(row->names, n));
		break;
	case CFG_V_STR:
	case CFG_V_WORDS:
		if (text)
			cfg_w_line(w, "%s%s%s", row->out, *text ? " " : "",
				   text);
		break;
	case CFG_V_ADDR:
		if (((const struct addr *)p)->family)
			cfg_w_line(w, "%s %s", row->out, addr_fmt(p, buf));
		break;
	case CFG_V_NONE:
		break;
	}
}
