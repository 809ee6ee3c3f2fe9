// SPDX-License-Identifier: GPL-2.0-or-later
/* The shell: prompts, modes, history, completion, help; lines from a pipe. */
#include <ctype.h>
#include <errno.h>
#include <histedit.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include "../lib/log.h"
#include "cmds.h"
#include "config.h"
#include "debug.h"

#define HISTORY 500
#define PROMPT_MAX 128

/* Words that only the shell has, at the EXEC level. */
enum exec_word { EXEC_NONE, EXEC_LEAVE, EXEC_ENABLE, EXEC_DISABLE };

struct shell {
	struct ctx *c;
	EditLine *el;
	History *history;
	HistEvent event;
	bool is_enabled; /* privileged */
	bool discard; /* Ctrl-C: forget the line */
	unsigned long line; /* of a pipe */
	int worst; /* exit status of a pipe */
	char prompt[PROMPT_MAX];
};

/* --- prompts ------------------------------------------------------------------ */

static bool in_config(const struct shell *s)
{
	return s->c->config && s->c->config->is_open;
}

static const char *host_name(char buf[HOST_NAME_MAX + 1])
{
	if (gethostname(buf, HOST_NAME_MAX + 1))
		strcpy(buf, "Router");
	buf[strcspn(buf, ".")] = '\0';
	return buf;
}

static char *make_prompt(struct shell *s)
{
	const struct config *o = s->c->config;
	char host[HOST_NAME_MAX + 1];
	const char *name = host_name(host);

	if (o && o->cfg->hostname)
		name = o->cfg->hostname;
	if (in_config(s))
		cfg_prompt(o->cfg, host, &o->edit.path, s->prompt,
			   sizeof(s->prompt));
	else
		snprintf(s->prompt, sizeof(s->prompt), "%.60s%c", name,
			 s->is_enabled ? '#' : '>');
	return s->prompt;
}

/* --- EXEC level ------------------------------------------------------------------ */

static enum exec_word exec_word(const struct cmd_line *line)
{
	static const struct {
		const char *word;
		size_t least; /* letters that tell it apart */
		enum exec_word what;
	} words[] = {
		{ "exit", 2, EXEC_LEAVE },	{ "quit", 1, EXEC_LEAVE },
		{ "logout", 2, EXEC_LEAVE },	{ "enable", 2, EXEC_ENABLE },
		{ "disable", 4, EXEC_DISABLE },
	};
	size_t i, n;

	if (line->n != 1)
		return EXEC_NONE;
	n = strlen(line->tok[0].text);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (n >= words[i].least &&
		    !strncasecmp(line->tok[0].text, words[i].word, n))
			return words[i].what;
	return EXEC_NONE;
}

/* What is wrong with an EXEC line, as a router says it. */
static void complain(struct shell *s, const struct cmd_line *line,
		     const struct cmd_match *m, enum cmd_status status,
		     int indent)
{
	struct cfg_edit where = { 0 };
	enum cfg_result r = CFG_INVALID;

	if (status == CMD_INVALID && line->n == 1) {
		printf("%% Unknown command or computer name, or unable to "
		       "find computer address\n");
		return;
	}
	if (status == CMD_INVALID)
		where.column = cmd_bad_column(s->c->cmds, line, m);
	else
		r = status == CMD_AMBIGUOUS ? CFG_AMBIGUOUS : CFG_INCOMPLETE;
	cfg_edit_complain(stdout, &where, r, line->raw, indent);
}

/*
 * In a process of its own, so that Ctrl-C ends the command, whatever it waits
 * for, and not the shell.
 */
static int run_apart(struct shell *s, const struct cmd_line *line)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		signal(SIGINT, SIG_DFL);
		/* The shell's connection: it must not get half of an answer. */
		s->c->gnl = NULL;
		status = ctl_run_line(s->c, line);
		fflush(stdout);
		_exit(status);
	}
	if (pid < 0) {
		log_error("no new process: %s", strerror(errno));
		return FAILED;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		printf("\n");
	return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}

