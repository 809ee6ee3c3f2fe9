// SPDX-License-Identifier: GPL-2.0-or-later
/* The command matcher on a small table: words, help, complaints. */
#include "ktap.h"

#include "lib/cmd.h"

static const struct name colours[] = {
	{ 1, "red", "Like blood" },
	{ 2, "green", "Like grass" },
	{ 3, "grey", "Like fog" },
	{ 0 },
};

static const struct cmd_type types[] = {
	{ .name = "colour", .names = colours },
	{ 0 },
};

static const struct cmd cmds[] = {
	{ .pattern = "show version" },
	{ .pattern = "show crypto isakmp sa [ detail ]" },
	{ .pattern =
		  "show crypto ipsec sa { ( map NAME=word | peer A=addr ) | detail }" },
	{ .pattern = "show crypto ipsec sa count" },
	{ .pattern = "set { colour C=colour | *size N=num(1-10) | dark }" },
	{ .pattern =
		  "route ( any | host H=addr | NET=prefix | A=addr4 W=addr4 ) [ eq P=num(0-65535) ]" },
	{ .pattern = "description TEXT=line" },
	{ .pattern = "login NAME=word [ password WORD=secret ]" },
	{ .pattern = "shut" },
	{ .pattern = "shutdown now" },
	{ .pattern = "address ( A=addr4 | B=addr6 | C=word )" },
};

static const struct cmd_help help[] = {
	{ "show", "Show things" },
	{ "version", "The version" },
	{ "crypto", "Encryption" },
	{ "detail", "More" },
	{ "N", "How big" },
	{ "size", "Size" },
	{ "colour", "Colour" },
	{ "dark", "No light" },
	{ 0 },
};

static const struct cmd_table table = {
	.cmds = cmds,
	.n_cmds = sizeof(cmds) / sizeof(cmds[0]),
	.help = help,
	.types = types,
};

static struct cmd_set *set;
static struct cmd_line line;
static struct cmd_match m;
static char words[1024];

static enum cmd_status parse(const char *text)
{
	const char *why = cmd_split(&line, text, words);

	return why ? CMD_EMPTY : cmd_parse(set, &line, &m);
}

/* The command that matched, by its number in the table; -1 for none. */
static int matched(const char *text)
{
	return parse(text) == CMD_OK ? (int)(m.cmd - cmds) : -1;
}

static const char *arg(const char *name)
{
	const struct cmd_arg *a = cmd_find(&m, name);

	return a ? a->text : "(none)";
}

static void test_split(void)
{
	ok(!cmd_split(&line, "  a \"b c\"  'd|e' f\\g #h", words), "words");
	ok(line.n == 4, "their number");
	is(line.tok[1].text, "b c", "double quotes");
	is(line.tok[2].text, "d|e", "single quotes");
	is(line.tok[3].text, "f\\g", "a backslash is a letter");
	ok(line.tok[1].col == 4 && line.tok[1].len == 5, "where it began");
	ok(!cmd_split(&line, "x \"a\\\"b\" y", words) && line.n == 3, "escape");
	is(line.tok[1].text, "a\"b", "a quote inside quotes");
	ok(!cmd_split(&line, "a b | include c d", words) && line.n == 2 &&
		   !strcmp(line.filter, " include c d"),
	   "a bar ends the words");
	ok(!cmd_split(&line, "a b|c", words) && line.n == 2 &&
		   !strcmp(line.filter, "c"),
	   "without blanks too");
	ok(!cmd_split(&line, "! comment", words) && !line.n, "comment");
	ok(!cmd_split(&line, "a#b c!d", words) && line.n == 2,
	   "no comment inside a word");
	ok(!cmd_split(&line, "", words) && !line.n && line.blank_end, "empty");
	ok(!cmd_split(&line, "a ", words) && line.blank_end,
	   "blank at the end");
	ok(!cmd_split(&line, "a", words) && !line.blank_end, "none");
	ok(cmd_split(&line, "a \"b", words) != NULL, "a quote left open");
	ok(!cmd_split(&line, "a \"\" b", words) && line.n == 3 &&
		   !*line.tok[1].text,
	   "an empty word");
}

