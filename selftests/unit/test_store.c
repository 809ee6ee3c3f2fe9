// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of the history: what may stand in its place, what goes wrong. */
#include "ktap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ikehelper/store.h"
#include "lib/log.h"

static char said[4096];
static unsigned int lines;

static void note(enum log_level level, const char *line)
{
	(void)level;
	snprintf(said, sizeof(said), "%s", line);
	lines++;
}

/* Nothing is read, and @want is said of it; "" for nothing. */
static void refuses(const char *path, const char *want)
{
	size_t len = 1;
	uint8_t *p;

	lines = 0;
	said[0] = '\0';
	p = store_read(path, &len);
	ok(!p && !len && lines == !!*want && strstr(said, want), "%s",
	   *want ? said : "no file is nothing to speak of");
	free(p);
}

static bool has(const char *path, const char *want)
{
	size_t len;
	uint8_t *p = store_read(path, &len);
	bool same = p && len == strlen(want) && !memcmp(p, want, len);

	free(p);
	return same;
}

static void test_write(const char *dir)
{
	struct rlimit small = { 10, RLIM_INFINITY }, none;
	char path[256], other[300];
	struct stat st;

	snprintf(path, sizeof(path), "%s/new/history", dir);
	store_write(path, "first", 5);
	ok(has(path, "first") && !stat(path, &st) &&
		   (st.st_mode & 07777) == 0600,
	   "made with its folder, for the owner only");
	store_write(path, "2nd", 3);
	ok(has(path, "2nd"), "replaced");
	/* A full disk: nothing behind the tenth octet. */
	getrlimit(RLIMIT_FSIZE, &none);
	small.rlim_max = none.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	lines = 0;
	store_write(path, "more than ten octets", 20);
	store_write(path, "more than ten octets", 20);
	ok(lines == 1 && strstr(said, "is not kept"), "full: said once: %s",
	   said);
	ok(has(path, "2nd"), "what was there stays");
	store_write(path, "again", 5);
	lines = 0;
	store_write(path, "more than ten octets", 20);
	ok(lines == 1, "and again after it has worked");
	setrlimit(RLIMIT_FSIZE, &none);
	snprintf(other, sizeof(other), "%s.new", path);
	ok(access(other, F_OK) && errno == ENOENT, "nothing is left over");
	store_write(path, "", 0);
	ok(has(path, ""), "an empty one");
}

static void test_places(const char *dir)
{
	char path[256], victim[256], tmp[300];

	snprintf(path, sizeof(path), "%s/pipe", dir);
	mkfifo(path, 0600);
	refuses(path, "Invalid argument");
	refuses(dir, "Invalid argument");
	snprintf(path, sizeof(path), "%s/link", dir);
	symlink("/etc/passwd", path);
	refuses(path, "symbolic links");
	snprintf(path, sizeof(path), "%s/large", dir);
	fclose(fopen(path, "w"));
	truncate(path, 7 << 20);
	refuses(path, "too large");
	snprintf(path, sizeof(path), "%s/nothing", dir);
	refuses(path, "");
	/* Somebody has put a link where the new one is made. */
	snprintf(path, sizeof(path), "%s/kept", dir);
	snprintf(tmp, sizeof(tmp), "%s.new", path);
	snprintf(victim, sizeof(victim), "%s/victim", dir);
	symlink(victim, tmp);
	lines = 0;
	store_write(path, "text", 4);
	ok(lines == 1 && access(victim, F_OK), "a link is not followed");
}

int main(void)
{
	char dir[] = "/tmp/store-XXXXXX", boot[64], other[8], command[64];

	log_init("test");
	log_sink(note);
	signal(SIGXFSZ, SIG_IGN);
	if (!ok(mkdtemp(dir) && !chdir(dir), "a folder"))
		return ktap_end();
	test_write(dir);
	test_places(dir);
	ok(strlen(store_boot(boot, sizeof(boot))) == 36 &&
		   strlen(store_boot(other, sizeof(other))) == 7,
	   "%s", boot);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	ok(!system(command), "cleaned up");
	return ktap_end();
}
