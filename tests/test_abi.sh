#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The public header, the version script and the shared library name the same
# functions.

. "$(dirname "$0")/lib.sh"

oneTimeSetUp() {
	# The header would otherwise define the mark that is looked for.
	sed 's/^#define TUNKIT_API .*/#define TUNKIT_API PUBLIC/' \
		"$TOP/lib/tunkit.h" >"$TMP/tunkit.h"
	cc -E -P "$TMP/tunkit.h" | tr '\n' ' ' | tr ';' '\n' |
	sed -n 's/.*PUBLIC[^(]*[ *]\(tunkit_[a-z0-9_]*\) *(.*/\1/p' |
	sort -u >"$TMP/header"
	sed -n 's/^[[:space:]]*\(tunkit_[a-z0-9_]*\);/\1/p' \
		"$TOP/lib/libtunkit.map" >"$TMP/map"
	nm -D --defined-only "$BUILD/libtunkit.so.0" |
	awk '$2 != "A" { print $3 }' | sort >"$TMP/library"
}

test_version_script_lists_what_the_header_declares() {
	assertTrue "declarations were found" "[ $(wc -l <"$TMP/header") -gt 50 ]"
	assertEquals "" "$(diff "$TMP/header" "$TMP/map")"
}

test_library_exports_what_the_version_script_lists() {
	sed 's/$/@@TUNKIT_0.1/' "$TMP/map" >"$TMP/versioned"
	assertEquals "" "$(diff "$TMP/versioned" "$TMP/library")"
}

test_soname() {
	assertContains "$(readelf -d "$BUILD/libtunkit.so")" \
		"soname: [libtunkit.so.0]"
}

. shunit2