static void test_keywords(void)
{
	ok(matched("show version") == 0, "whole words");
	ok(matched("sho ver") == 0, "cut short");
	ok(matched("show crypto isakmp sa") == 1, "option left out");
	ok(matched("show crypto isakmp sa d") == 1, "option there");
	ok(matched("sho cr ip sa count") == 3, "one of two rows");
	ok(matched("sho cr ip sa") == 2, "a set may be empty");
	ok(matched("shut") == 8, "a whole word wins over a longer one");
	ok(matched("shutd now") == 9, "the longer one");
	ok(parse("sh ver") == CMD_AMBIGUOUS && m.bad == 0, "ambiguous");
	ok(parse("show crypto is sa") == CMD_OK, "enough letters");
	ok(parse("show crypto i sa") == CMD_AMBIGUOUS && m.bad == 2,
	   "not enough letters");
	ok(parse("show crypto foo") == CMD_INVALID && m.bad == 2, "invalid");
	ok(parse("show version x") == CMD_INVALID && m.bad == 2, "one more");
	ok(parse("show") == CMD_INCOMPLETE && m.bad == 1, "incomplete");
	ok(parse("") == CMD_EMPTY, "empty");
	ok(parse("shutdowner now") == CMD_INVALID, "longer than the keyword");
}

static void test_sets(void)
{
	ok(matched("show crypto ipsec sa detail map X") == 2, "one order");
	is(arg("NAME"), "X", "its variable");
	ok(matched("show crypto ipsec sa map X detail") == 2, "another order");
	ok(parse("show crypto ipsec sa detail detail") == CMD_INVALID &&
		   m.bad == 5,
	   "each at most once");
	ok(matched("set size 1 dark size 2 colour red") == 4, "starred twice");
	ok(!strcmp(m.arg[2].text, "1") && !strcmp(m.arg[5].text, "2"),
	   "arguments in order");
	ok(parse("set dark dark") == CMD_INVALID, "not starred");
	ok(parse("set colour") == CMD_INCOMPLETE, "item cut off");
}

static void test_values(void)
{
	ok(matched("set size 10") == 4 && cmd_find(&m, "N")->v.num == 10,
	   "number");
	ok(matched("set size 0xa") == 4 && cmd_find(&m, "N")->v.num == 10,
	   "hexadecimal");
	ok(parse("set size 11") == CMD_INVALID && m.bad == 2, "out of range");
	ok(parse("set size 0") == CMD_INVALID, "below the range");
	ok(parse("set size -1") == CMD_INVALID, "sign");
	ok(parse("set size 1x") == CMD_INVALID, "letters");
	ok(parse("set size 0x") == CMD_INVALID, "no digits");
	ok(parse("set size 18446744073709551617") == CMD_INVALID, "overflow");
	ok(matched("set colour gree") == 4 && cmd_find(&m, "C")->v.num == 2,
	   "name cut short");
	ok(parse("set colour gr") == CMD_AMBIGUOUS, "ambiguous name");
	ok(parse("set colour blue") == CMD_INVALID, "unknown name");
	ok(matched("route host 10.0.0.1 eq 5") == 5, "address");
	ok(matched("route 10.0.0.0/8") == 5 && cmd_has(&m, "NET"), "prefix");
	ok(matched("route 10.0.0.0 0.255.255.255") == 5 && cmd_has(&m, "W"),
	   "two addresses");
	ok(parse("route 10.0.0.0") == CMD_INCOMPLETE, "one of the two");
	ok(parse("route host 10.0.0.300") == CMD_INVALID && m.bad == 2,
	   "wrong address");
	ok(matched("address 10.0.0.1") == 10 && cmd_has(&m, "A"),
	   "the better type wins");
	ok(matched("address ::1") == 10 && cmd_has(&m, "B"), "each");
	ok(matched("address host") == 10 && cmd_has(&m, "C"), "a word");
	ok(matched("description  the rest | of 'it' ") == 6, "a line");
	ok(matched("login me password secret") == 7 && m.arg[3].is_secret,
	   "a secret is marked");
}

/* What a function prints. */
static char *printed;
static size_t printed_len;

static FILE *begin(void)
{
	free(printed);
	printed = NULL;
	return open_memstream(&printed, &printed_len);
}

static const char *complaint(const char *text, const char *prefix)
{
	enum cmd_status status = parse(text);
	FILE *f = begin();

	cmd_complain(f, set, &line, &m, status, prefix);
	fclose(f);
	return printed;
}

