// SPDX-License-Identifier: GPL-2.0-or-later
/* Dates as people write them in a configuration. */
#include "date.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#define DAY 86400

static const char *const months[] = { "january", "february", "march",
				      "april",	 "may",	     "june",
				      "july",	 "august",   "september",
				      "october", "november", "december" };

/* Digits, at most @max of them; what follows them is a blank, a colon or the end. */
static bool take_num(const char **p, size_t max, int *v)
{
	size_t n = strspn(*p, "0123456789"), i;

	if (!n || n > max || !strchr(" \t:", (*p)[n]))
		return false;
	for (*v = 0, i = 0; i < n; i++)
		*v = 10 * *v + ((*p)[i] - '0');
	*p += n;
	return true;
}

static bool take_blanks(const char **p)
{
	size_t n = strspn(*p, " \t");

	*p += n;
	return n;
}

/* A name, or its first three letters or more. */
static bool take_month(const char **p, int *month)
{
	size_t n = strcspn(*p, " \t");
	int i;

	for (i = 0; n >= 3 && i < 12; i++) {
		if (n > strlen(months[i]) || strncasecmp(*p, months[i], n))
			continue;
		*month = i + 1;
		*p += n;
		return true;
	}
	return take_num(p, 2, month);
}

static bool take_day(const char **p, struct tm *tm)
{
	bool month_first = !strchr("0123456789", **p);
	int month, year;

	if (month_first && (!take_month(p, &month) || !take_blanks(p)))
		return false;
	if (!take_num(p, 2, &tm->tm_mday) || !take_blanks(p))
		return false;
	if (!month_first && (!take_month(p, &month) || !take_blanks(p)))
		return false;
	if (!take_num(p, 4, &year) || year < 1900 || month < 1)
		return false;
	tm->tm_mon = month - 1;
	tm->tm_year = year - 1900;
	return true;
}

/* The rest: how many seconds it stands for, 0 for what is no time. */
static int take_time(const char *p, struct tm *tm)
{
	bool has_time = take_blanks(&p) && *p;

	if (!has_time)
		return *p ? 0 : DAY;
	if (!take_num(&p, 2, &tm->tm_hour) || *p++ != ':' ||
	    !take_num(&p, 2, &tm->tm_min))
		return 0;
	if (*p != ':') {
		take_blanks(&p);
		return *p ? 0 : 60;
	}
	p++;
	if (!take_num(&p, 2, &tm->tm_sec))
		return 0;
	take_blanks(&p);
	return *p ? 0 : 1;
}

bool date_parse(const char *text, struct date_span *d)
{
	struct tm tm = { 0 }, same;
	int seconds;

	take_blanks(&text);
	if (!take_day(&text, &tm))
		return false;
	seconds = take_time(text, &tm);
	same = tm;
	d->from = timegm(&same);
	d->to = d->from + seconds;
	/* The 30th of February would be a day of March. */
	return seconds && same.tm_mday == tm.tm_mday &&
	       same.tm_mon == tm.tm_mon && same.tm_hour == tm.tm_hour &&
	       same.tm_min == tm.tm_min && same.tm_sec == tm.tm_sec;
}