/* Views, and what runs on, change nothing that the shell has. */
static int run_command(struct shell *s, const struct cmd_line *line,
		       const struct cmd *cmd)
{
	if (s->el && cmd->flags & (CMD_SHOW | CMD_ALONE) &&
	    cmd->run != do_configure && cmd->run != do_debug)
		return run_apart(s, line);
	return ctl_run_line(s->c, line);
}

/* Run one command of ipsecctl. False when the shell is to be left. */
static bool run_exec(struct shell *s, const char *text, int indent)
{
	static struct cmd_line line;
	static struct cmd_match m;
	char *words = malloc(strlen(text) + 1);
	enum cmd_status status;
	const char *why;
	bool stay = true;

	why = words ? cmd_split(&line, text, words) : "out of memory";
	if (why) {
		printf("%% %s\n", why);
	} else if (line.n) {
		switch (exec_word(&line)) {
		case EXEC_LEAVE:
			stay = false;
			break;
		case EXEC_ENABLE:
		case EXEC_DISABLE:
			s->is_enabled = exec_word(&line) == EXEC_ENABLE;
			break;
		case EXEC_NONE:
			status = cmd_parse(s->c->cmds, &line, &m);
			if (status == CMD_OK)
				s->worst |= run_command(s, &line, m.cmd) !=
					    DONE;
			else
				complain(s, &line, &m, status, indent);
			s->worst |= status != CMD_OK;
		}
	}
	free(words);
	fflush(stdout);
	return stay;
}

/* --- configuration level ------------------------------------------------------------ */

static void run_config(struct shell *s, const char *text, int indent)
{
	enum cfg_result r = config_line(s->c, text);
	struct config *o = s->c->config;
	const char *exec = o->edit.exec;

	switch (r) {
	case CFG_EXEC:
		exec += strspn(exec, " \t");
		if (!strncasecmp(exec, "conf", 4))
			printf("%% The configuration mode is open already\n");
		else
			run_exec(s, exec, indent + (int)(exec - text));
		break;
	case CFG_DONE:
	case CFG_EMPTY:
	case CFG_LEFT:
		break;
	case CFG_REFUSED:
		s->worst = FAILED;
		break;
	default:
		s->worst = FAILED;
		if (!s->el) {
			char *shown = cfg_mask_line(text);

			indent = printf("stdin:%lu: ", s->line);
			printf("%s\n", shown ? shown : "");
			free(shown);
		}
		cfg_edit_complain(stdout, &o->edit, r, text, indent);
	}
	fflush(stdout);
}

/* One line of either level. False when the shell is to be left. */
static bool run_line(struct shell *s, const char *text)
{
	int indent = s->el ? (int)strlen(s->prompt) : 0;

	text += strspn(text, " \t");
	if (in_config(s)) {
		run_config(s, text, indent);
		return true;
	}
	if (!*text || *text == '!')
		return true;
	return run_exec(s, text, indent);
}

/* --- help and completion --------------------------------------------------------------- */

/* "do" in a configuration mode leads to the words of the EXEC level. */
static const char *behind_do(const char *text)
{
	text += strspn(text, " \t");
	if (strncasecmp(text, "do", 2) || !isblank((unsigned char)text[2]))
		return NULL;
	return text + 3;
}

static bool exec_choices(struct shell *s, const char *text,
			 struct cmd_choices *c, bool *partial)
{
	static struct cmd_line line;
	static struct cmd_match m;
	char *words = malloc(strlen(text) + 2);
	bool found = false;

	if (words && !cmd_split(&line, text, words)) {
		*partial = !line.blank_end;
		found = cmd_choices(s->c->cmds, &line, c, &m) == CMD_OK;
	}
	free(words);
	return found;
}

static void help(struct shell *s, const char *text)
{
	static struct cmd_choices c;
	bool partial;

	if (in_config(s) && !behind_do(text)) {
		cfg_edit_help(stdout, &s->c->config->edit, text);
		return;
	}
	if (in_config(s))
		text = behind_do(text);
	if (exec_choices(s, text, &c, &partial))
		cmd_print_help(stdout, &c, partial);
	else
		printf("%% Unrecognized command\n");
}

