// SPDX-License-Identifier: GPL-2.0-or-later
/* Tell the plugin to start or to stop: marker start|stop. */
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "start"))
		__asm__ volatile("nopl 0x50524f46(%rax,%rax,1)");
	else if (argc == 2 && !strcmp(argv[1], "stop"))
		__asm__ volatile("nopl 0x50524f47(%rax,%rax,1)");
	else
		return 2;
	return 0;
}