static void test_complaints(void)
{
	is(complaint("show crypto foo bar", ""),
	   "show crypto foo\n"
	   "            ^\n"
	   "% Invalid input detected at '^' marker.\n"
	   "Expected there: ipsec, isakmp\n",
	   "the mark is below the word");
	is(complaint("show  crypto   foo", "file:3: "),
	   "file:3: show crypto foo\n"
	   "                    ^\n"
	   "% Invalid input detected at '^' marker.\n"
	   "Expected there: ipsec, isakmp\n",
	   "with a prefix");
	is(complaint("sh v", ""), "% Ambiguous command:  \"sh\"\n",
	   "ambiguous");
	is(complaint("show cry i", ""),
	   "% Ambiguous command:  \"show cry i\"\n", "ambiguous further on");
	is(complaint("set colour", ""),
	   "% Incomplete command.\nExpected there: green, grey, red\n",
	   "incomplete");
	is(complaint("set size x", ""),
	   "set size x\n"
	   "         ^\n"
	   "% Invalid input detected at '^' marker.\n"
	   "Expected there: <1-10>\n",
	   "a range");
	complaint("login me password topsecret more", "");
	ok(!strstr(printed, "topsecret") && strstr(printed, "******"),
	   "a secret is not repeated");
	complaint("login me passwort 0123456789abcdef0123456789abcdef", "");
	ok(!strstr(printed, "0123"), "nor a key behind a slip");
	complaint("login me password", "");
	ok(strstr(printed, "KEY"), "what is expected has a name");
	complaint("login 0123456789abcdef0123456789abcdef x", "");
	ok(!strstr(printed, "0123"), "nor a key in a wrong place");
}

static struct cmd_choices choices;

static const char *ask(const char *text)
{
	FILE *f = begin();

	cmd_split(&line, text, words);
	if (cmd_choices(set, &line, &choices, &m) == CMD_OK)
		cmd_print_help(f, &choices, !line.blank_end);
	else
		fprintf(f, "(nothing at word %d)\n", m.bad);
	fclose(f);
	return printed;
}

static void test_help(void)
{
	is(ask("show "), "  crypto   Encryption\n  version  The version\n",
	   "what follows");
	is(ask("sh"), "show  shut  shutdown\n", "what begins like this");
	is(ask("show v"), "  version  The version\n", "only one");
	is(ask("show version "), "  <cr>\n", "the end");
	is(ask("show crypto isakmp sa "), "  detail  More\n  <cr>\n",
	   "a word or the end");
	is(ask("set size "), "  <1-10>  How big\n", "a variable");
	is(ask("set colour "),
	   "  green  Like grass\n  grey   Like fog\n  red    Like blood\n",
	   "names");
	is(ask("set dark "), "  colour  Colour\n  size    Size\n  <cr>\n",
	   "not again what was given");
	is(ask("set size 1 "),
	   "  colour  Colour\n  dark    No light\n  size    Size\n  <cr>\n",
	   "but again what is starred");
	is(ask("show foo "), "(nothing at word 1)\n", "no way there");
	is(ask("show versions"), "(nothing at word 1)\n", "no such word");
}

static void test_complete(void)
{
	ask("show ver");
	is(cmd_complete(&choices), "version", "completed");
	ask("sh");
	ok(!cmd_complete(&choices), "several");
	ask("set size ");
	ok(!cmd_complete(&choices), "a variable is not typed for you");
	ask("set colour re");
	is(cmd_complete(&choices), "red", "a name");
}

static void test_usage(void)
{
	FILE *f = begin();

	cmd_split(&line, "rou", words);
	ok(cmd_print_usage(f, set, &line) == 1, "one command");
	fclose(f);
	ok(strstr(printed,
		  "  route ( any | host H | NET | A W ) [ eq <0-65535>"),
	   "its syntax");
	f = begin();
	cmd_split(&line, "sh", words);
	ok(cmd_print_usage(f, set, &line) == 6, "several commands");
	fclose(f);
	f = begin();
	ok(cmd_check_help(f, set) > 0, "help is missing");
	fclose(f);
	ok(strstr(printed, "no help for 'isakmp'"), "it is named");
	ok(!strstr(printed, "'version'\n"), "what is there is not");
}

static void test_wrong_patterns(void)
{
	static const char *const bad[] = {
		"a ( b", "a b )",	 "a [ b",	 "{ a }",     "[ a ]",
		"",	 "a X=nonsense", "a X=num(5-4)", "a X=num(5", "a ( b ]",
	};
	char err[256];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct cmd one = { .pattern = bad[i] };
		struct cmd_table t = { .cmds = &one, .n_cmds = 1 };
		struct cmd_set *s = cmd_compile(&t, err, sizeof(err));

		ok(!s && strstr(err, bad[i]), "refuse '%s'", bad[i]);
		cmd_free(s);
	}
}

int main(void)
{
	char err[256];

	set = cmd_compile(&table, err, sizeof(err));
	if (!ok(set != NULL, "the table compiles"))
		return ktap_end();
	test_split();
	test_keywords();
	test_sets();
	test_values();
	test_complaints();
	test_help();
	test_complete();
	test_usage();
	test_wrong_patterns();
	cmd_free(set);
	free(printed);
	return ktap_end();
}
