#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The public header, the version script, the shared library and the manual pages
# name the same functions, the pages with the header's prototypes.

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

# names_of PAGE: the functions of its section NAME, under which it is found.
names_of() {
	sed -n '/^.Nd/q; s/^.Nm \(tunkit_[a-z0-9_]*\).*/\1/p' "$1"
}

# A page is for an object, so its first name need not be a function.
test_each_function_has_an_entry_in_the_manual() {
	for page in "$TOP"/man/*.3; do
		names_of "$page"
	done | sort >"$TMP/names"
	assertEquals "in libtunkit.map, in no section NAME of man/*.3" "" \
		"$(comm -23 "$TMP/map" "$TMP/names")"
	assertEquals "in more than one page" "" "$(uniq -d "$TMP/names")"
	for page in "$TOP"/man/*.3; do
		names_of "$page" | sed -n '2,$p'
	done | sort >"$TMP/names"
	assertEquals "in man/*.3, not in libtunkit.map" "" \
		"$(comm -13 "$TMP/map" "$TMP/names")"
}

# The section SYNOPSIS of a page as a program sees it.
synopsis_of() {
	mandoc -Tascii "$1" | col -bx |
		sed -n '/^SYNOPSIS/,/^DESCRIPTION/{/^[A-Z]/!p}'
}

test_the_manual_has_the_prototypes_of_the_header() {
	requires mandoc col cc || return 0
	for page in "$TOP"/man/*.3; do
		synopsis_of "$page" >"$TMP/synopsis.c"
		assert_run 0 cc -std=c11 -Wall -Wextra -Werror -fsyntax-only \
			-I"$TOP/lib" "$TMP/synopsis.c"
		grep -o 'tunkit_[a-z0-9_]*(' "$TMP/synopsis.c" | tr -d '(' | sort
	done >"$TMP/declared"
	sort -o "$TMP/declared" "$TMP/declared"
	assertEquals "in libtunkit.map, in no section SYNOPSIS of man/*.3" "" \
		"$(comm -23 "$TMP/map" "$TMP/declared")"
}

constants_of() {
	sed 's/\/\*.*//' "$1" | grep -oE '\<TUNKIT_[A-Z0-9_]*[A-Z0-9]\>' |
		grep -vxE 'TUNKIT_(API|H)' | sort -u
}

# The members of the structures, whatever their type.
members_of() {
	cc -E -P "$1" | sed -n '/^struct tunkit_.*{$/,/^}/p' | tr '\n' ' ' |
		tr ';' '\n' | sed -E 's/.*\{//; s/\[[^]]*\]//g; s/, *\**/,/g' |
		sed -nE 's/.*[ *]([a-z][a-z0-9_,]*) *$/\1/p' | tr ',' '\n' |
		grep -xE '[a-z][a-z0-9_]*' | sort -u
}

test_the_manual_has_the_constants_and_members_of_the_header() {
	constants_of "$TOP/lib/tunkit.h" >"$TMP/constants"
	assertTrue "constants" "[ $(wc -l <"$TMP/constants") -gt 80 ]"
	cat "$TOP"/man/*.3 | grep -oE '\<TUNKIT_[A-Z0-9_]+' | sort -u >"$TMP/page"
	assertEquals "constants in tunkit.h, not in man/*.3" "" \
		"$(comm -23 "$TMP/constants" "$TMP/page")"
	members_of "$TOP/lib/tunkit.h" >"$TMP/members"
	assertTrue "members" "[ $(wc -l <"$TMP/members") -gt 80 ]"
	sed -n 's/.*\<Va \(.*\)/\1/p' "$TOP"/man/*.3 | tr ' ' '\n' | sort -u \
		>"$TMP/page"
	assertEquals "members in tunkit.h, not in man/*.3" "" \
		"$(comm -23 "$TMP/members" "$TMP/page")"
}

test_soname() {
	assertContains "$(readelf -d "$BUILD/libtunkit.so")" \
		"soname: [libtunkit.so.0]"
}

. shunit2
