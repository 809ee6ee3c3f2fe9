/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control socket of the daemon: frames of JSON; the client's side. */
#ifndef LIB_CTL_H
#define LIB_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

#define CTL_PATH "/run/ipsecgw/control"
/* Behind it: where keys go, if the daemon may do that. */
#define CTL_KEYS ".keys"

/*
 * A frame is its length in octets (32 bits, network byte order) and that much
 * JSON text, one object.
 *
 * A request has "request", its name, and what else the name asks for. The
 * answer is one frame or several; all but the last have "more": true. "rows" is
 * an array, the parts of all frames together are the answer; "error" is a
 * sentence for the user.
 */
#define CTL_HEADER 4
#define CTL_MAX_REQUEST (4 << 20)
#define CTL_MAX_ANSWER (16 << 20)
#define CTL_DEPTH 16 /* of nested values in a request */

/*
 * Octets of the frame that begins at @p, header included. 0: not enough yet
 * to say, @max + 1: longer than a frame may be.
 */
size_t ctl_frame(const uint8_t *p, size_t len, size_t max);

void ctl_put_header(uint8_t head[CTL_HEADER], size_t len);

/* The object in the text of a frame. NULL if it is none, or nested too deep. */
struct json_object *ctl_parse(const char *text, size_t len);

/* --- client ------------------------------------------------------------ */

struct ctl;

/* Connect to the daemon at @path, NULL for CTL_PATH. 0 or a negative errno. */
int ctl_open(struct ctl **out, const char *path);
void ctl_close(struct ctl *c);

/* A sentence for the user, after anything that failed. */
const char *ctl_error(const struct ctl *c);

/* Send a request; the reference stays with the caller. */
int ctl_send(struct ctl *c, struct json_object *request);

/*
 * The next frame of the answer, which the caller owns. -EPROTO for what is no
 * answer, -ETIMEDOUT after half a minute without a sign of life (@wait_long:
 * never), -EREMOTEIO if the answer is an error: ctl_error() has its sentence.
 */
int ctl_recv(struct ctl *c, struct json_object **frame, bool wait_long);

/* To wait for more with poll(2); is a whole frame here already? */
int ctl_fd(const struct ctl *c);
bool ctl_has_frame(const struct ctl *c);

/*
 * One request with its whole answer: an array of all rows, which the caller
 * owns. @rows NULL: none are wanted.
 */
int ctl_call(struct ctl *c, struct json_object *request,
	     struct json_object **rows);

#endif