/* The text left of the cursor; free it. */
static char *left_of_cursor(EditLine *el)
{
	const LineInfo *info = el_line(el);

	return strndup(info->buffer, info->cursor - info->buffer);
}

static struct shell *shell_of(EditLine *el)
{
	void *p = NULL;

	el_get(el, EL_CLIENTDATA, &p);
	return p;
}

static unsigned char on_help(EditLine *el, int ch)
{
	struct shell *s = shell_of(el);
	char *text = left_of_cursor(el);

	(void)ch;
	printf("?\n");
	if (text)
		help(s, text);
	printf("\n");
	fflush(stdout);
	free(text);
	return CC_REDISPLAY;
}

/* Tab: the rest of the last word when only one word fits. */
static unsigned char on_tab(EditLine *el, int ch)
{
	static struct cmd_choices c;
	struct shell *s = shell_of(el);
	char *text = left_of_cursor(el);
	const char *word = NULL, *part, *exec;
	bool found, partial;

	(void)ch;
	if (!text)
		return CC_ERROR;
	exec = in_config(s) ? behind_do(text) : text;
	if (exec)
		found = exec_choices(s, exec, &c, &partial);
	else
		found = cfg_edit_choices(&s->c->config->edit, text, &c);
	part = text + strlen(text);
	while (part > text && !isblank((unsigned char)part[-1]))
		part--;
	if (found && *part)
		word = cmd_complete(&c);
	if (word) {
		el_deletestr(el, (int)strlen(part));
		el_insertstr(el, word);
		el_insertstr(el, " ");
	}
	free(text);
	return word ? CC_REFRESH : CC_REFRESH_BEEP;
}

/* Ctrl-Z is "end"; the line before it is run first, as on a router. */
static unsigned char on_end(EditLine *el, int ch)
{
	struct shell *s = shell_of(el);

	(void)ch;
	if (!in_config(s))
		return CC_ERROR;
	printf("^Z");
	s->c->config->edit.path = (struct cfg_path){ .mode = CFG_M_GLOBAL };
	s->c->config->is_open = false;
	s->discard = true;
	return CC_NEWLINE;
}

static unsigned char on_cancel(EditLine *el, int ch)
{
	struct shell *s = shell_of(el);

	(void)ch;
	(void)el;
	printf("^C");
	if (in_config(s))
		s->c->config->is_open = false;
	s->discard = true;
	return CC_NEWLINE;
}

/* --- the terminal ------------------------------------------------------------------------ */

/* Debug lines go above the line that is being edited. */
static void show_debug(struct shell *s)
{
	printf("\r\033[K");
	debug_drain(s->c);
	fflush(stdout);
	el_set(s->el, EL_REFRESH);
}

/*
 * One character of the terminal, while debug lines are printed as they come.
 * In place of the library's own only as long as there is debugging.
 */
static int read_char(EditLine *el, wchar_t *wc)
{
	struct shell *s = shell_of(el);
	mbstate_t state = { 0 };
	char c;

	for (;;) {
		struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
				       { .fd = debug_fd(s->c),
					 .events = POLLIN } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return -1;
		if (p[1].revents)
			show_debug(s);
		if (!p[0].revents)
			continue;
		if (read(STDIN_FILENO, &c, 1) != 1)
			return 0;
		switch (mbrtowc(wc, &c, 1, &state)) {
		case (size_t)-2:
			continue;
		case (size_t)-1:
			state = (mbstate_t){ 0 };
			continue;
		default:
			return 1;
		}
	}
}

static char *prompt_of(EditLine *el)
{
	return make_prompt(shell_of(el));
}

