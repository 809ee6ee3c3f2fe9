// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "monitor" between a made-up module, which is a pipe, and a made-up daemon, which is
 * this process: both streams, a daemon that comes and goes, what was lost.
 */
#include "ktap.h"

#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "ctl_main.h"
#include "lib/ctl.h"
#include "lib/log.h"
#include "mock_gnl.h"
#include "show_world.h"

static struct ctx ctx;
static char dir[] = "/tmp/unit-monitor-XXXXXX", path[64];
static int listener = -1, peer = -1; /* of the daemon */
static int module[2], from[2]; /* events to it, its output */
static pid_t pid;
static char line[4096]; /* the last one that it printed */

/* --- the command in a process of its own ------------------------------------- */

static void begin(bool is_json, uint64_t count)
{
	static struct cmd_line l;
	static char words[64];

	fflush(stdout);
	if (pipe(module) || pipe(from))
		exit(1);
	pid = fork();
	if (!pid) {
		dup2(from[1], STDOUT_FILENO);
		dup2(from[1], STDERR_FILENO);
		close(from[0]);
		close(from[1]);
		close(module[1]);
		if (listener >= 0)
			close(listener);
		mock_pipe = module[0];
		ctx.json = is_json;
		ctx.count = count;
		cmd_split(&l, "monitor", words);
		exit(ctl_run_line(&ctx, &l));
	}
	close(from[1]);
	close(module[0]);
}

/* A line that has @want in it, within some seconds. */
static bool says(const char *want)
{
	struct pollfd p = { .fd = from[0], .events = POLLIN };
	size_t n = 0;

	line[0] = '\0';
	while (n < sizeof(line) - 1 && poll(&p, 1, 20000) == 1 &&
	       read(from[0], line + n, 1) == 1) {
		line[n + 1] = '\0';
		if (line[n++] == '\n')
			break;
	}
	return strstr(line, want) != NULL;
}

static int end(int sig)
{
	int status;

	if (sig)
		kill(pid, sig);
	waitpid(pid, &status, 0);
	close(from[0]);
	close(module[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void module_says(uint32_t spi)
{
	struct event ev = { .type = EVENT_SA_DEL };

	ev.sa.dir = DIR_IN;
	ev.sa.spi = spi;
	PUT(&ev.sa, SA_SPI);
	if (write(module[1], &ev, sizeof(ev)) != sizeof(ev))
		exit(1);
}

/* --- the daemon ---------------------------------------------------------------- */

static void daemon_begins(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	strcpy(a.sun_path, path);
	unlink(path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&a, sizeof(a)) ||
	    listen(listener, 5))
		exit(1);
}

static void daemon_says(const char *frame)
{
	uint8_t head[CTL_HEADER];

	ctl_put_header(head, strlen(frame));
	if (write(peer, head, sizeof(head)) != sizeof(head) ||
	    write(peer, frame, strlen(frame)) != (ssize_t)strlen(frame))
		exit(1);
}

/* The next one that asks for something, which has to be @want. */
static bool daemon_hears(const char *want)
{
	struct pollfd p = { .fd = listener, .events = POLLIN };
	char text[256] = "";
	ssize_t n = 0, k;

	/* One that only looks whether there is a daemon says nothing. */
	do {
		close(peer);
		if (poll(&p, 1, 20000) < 1)
			return false;
		peer = accept(listener, NULL, NULL);
		while ((k = read(peer, text + n, sizeof(text) - 1 - n)) > 0) {
			n += k;
			if (text[n - 1] == '}')
				break;
		}
	} while (!n);
	return n > CTL_HEADER && strstr(text + CTL_HEADER, want);
}

static void daemon_ends(void)
{
	close(peer);
	close(listener);
	peer = listener = -1;
}

#define UP                                                                   \
	"{\"event\":\"tunnel-up\",\"remote\":\"192.0.2.1\",\"in_spi\":4096," \
	"\"why\":\"no reason\"}"

static void test_text(void)
{
	begin(false, 0);
	ok(says("ikehelper does not run: events of tunnels are missing"),
	   "no daemon: it says so");
	module_says(4097);
	ok(says(" sa-del dir in spi 0x1001 "), "and goes on with the module");
	daemon_begins();
	ok(daemon_hears("\"monitor\""), "it looks for the daemon");
	daemon_says("{\"rows\":[],\"more\":true,\"key\":1}");
	ok(says(" daemon-back\n"), "which is back");
	daemon_says("{\"rows\":[" UP "],\"more\":true}");
	ok(says(" tunnel-up remote 192.0.2.1 in-spi 0x1000 why \"no reason\"\n"),
	   "an event of it");
	module_says(4098);
	ok(says(" sa-del dir in spi 0x1002 "), "one of the module");
	daemon_says("{\"rows\":[{\"event\":\"lost\",\"events\":7}," UP "],"
		    "\"more\":true}");
	ok(says(" lost events 7\n") && says(" tunnel-up "), "some were lost");
	daemon_ends();
	ok(says(" daemon-away why \"the daemon has closed the connection\"\n"),
	   "it has gone");
	module_says(4099);
	ok(says(" sa-del dir in spi 0x1003 "), "the module has not");
	daemon_begins();
	ok(daemon_hears("\"monitor\""), "it is looked for again");
	daemon_says("{\"error\":\"too many others are monitoring\"}");
	ok(daemon_hears("\"monitor\""), "and once more when it refuses");
	daemon_says("{\"rows\":[" UP "],\"more\":true}");
	ok(says(" daemon-back\n") && says(" tunnel-up "),
	   "it is told only when that has changed");
	daemon_says("{\"rows\":[]}");
	ok(says(" daemon-away why \"the daemon has ended the stream\"\n"),
	   "an end of the stream");
	ok(!end(SIGTERM), "a signal ends it");
	daemon_ends();
}

static void test_json(void)
{
	struct json_object *o;

	daemon_begins();
	begin(true, 3);
	ok(daemon_hears("\"monitor\""), "a daemon from the beginning");
	daemon_says("{\"rows\":[],\"more\":true,\"key\":1}");
	daemon_says("{\"rows\":[" UP "],\"more\":true}");
	ok(says("\"event\":\"tunnel-up\",\"remote\":\"192.0.2.1\","
		"\"in_spi\":4096,\"why\":\"no reason\",\"time\":\"20"),
	   "JSON");
	o = json_tokener_parse(line);
	ok(json_object_is_type(o, json_type_object), "one object a line");
	json_object_put(o);
	module_says(4097);
	ok(says("\"event\":\"sa-del\""), "the module's");
	daemon_says("{\"rows\":[" UP "," UP "],\"more\":true}");
	ok(says("\"tunnel-up\""), "the third");
	ok(!end(0), "is the last, and the count is of both");
	daemon_ends();
}

int main(void)
{
	char err[256];

	log_init("test");
	signal(SIGPIPE, SIG_IGN);
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/control", dir);
	setenv("IPSECGW_CONTROL", path, 1);
	world_kernel("up");
	ctx.cmds = cmd_compile(&ctl_table, err, sizeof(err));
	if (!ok(ctx.cmds != NULL, "the table compiles"))
		return ktap_end();
	test_text();
	test_json();
	cmd_free(ctx.cmds);
	unlink(path);
	rmdir(dir);
	return ktap_end();
}
