/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two instructions that do nothing and that no compiler makes. */
#ifndef MARKER_H
#define MARKER_H

#define MARKER_SIZE 8
/* nopl 0x50524f46(%rax,%rax,1) and the same, one higher */
#define MARKER_START "\x0f\x1f\x84\x00\x46\x4f\x52\x50"
#define MARKER_STOP "\x0f\x1f\x84\x00\x47\x4f\x52\x50"

#endif