static bool open_terminal(struct shell *s)
{
	setlocale(LC_CTYPE, "");
	s->el = el_init("ipsecctl", stdin, stdout, stderr);
	s->history = history_init();
	if (!s->el || !s->history)
		return false;
	history(s->history, &s->event, H_SETSIZE, HISTORY);
	history(s->history, &s->event, H_SETUNIQUE, 1);
	el_set(s->el, EL_CLIENTDATA, s);
	el_set(s->el, EL_PROMPT, prompt_of);
	el_set(s->el, EL_EDITOR, "emacs");
	/* Ctrl-C and Ctrl-Z are keys while a line is edited, not signals. */
	el_set(s->el, EL_SETTY, "-d", "-isig", NULL);
	el_set(s->el, EL_HIST, history, s->history);
	el_set(s->el, EL_ADDFN, "router-help", "What may follow", on_help);
	el_set(s->el, EL_ADDFN, "router-tab", "Complete the word", on_tab);
	el_set(s->el, EL_ADDFN, "router-end", "Leave the mode", on_end);
	el_set(s->el, EL_ADDFN, "router-cancel", "Forget it", on_cancel);
	el_set(s->el, EL_BIND, "?", "router-help", NULL);
	el_set(s->el, EL_BIND, "\t", "router-tab", NULL);
	el_set(s->el, EL_BIND, "^Z", "router-end", NULL);
	el_set(s->el, EL_BIND, "^C", "router-cancel", NULL);
	return true;
}

static void close_terminal(struct shell *s)
{
	if (s->history)
		history_end(s->history);
	if (s->el)
		el_end(s->el);
}

/* Lines that hold a key are not remembered. */
static void remember(struct shell *s, const char *text)
{
	char *masked = cfg_mask_line(text);

	if (masked && *text && !strcmp(masked, text))
		history(s->history, &s->event, H_ENTER, text);
	free(masked);
}

static int run_terminal(struct shell *s)
{
	const char *raw;
	bool stay = true;
	int n;

	if (!open_terminal(s)) {
		close_terminal(s);
		log_error("cannot use the terminal");
		return FAILED;
	}
	/* A signal to the command that runs; a key while a line is edited. */
	signal(SIGINT, SIG_IGN);
	while (stay) {
		char *text;

		s->discard = false;
		debug_drain(s->c);
		el_set(s->el, EL_GETCFN,
		       s->c->debug ? read_char : EL_BUILTIN_GETCFN);
		/* Before the prompt, or a quick Ctrl-C does nothing. */
		el_set(s->el, EL_PREP_TERM, 1);
		raw = el_gets(s->el, &n);
		if (s->discard) {
			printf("\n");
			config_left(s->c);
			continue;
		}
		if (!raw || n <= 0) {
			printf("\n");
			break;
		}
		text = strndup(raw, strcspn(raw, "\r\n"));
		if (!text)
			break;
		make_prompt(s);
		remember(s, text);
		stay = run_line(s, text);
		config_left(s->c);
		secret_wipe(text, strlen(text));
		free(text);
	}
	if (s->c->config && s->c->config->is_changed)
		log_warn("the changes were not saved");
	signal(SIGINT, SIG_DFL);
	close_terminal(s);
	return DONE;
}

static int run_pipe(struct shell *s)
{
	char *raw = NULL;
	size_t cap = 0;
	bool stay = true;

	while (stay && getline(&raw, &cap, stdin) >= 0) {
		s->line++;
		raw[strcspn(raw, "\r\n")] = '\0';
		stay = run_line(s, raw);
		config_left(s->c);
		debug_drain(s->c);
	}
	if (raw)
		secret_wipe(raw, cap);
	free(raw);
	return s->worst;
}

int shell_run(struct ctx *c, bool configure)
{
	struct shell s = { .c = c, .is_enabled = true };
	struct out *out = c->out; /* of the command that is the shell */
	int status;

	c->in_shell = true;
	c->out = NULL;
	status = config_get(c) ? DONE : FAILED;
	if (status == DONE && configure)
		status = config_open(c);
	if (status == DONE)
		status = isatty(STDIN_FILENO) ? run_terminal(&s) : run_pipe(&s);
	debug_end(c);
	c->in_shell = false;
	c->out = out;
	config_free(c);
	return status;
}
