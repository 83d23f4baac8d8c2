/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes JSON to a stream: output only, commas and escapes done here. Invalid
 * UTF-8 in strings becomes U+FFFD, so that the result is always valid.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	bool first;		/* nothing stands in the open array or object */
};

void json_begin(struct json *json, FILE *out);
void json_end(struct json *json);	/* the line end after the value */

/* key is NULL inside an array and at the top. */
void json_object(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *key);
void json_array_end(struct json *json);
void json_string(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif /* JSON_H */
