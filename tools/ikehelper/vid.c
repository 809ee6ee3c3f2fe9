// SPDX-License-Identifier: GPL-2.0-or-later
/* Vendor IDs: what a peer says it is and can. */
#include "vid.h"

#define VID_LEN 16

/*
 * Most are the MD5 of a text. @is_prefix: a version or capabilities follow;
 * all others have to be exactly these octets.
 */
static const struct {
	uint8_t octets[20];
	uint8_t len;
	bool is_prefix;
	const char *name;
} vids[VID_MAX] = {
	[VID_NATT_RFC] = { "\x4a\x13\x1c\x81\x07\x03\x58\x45"
			   "\x5c\x57\x28\xf2\x0e\x95\x45\x2f",
			   16, false, "RFC 3947" },
	[VID_NATT_08] = { "\x8f\x8d\x83\x82\x6d\x24\x6b\x6f"
			  "\xc7\xa8\xa6\xa4\x28\xc1\x1d\xe8",
			  16, false, "NAT-T draft 08" },
	[VID_NATT_07] = { "\x43\x9b\x59\xf8\xba\x67\x6c\x4c"
			  "\x77\x37\xae\x22\xea\xb8\xf5\x82",
			  16, false, "NAT-T draft 07" },
	[VID_NATT_06] = { "\x4d\x1e\x0e\x13\x6d\xea\xfa\x34"
			  "\xc4\xf3\xea\x9f\x02\xec\x72\x85",
			  16, false, "NAT-T draft 06" },
	[VID_NATT_05] = { "\x80\xd0\xbb\x3d\xef\x54\x56\x5e"
			  "\xe8\x46\x45\xd4\xc8\x5c\xe3\xee",
			  16, false, "NAT-T draft 05" },
	[VID_NATT_04] = { "\x99\x09\xb6\x4e\xed\x93\x7c\x65"
			  "\x73\xde\x52\xac\xe9\x52\xfa\x6b",
			  16, false, "NAT-T draft 04" },
	[VID_NATT_03] = { "\x7d\x94\x19\xa6\x53\x10\xca\x6f"
			  "\x2c\x17\x9d\x92\x15\x52\x9d\x56",
			  16, false, "NAT-T draft 03" },
	[VID_NATT_02N] = { "\x90\xcb\x80\x91\x3e\xbb\x69\x6e"
			   "\x08\x63\x81\xb5\xec\x42\x7b\x1f",
			   16, false, "NAT-T draft 02" },
	[VID_NATT_02] = { "\xcd\x60\x46\x43\x35\xdf\x21\xf8"
			  "\x7c\xfd\xb2\xfc\x68\xb6\xa4\x48",
			  16, false, "NAT-T draft 02 (no newline)" },
	[VID_NATT_01] = { "\x16\xf6\xca\x16\xe4\xa4\x06\x6d"
			  "\x83\x82\x1a\x0f\x0a\xea\xa8\x62",
			  16, false, "NAT-T draft 01" },
	[VID_NATT_00] = { "\x44\x85\x15\x2d\x18\xb6\xbb\xcd"
			  "\x0b\xe8\xa8\x46\x95\x79\xdd\xcc",
			  16, false, "NAT-T draft 00" },
	[VID_NATT_DRAFT] = { "\x4d\xf3\x79\x28\xe9\xfc\x4f\xd1"
			     "\xb3\x26\x21\x70\xd5\x15\xc6\x62",
			     16, false, "NAT-T draft" },
	[VID_DPD] = { "\xaf\xca\xd7\x13\x68\xa1\xf1\xc9"
		      "\x6b\x86\x96\xfc\x77\x57\x01\x00",
		      16, false, "DPD" },
	[VID_FRAG] = { "\x40\x48\xb7\xd5\x6e\xbc\xe8\x85"
		       "\x25\xe7\xde\x7f\x00\xd6\xc2\xd3",
		       16, true, "fragmentation" },
	[VID_XAUTH] = { "\x09\x00\x26\x89\xdf\xd6\xb7\x12", 8, false, "XAUTH" },
	/* The last two octets of Unity are its version. */
	[VID_UNITY] = { "\x12\xf5\xf2\x8c\x45\x71\x68\xa9"
			"\x70\x2d\x9f\xe2\x74\xcc",
			14, true, "Cisco Unity" },
	[VID_CISCO_3000] = { "\x1f\x07\xf7\x0e\xaa\x65\x14\xd3"
			     "\xb0\xfa\x96\x54\x2a\x50",
			     14, true, "Cisco VPN 3000" },
	[VID_CISCO_CLIENT] = { "\xf6\xf7\xef\xc7\xf5\xae\xb8\xcb"
			       "\x15\x8c\xb9\xd0\x94\xba\x69\xe7",
			       16, false, "Cisco VPN 3000 client" },
	[VID_MICROSOFT] = { "\x1e\x2b\x51\x69\x05\x99\x1c\x7d"
			    "\x7c\x96\xfc\xbf\xb5\x87\xe4\x61",
			    16, true, "Microsoft" },
	[VID_MS_INITIAL_CONTACT] = { "\x26\x24\x4d\x38\xed\xdb\x61\xb3"
				     "\x17\x2a\x36\xe3\xd0\xcf\xb8\x19",
				     16, false, "Microsoft initial contact" },
	[VID_STRONGSWAN] = { "\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc"
			     "\x22\x51\x61\x3b\x2e\xbe\x5b\xeb",
			     16, false, "strongSwan" },
	[VID_RACOON] = { "\x70\x03\xcb\xc1\x09\x7d\xbe\x9c"
			 "\x26\x00\xba\x69\x83\xbc\x8b\x35",
			 16, false, "racoon" },
	[VID_HEARTBEAT] = { "HeartBeat_Notify", 16, true, "heartbeat" },
};

