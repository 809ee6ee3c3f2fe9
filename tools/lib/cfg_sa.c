// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings of SAs in commands: at the top and in entries of maps. */
#include "cfg_sa.h"

#define DAY 86400

void cfg_sa_set(struct cfg_sa_opts *sa, const struct cmd_match *m)
{
	uint32_t days = cfg_num(m, "DAYS", 0);
	bool is_life = cmd_has(m, "lifetime");

	if (is_life && cmd_has(m, "seconds")) {
		sa->seconds = cfg_num(m, "SECONDS", 0);
		sa->in_days = 0;
	} else if (days) {
		sa->seconds = days * DAY;
		sa->in_days = 1;
	} else if (is_life) {
		sa->kilobytes = cfg_num(m, "KILOBYTES", CFG_NO_LIMIT);
	} else if (cmd_has(m, "disable")) {
		sa->replay_off = 1;
	} else {
		sa->replay_window = cfg_num(m, "WINDOW", 0);
		sa->replay_off = 0;
	}
}

void cfg_sa_reset(struct cfg_sa_opts *sa, const struct cfg_sa_opts *def,
		  const struct cmd_match *m)
{
	bool time = cmd_has(m, "seconds") || cmd_has(m, "days");
	bool volume = cmd_has(m, "kilobytes");

	if (!cmd_has(m, "lifetime")) {
		sa->replay_off = 0;
		sa->replay_window = def->replay_window;
		return;
	}
	if (time || !volume) {
		sa->seconds = def->seconds;
		sa->in_days = 0;
	}
	if (volume || !time)
		sa->kilobytes = def->kilobytes;
}

void cfg_sa_write(struct cfg_writer *w, const char *words,
		  const struct cfg_sa_opts *sa)
{
	static const char what[] = "security-association";

	if (sa->seconds && sa->in_days)
		cfg_w_line(w, "%s %s lifetime days %u", words, what,
			   sa->seconds / DAY);
	else if (sa->seconds)
		cfg_w_line(w, "%s %s lifetime seconds %u", words, what,
			   sa->seconds);
	if (sa->kilobytes == CFG_NO_LIMIT)
		cfg_w_line(w, "%s %s lifetime kilobytes disable", words, what);
	else if (sa->kilobytes)
		cfg_w_line(w, "%s %s lifetime kilobytes %u", words, what,
			   sa->kilobytes);
	if (sa->replay_window)
		cfg_w_line(w, "%s %s replay window-size %u", words, what,
			   sa->replay_window);
	if (sa->replay_off)
		cfg_w_line(w, "%s %s replay disable", words, what);
}
