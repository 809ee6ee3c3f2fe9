// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals that end a command which runs on. */
#include "stop.h"

#include <stddef.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH };
#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t stopped, resized;
static struct sigaction before[N_SIGNALS];
static sigset_t mask_before, mask_waiting;

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		resized = 1;
	else
		stopped = 1;
}

void stop_begin(void)
{
	const struct sigaction sa = { .sa_handler = on_signal };
	sigset_t ours;
	size_t i;

	stopped = resized = 0;
	sigemptyset(&ours);
	for (i = 0; i < N_SIGNALS; i++)
		sigaddset(&ours, signals[i]);
	sigprocmask(SIG_BLOCK, &ours, &mask_before);
	mask_waiting = mask_before;
	for (i = 0; i < N_SIGNALS; i++) {
		sigaction(signals[i], &sa, &before[i]);
		sigdelset(&mask_waiting, signals[i]);
	}
}

void stop_end(void)
{
	size_t i;

	/* The shell goes on: what came late is for the command that has ended. */
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
	for (i = 0; i < N_SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
}

const sigset_t *stop_mask(void)
{
	return &mask_waiting;
}

bool stop_wanted(void)
{
	return stopped;
}

bool stop_resized(void)
{
	bool is_resized = resized;

	resized = 0;
	return is_resized;
}
