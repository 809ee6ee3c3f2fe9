// SPDX-License-Identifier: GPL-2.0-or-later
/* The system calls that remain to each role. */
#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "net.h"
#include "proc.h"

/* What every role needs: its loop, its memory, its end. */
static const int common[] = {
	/* the loop, timers and channels of libevent */
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(timerfd_settime),
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(ioctl), /* FIONREAD only, see below */
	SCMP_SYS(close),
	/* the allocator; keys are in locked memory that is not dumped */
	SCMP_SYS(brk),
	SCMP_SYS(mmap), /* never executable, see below */
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(mprotect), /* never executable */
	SCMP_SYS(madvise),
	SCMP_SYS(mlock),
	SCMP_SYS(munlock),
	SCMP_SYS(sysinfo), /* qsort() of much asks how much memory there is */
	/* libcrypto */
	SCMP_SYS(futex),
	SCMP_SYS(getrandom),
	SCMP_SYS(getpid),
	/* signals and the end */
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Packets; the sockets have been opened and bound by the parent. */
static const int engine[] = {
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
};

/* The state, in the two files behind the sockets. */
static int allow_state(scmp_filter_ctx f)
{
	const int calls[] = { SCMP_SYS(pread64), SCMP_SYS(pwrite64) };
	int i, fd, err = 0;

	for (fd = PROC_FD_MORE + NET_N; fd < PROC_FD_MORE + NET_N + 2; fd++)
		for (i = 0; i < 2 && !err; i++)
			err = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 1,
					       SCMP_A0(SCMP_CMP_EQ, fd));
	return err;
}

/* Clients that come and go. */
static const int control[] = {
	SCMP_SYS(accept4),    SCMP_SYS(shutdown),
	SCMP_SYS(setsockopt), SCMP_SYS(getsockopt), /* who the client is */
	SCMP_SYS(fcntl), /* libevent makes a new client not block */
};

#define FIONREAD_REQUEST 0x541b
#define PROT_EXECUTE 4

static bool is_limited(int call)
{
	return call == SCMP_SYS(ioctl) || call == SCMP_SYS(mmap) ||
	       call == SCMP_SYS(mprotect);
}

static int allow(scmp_filter_ctx f, const int *calls, size_t n)
{
	size_t i;
	int err = 0;

	for (i = 0; i < n && !err; i++)
		if (!is_limited(calls[i]))
			err = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[i], 0);
	return err;
}

static int allow_limited(scmp_filter_ctx f)
{
	const struct scmp_arg_cmp not_exec =
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXECUTE, 0);
	int err;

	err = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			       SCMP_A1(SCMP_CMP_EQ, FIONREAD_REQUEST));
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				       not_exec);
	if (!err)
		err = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				       not_exec);
	return err;
}

/*
 * Libraries look for files now and then (time zones, configuration): they
 * hear that there are none instead of ending the process.
 */
static int refuse_files(scmp_filter_ctx f)
{
	const int calls[] = { SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat),
			      SCMP_SYS(newfstatat), SCMP_SYS(access) };
	size_t i;
	int err = 0;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]) && !err; i++)
		err = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOENT), calls[i], 0);
	return err;
}

int proc_confine(enum role role)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int err;

	if (!f)
		return -ENOMEM;
	err = allow(f, common, sizeof(common) / sizeof(common[0]));
	if (!err && role == ROLE_ENGINE)
		err = allow(f, engine, sizeof(engine) / sizeof(engine[0]));
	if (!err && role == ROLE_ENGINE)
		err = allow_state(f);
	if (!err && role == ROLE_CONTROL)
		err = allow(f, control, sizeof(control) / sizeof(control[0]));
	if (!err)
		err = allow_limited(f);
	if (!err)
		err = refuse_files(f);
	if (!err)
		err = seccomp_load(f);
	seccomp_release(f);
	return err;
}
