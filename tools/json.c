// SPDX-License-Identifier: GPL-2.0-or-later
#include "json.h"

#include <inttypes.h>
#include <stddef.h>

#define REPLACEMENT "\xef\xbf\xbd"	/* U+FFFD */

/*
 * Length of the UTF-8 character that text begins with and its code point, or
 * 0 when it is none: overlong, a surrogate, above U+10FFFF, or cut short.
 */
static size_t utf8_decode(const unsigned char *text, uint32_t *code)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len, i;

	if (text[0] < 0x80) {
		*code = text[0];
		return 1;
	}
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	len = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	*code = text[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (text[i] & 0x3f);
	}
	if (*code < lowest[len] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

/* C1 controls are valid in JSON, but some terminals obey them: escaped too. */
static bool must_escape(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       code == '"' || code == '\\';
}

static void write_string(FILE *out, const char *value)
{
	const unsigned char *text = (const unsigned char *)value;
	uint32_t code;
	size_t len;

	putc('"', out);
	while (*text) {
		len = utf8_decode(text, &code);
		if (!len) {
			fputs(REPLACEMENT, out);
			len = 1;
		} else if (code == '"' || code == '\\') {
			fprintf(out, "\\%c", (int)code);
		} else if (must_escape(code)) {
			fprintf(out, "\\u%04" PRIx32, code);
		} else {
			fwrite(text, 1, len, out);
		}
		text += len;
	}
	putc('"', out);
}

static void begin_value(struct json *json, const char *key)
{
	if (!json->first)
		putc(',', json->out);
	json->first = false;
	if (!key)
		return;
	write_string(json->out, key);
	putc(':', json->out);
}

static void open_group(struct json *json, const char *key, int bracket)
{
	begin_value(json, key);
	putc(bracket, json->out);
	json->first = true;
}

static void close_group(struct json *json, int bracket)
{
	putc(bracket, json->out);
	json->first = false;
}

void json_begin(struct json *json, FILE *out)
{
	*json = (struct json){ .out = out, .first = true };
}

void json_end(struct json *json)
{
	putc('\n', json->out);
	json->first = true;
}

void json_object(struct json *json, const char *key)
{
	open_group(json, key, '{');
}

void json_object_end(struct json *json)
{
	close_group(json, '}');
}

void json_array(struct json *json, const char *key)
{
	open_group(json, key, '[');
}

void json_array_end(struct json *json)
{
	close_group(json, ']');
}

void json_string(struct json *json, const char *key, const char *value)
{
	begin_value(json, key);
	write_string(json->out, value);
}

void json_number(struct json *json, const char *key, int64_t value)
{
	begin_value(json, key);
	fprintf(json->out, "%" PRId64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin_value(json, key);
	fputs(value ? "true" : "false", json->out);
}

void json_null(struct json *json, const char *key)
{
	begin_value(json, key);
	fputs("null", json->out);
}
