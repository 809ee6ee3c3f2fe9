/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vendor IDs: what a peer says it is and can. */
#ifndef IKE_VID_H
#define IKE_VID_H

#include "bytes.h"

enum vid {
	VID_NONE,
	VID_NATT_RFC, /* RFC 3947: payloads 20/21, encapsulation 3/4 */
	VID_NATT_08,
	VID_NATT_07,
	VID_NATT_06,
	VID_NATT_05,
	VID_NATT_04,
	VID_NATT_03, /* payloads 130/131, encapsulation 61443/61444 */
	VID_NATT_02N,
	VID_NATT_02,
	VID_NATT_01,
	VID_NATT_00,
	VID_NATT_DRAFT,
	VID_DPD,
	VID_FRAG,
	VID_XAUTH,
	VID_UNITY,
	VID_CISCO_3000,
	VID_CISCO_CLIENT,
	VID_MICROSOFT,
	VID_MS_INITIAL_CONTACT,
	VID_STRONGSWAN,
	VID_RACOON,
	VID_HEARTBEAT,
	VID_MAX,
};

/* Bit of a vendor ID in a mask of those seen. */
#define VID_BIT(v) (1u << (v))

/* How NAT traversal is spoken, by the vendor IDs of both sides. */
enum vid_natt { VID_NATT_OFF, VID_NATT_NEW, VID_NATT_OLD };

/* Which one the body of a VID payload is; VID_NONE for an unknown one. */
enum vid vid_match(struct bytes body);

/* The octets to send for it; absent for one that is never sent. */
struct bytes vid_bytes(enum vid v);

/* Capabilities behind "FRAGMENTATION" (0 if none); IOS sends c0000000. */
uint32_t vid_frag_flags(struct bytes body);

/* RFC 3947 before the drafts 03 and 02, from the mask of those seen. */
enum vid_natt vid_natt_choose(uint32_t seen);

/* For the log, "RFC 3947", "DPD", "Unity" ... */
const char *vid_name(enum vid v);

#endif
