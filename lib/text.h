/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text put together in a buffer of fixed size, for lines made per frame. */
#ifndef TUNKIT_TEXT_H
#define TUNKIT_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* len goes on counting when the buffer is full, as snprintf does. */
struct tk_text {
	char *out;
	size_t size;
	size_t len;
};

static inline void tk_text_char(struct tk_text *text, char c)
{
	/* The last byte stays free for the NUL. */
	if (text->len + 1 < text->size)
		text->out[text->len] = c;
	text->len++;
}

/* Trusted text alone: nothing is escaped. */
void tk_text_add(struct tk_text *text, const char *string);
/* The same after a space, unless it comes first. */
void tk_text_word(struct tk_text *text, const char *word);
void tk_text_number(struct tk_text *text, unsigned long number);
/* words, then number: tk_text_field(text, " id ", 7). */
void tk_text_field(struct tk_text *text, const char *words,
		   unsigned long number);
/* "0x" and at least digits digits, which are at most 8. */
void tk_text_hex(struct tk_text *text, uint32_t number, unsigned int digits);

/* The byte's two digits. */
void tk_text_byte(struct tk_text *text, uint8_t byte);
/*
 * n bytes of a frame: what is not a visible ASCII character, a backslash and
 * the characters of `special` are written as \xNN.
 */
void tk_text_escaped(struct tk_text *text, const uint8_t *bytes, size_t n,
		     const char *special);

/* Addresses in network order, 4, 16 and 6 bytes; IPv6 as RFC 5952 has it. */
void tk_text_ipv4(struct tk_text *text, const uint8_t *address);
void tk_text_ipv6(struct tk_text *text, const uint8_t *address);
void tk_text_mac(struct tk_text *text, const uint8_t *address);

/* Ends the string; returns the length that the whole text has. */
size_t tk_text_end(struct tk_text *text);

#endif /* TUNKIT_TEXT_H */
