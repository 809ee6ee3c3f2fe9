// SPDX-License-Identifier: GPL-2.0-or-later
/* A terminal of which a command takes the whole screen. */
#include "screen.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "stop.h"

/* Another screen, no cursor; and back. */
#define ENTER "\033[?1049h\033[?25l"
#define LEAVE "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define END_OF_LINE "\033[K"
#define END_OF_SCREEN "\033[J"

static struct termios before;
static bool is_open;

static bool put(const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

int screen_open(void)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &before))
		return -errno;
	t = before;
	t.c_lflag &= ~(ICANON | ECHO);
	/* A stopped program could not give the screen back. */
	t.c_cc[VSUSP] = _POSIX_VDISABLE;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &t))
		return -errno;
	is_open = true;
	put(ENTER, strlen(ENTER));
	return 0;
}

void screen_close(void)
{
	if (!is_open)
		return;
	put(LEAVE, strlen(LEAVE));
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	is_open = false;
}

/* Octets of the line that fit into so many columns. */
static size_t fitting(const char *line, size_t len, unsigned int columns)
{
	size_t i;

	for (i = 0; i < len; i++) {
		/* What goes on with a character needs no column. */
		if ((line[i] & 0xc0) == 0x80)
			continue;
		if (!columns--)
			break;
	}
	return i;
}

bool screen_show(const char *text)
{
	struct winsize w = { .ws_row = 24, .ws_col = 80 };
	unsigned int row = 0;
	bool ok;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &w);
	ok = put(HOME, strlen(HOME));
	while (ok && *text && row < w.ws_row) {
		size_t len = strcspn(text, "\n");

		ok = (!row || put("\r\n", 2)) &&
		     put(text, fitting(text, len, w.ws_col)) &&
		     put(END_OF_LINE, strlen(END_OF_LINE));
		text += len + (text[len] == '\n');
		row++;
	}
	return ok && put(END_OF_SCREEN, strlen(END_OF_SCREEN));
}

int screen_key(uint64_t ms)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	unsigned char key;
	int n = ppoll(&p, 1, &t, stop_mask());

	if (n < 0)
		return errno == EINTR ? SCREEN_EVENT : SCREEN_GONE;
	if (!n)
		return SCREEN_TIME;
	return read(STDIN_FILENO, &key, 1) == 1 && key ? key : SCREEN_GONE;
}
