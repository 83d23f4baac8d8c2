/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames from hex, for tests of what is said of them. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <tunkit.h>

#include "check.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define FRAME_MAX	4096

/* Frames end where this ends: the byte after it is a fault. */
static inline uint8_t *guarded_end(void)
{
	static uint8_t *end;
	uint8_t *pages;

	if (end)
		return end;
	pages = mmap(NULL, 2 * FRAME_MAX, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED ||
	    mprotect(pages + FRAME_MAX, FRAME_MAX, PROT_NONE))
		FAIL("no guarded page");
	end = pages + FRAME_MAX;
	return end;
}

static inline size_t from_hex(const char *hex, uint8_t *bytes)
{
	size_t len = 0;
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		bytes[len++] = (uint8_t)byte;
	return len;
}

static inline struct tunkit_layout layout_of(const char *word)
{
	return (struct tunkit_layout){
		.kind = word[1] == 'u' ? TUNKIT_TUN : TUNKIT_TAP,
		.pi = strchr(word, 'P') != NULL,
		.vnet_hdr_size = strchr(word, 'V') ? TUNKIT_VNET_SIZE : 0,
	};
}

/*
 * Decodes the first len bytes from a place behind which there is a fault; -1:
 * too short for the headers.
 */
static inline int decode_guarded(const struct tunkit_layout *layout,
				 const uint8_t *bytes, size_t len,
				 struct tunkit_frame *frame)
{
	uint8_t *copy = guarded_end() - len;

	memcpy(copy, bytes, len);
	return tunkit_frame_decode(layout, copy, len, frame) ? -1 : 0;
}

#endif /* FRAMES_H */
