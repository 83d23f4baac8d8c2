// SPDX-License-Identifier: LGPL-2.1-or-later
#include "text.h"

#include <string.h>

#include "bytes.h"

static const char digits_of[] = "0123456789abcdef";

static void add(struct tk_text *text, const char *bytes, size_t n)
{
	if (text->len < text->size) {
		size_t room = text->size - text->len - 1;

		memcpy(text->out + text->len, bytes, n < room ? n : room);
	}
	text->len += n;
}

void tk_text_add(struct tk_text *text, const char *string)
{
	add(text, string, strlen(string));
}

void tk_text_word(struct tk_text *text, const char *word)
{
	if (text->len)
		tk_text_char(text, ' ');
	tk_text_add(text, word);
}

void tk_text_number(struct tk_text *text, unsigned long number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	add(text, digits + at, sizeof(digits) - at);
}

void tk_text_field(struct tk_text *text, const char *words,
		   unsigned long number)
{
	tk_text_add(text, words);
	tk_text_number(text, number);
}

static void hex(struct tk_text *text, uint32_t number, size_t least)
{
	char digits[8];
	size_t at = sizeof(digits);

	do {
		digits[--at] = digits_of[number & 0xf];
		number >>= 4;
	} while (number || sizeof(digits) - at < least);
	add(text, digits + at, sizeof(digits) - at);
}

void tk_text_hex(struct tk_text *text, uint32_t number, unsigned int digits)
{
	tk_text_add(text, "0x");
	hex(text, number, digits);
}

void tk_text_byte(struct tk_text *text, uint8_t byte)
{
	tk_text_char(text, digits_of[byte >> 4]);
	tk_text_char(text, digits_of[byte & 0xf]);
}

void tk_text_escaped(struct tk_text *text, const uint8_t *bytes, size_t n,
		     const char *special)
{
	for (size_t i = 0; i < n; i++) {
		char c = (char)bytes[i];

		if (c > ' ' && c <= '~' && c != '\\' && !strchr(special, c)) {
			tk_text_char(text, c);
			continue;
		}
		tk_text_add(text, "\\x");
		tk_text_byte(text, bytes[i]);
	}
}

void tk_text_ipv4(struct tk_text *text, const uint8_t *address)
{
	tk_text_number(text, address[0]);
	for (int i = 1; i < 4; i++)
		tk_text_field(text, ".", address[i]);
}

/* The longest run of two and more zero words, the first of equals. */
static int zero_run(const uint8_t *address, int *length)
{
	int best = -1;
	int run = 0;

	*length = 1;
	for (int i = 0; i < 8; i++) {
		run = tk_get_be16(address + 2 * i) ? 0 : run + 1;
		if (run > *length) {
			*length = run;
			best = i + 1 - run;
		}
	}
	return best;
}

void tk_text_ipv6(struct tk_text *text, const uint8_t *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	int length;
	int gap;

	if (!memcmp(address, mapped, sizeof(mapped))) {
		tk_text_add(text, "::ffff:");
		tk_text_ipv4(text, address + sizeof(mapped));
		return;
	}
	gap = zero_run(address, &length);
	for (int i = 0; i < 8; i++) {
		if (i == gap) {
			tk_text_add(text, "::");
			i += length - 1;
			continue;
		}
		if (i && i != gap + length)
			tk_text_char(text, ':');
		hex(text, tk_get_be16(address + 2 * i), 1);
	}
}

void tk_text_mac(struct tk_text *text, const uint8_t *address)
{
	char mac[6 * 3];

	for (int i = 0; i < 6; i++) {
		mac[3 * i] = digits_of[address[i] >> 4];
		mac[3 * i + 1] = digits_of[address[i] & 0xf];
		mac[3 * i + 2] = ':';
	}
	add(text, mac, sizeof(mac) - 1);
}

size_t tk_text_end(struct tk_text *text)
{
	if (text->size)
		text->out[text->len < text->size ? text->len : text->size - 1] = '\0';
	return text->len;
}
