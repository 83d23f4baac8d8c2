#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of tunctl(8) run as they stand.
. "$(dirname "$0")/lib.sh"

tearDown() {
	cleanup
}

# The blocks between .Bd and .Ed under EXAMPLES, as a script.
examples() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh COMPAT/p' "$TOP/man/tunctl.8" |
		sed -n '/^\.Bd/,/^\.Ed/{/^\.[BE]d/d;s/\\e/\\/g;p;}'
}

test_examples() {
	requires root tun jq || return 0
	mkdir -p "$TMP/bin"
	ln -sf "$TUNCTL" "$TMP/bin/tunctl"
	examples >"$TMP/examples"
	assertTrue "examples were found" "[ $(wc -l <"$TMP/examples") -gt 10 ]"
	assert_run 0 env PATH="$TMP/bin:$PATH" sh -e "$TMP/examples"
	assertEquals "" "$(echo "$ERR" | grep -v "could not be looked into")"
	assertContains "$OUT" "vm7"
	assertEquals "$(printf 'lab0\nlab1')" "$("$TUNCTL" -l -b)"
}

. shunit2
