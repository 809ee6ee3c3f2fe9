// SPDX-License-Identifier: GPL-2.0-or-later
/* Output modifiers, and what lies between text and descriptor. */
#include "ktap.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <unistd.h>

#include "lib/fmt.h"

static const char text[] = "interface: eth0\n"
			   "    Crypto map tag: A_B\n"
			   "     spi: 0x1\n"
			   "\n"
			   "interface: eth1\n"
			   "    Crypto map tag: C,D\n"
			   "last";

static char result[4096];

/* @text through @modifiers, or what is wrong with them. */
static const char *run(const char *modifiers)
{
	struct out *o = out_new_memory(false);
	const char *why = out_filter(o, modifiers);

	if (!why) {
		out_printf(o, "%s", text);
		out_end(o);
		why = out_text(o);
	}
	snprintf(result, sizeof(result), "%s", why);
	out_free(o);
	return result;
}

static void test_simple(void)
{
	is(run("include interface"), "interface: eth0\ninterface: eth1\n",
	   "include");
	is(run(" i  interface: eth1 "), "interface: eth1\n",
	   "cut short, blanks around");
	is(run("exclude t"), "     spi: 0x1\n\n", "exclude");
	is(run("e t"), "     spi: 0x1\n\n", "exclude cut short");
	is(run("begin eth1"),
	   "interface: eth1\n    Crypto map tag: C,D\nlast\n", "begin");
	is(run("count map"), "Number of lines which match regexp = 2\n",
	   "count");
	is(run("include Crypto map"),
	   "    Crypto map tag: A_B\n    Crypto map tag: C,D\n",
	   "blanks belong to the pattern");
	is(run("inc eth0|eth1"), "interface: eth0\ninterface: eth1\n",
	   "a bar in the pattern means or");
	is(run("include INTERFACE"), "", "letters are not folded");
	is(run("include ^last$"), "last\n", "a last line without newline");
}

static void test_section(void)
{
	is(run("section eth0"),
	   "interface: eth0\n    Crypto map tag: A_B\n     spi: 0x1\n\n",
	   "section");
	is(run("sec Crypto map"),
	   "    Crypto map tag: A_B\n     spi: 0x1\n\n"
	   "    Crypto map tag: C,D\n",
	   "section of indented lines");
	is(run("section exclude eth0"),
	   "interface: eth1\n    Crypto map tag: C,D\nlast\n",
	   "section exclude");
	is(run("section include eth1"),
	   "interface: eth1\n    Crypto map tag: C,D\n", "section include");
}

static void test_border(void)
{
	is(run("include _nterface"), "", "no border inside a word");
	is(run("include A_B"), "    Crypto map tag: A_B\n",
	   "the sign itself, as in names of log lines");
	is(run("include _tag"),
	   "    Crypto map tag: A_B\n    Crypto map tag: C,D\n",
	   "a blank is a border");
	is(run("include _last_"), "last\n", "so are start and end");
	is(run("include _D"), "    Crypto map tag: C,D\n", "and a comma");
	is(run("include A\\_B"), "    Crypto map tag: A_B\n",
	   "the sign itself after a backslash");
	is(run("include A[_]B"), "    Crypto map tag: A_B\n",
	   "and in brackets");
}

static void test_chain(void)
{
	is(run("include map | exclude A"), "    Crypto map tag: C,D\n",
	   "two modifiers");
	is(run("include map | count C"),
	   "Number of lines which match regexp = 2\n", "the last one counts");
	is(run("include eth | begin eth1"), "interface: eth1\n",
	   "begin after include");
}

static void test_refused(void)
{
	ok(strstr(run("foo x"), "after '|'"), "no such modifier");
	ok(strstr(run(""), "after '|'"), "nothing");
	ok(strstr(run("redirect file"), "after '|'"), "no redirection");
	ok(strstr(run("include"), "regular expression"), "no pattern");
	ok(strstr(run("include  "), "regular expression"), "a blank one");
	ok(strstr(run("include a(b"), "a(b"), "a wrong expression");
}

static void test_write(void)
{
	struct out *o;
	int fd = open("/dev/full", O_WRONLY), p[2];
	char buf[16] = "";

	o = out_new(fd, false);
	out_printf(o, "lost\n");
	ok(out_end(o) == -ENOSPC, "a full disk is told");
	out_free(o);
	close(fd);
	ok(!pipe(p), "a pipe");
	o = out_new(p[1], false);
	out_printf(o, "%s", "kept");
	ok(!out_end(o) && read(p[0], buf, sizeof(buf)) == 5 &&
		   !strcmp(buf, "kept\n"),
	   "what is left is written");
	out_free(o);
	close(p[0]);
	close(p[1]);
}

static void test_json(void)
{
	struct out *o = out_new_memory(true);

	out_list_begin(o);
	out_list_end(o);
	is(out_text(o), "[]\n", "an empty list");
	out_free(o);
	o = out_new_memory(true);
	out_list_begin(o);
	out_json(o, json_object_new_int(1));
	out_json(o, json_object_new_string("a/b"));
	out_list_end(o);
	is(out_text(o), "[\n1,\n\"a/b\"\n]\n", "one value a line");
	out_free(o);
}

static void test_uptime(void)
{
	char buf[FMT_SPAN];

	is(fmt_uptime(0, buf), "00:00:00", "no time");
	is(fmt_uptime(1662, buf), "00:27:42", "minutes");
	is(fmt_uptime(86399, buf), "23:59:59", "almost a day");
	is(fmt_uptime(3 * 86400 + 18 * 3600, buf), "3d18h", "days");
	is(fmt_uptime(49 * 86400, buf), "7w0d", "weeks");
	is(fmt_uptime(400 * 86400, buf), "1y5w", "years");
}

int main(void)
{
	test_simple();
	test_section();
	test_border();
	test_chain();
	test_refused();
	test_write();
	test_json();
	test_uptime();
	return ktap_end();
}