enum vid vid_match(struct bytes body)
{
	unsigned int v;

	for (v = VID_NONE + 1; v < VID_MAX; v++) {
		if (body.len < vids[v].len ||
		    (!vids[v].is_prefix && body.len != vids[v].len))
			continue;
		if (!memcmp(body.p, vids[v].octets, vids[v].len))
			return v;
	}
	return VID_NONE;
}

struct bytes vid_bytes(enum vid v)
{
	/* What we say to others: with the version or capabilities behind. */
	static const uint8_t frag[] = "\x40\x48\xb7\xd5\x6e\xbc\xe8\x85"
				      "\x25\xe7\xde\x7f\x00\xd6\xc2\xd3"
				      "\xc0\x00\x00\x00";
	static const uint8_t unity[] = "\x12\xf5\xf2\x8c\x45\x71\x68\xa9"
				       "\x70\x2d\x9f\xe2\x74\xcc\x01\x00";

	if (v == VID_FRAG)
		return bytes_of(frag, sizeof(frag) - 1);
	if (v == VID_UNITY)
		return bytes_of(unity, sizeof(unity) - 1);
	if (v <= VID_NONE || v >= VID_MAX || vids[v].is_prefix)
		return bytes_of(NULL, 0);
	return bytes_of(vids[v].octets, vids[v].len);
}

uint32_t vid_frag_flags(struct bytes body)
{
	if (vid_match(body) != VID_FRAG || body.len < VID_LEN + 4)
		return 0;
	return get_be32(body.p + VID_LEN);
}

enum vid_natt vid_natt_choose(uint32_t seen)
{
	if (seen & VID_BIT(VID_NATT_RFC))
		return VID_NATT_NEW;
	if (seen & (VID_BIT(VID_NATT_03) | VID_BIT(VID_NATT_02N) |
		    VID_BIT(VID_NATT_02)))
		return VID_NATT_OLD;
	return VID_NATT_OFF;
}

const char *vid_name(enum vid v)
{
	return v > VID_NONE && v < VID_MAX ? vids[v].name : "unknown";
}
