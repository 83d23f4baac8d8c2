#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Built with libpcap and without it.

. "$(dirname "$0")/lib.sh"

build() {
	# shellcheck disable=SC2086
	(cd "$TOP" && ${MAKE:-make} -s B="$TMP/$1" PCAP="$1" CFLAGS=-O0 \
		"$TMP/$1/tuncat") >"$TMP/log" 2>&1 || fail "$(cat "$TMP/log")"
}

needs_libpcap() {
	readelf -d "$1" | grep -q 'NEEDED.*libpcap'
}

test_without() {
	build 0
	assert_run 2 "$TMP/0/tuncat" -f udp tun0
	assertEquals "tuncat: -f: built without libpcap, which compiles \
filters" "$ERR"
	assertFalse "linked" "needs_libpcap '$TMP/0/tuncat'"
	assert_run 0 "$TMP/0/tuncat" --version
}

test_with() {
	pkg-config --exists libpcap || { skip "no libpcap"; return 0; }
	build 1
	assert_run 2 "$TMP/1/tuncat" -f 'udp prt 5' tun0
	assertContains "$ERR" "syntax error"
	assertTrue "linked" "needs_libpcap '$TMP/1/tuncat'"
}

test_the_other_tools_do_not_need_it() {
	assertFalse "tunctl" "needs_libpcap '$TUNCTL'"
	assertFalse "tunq" "needs_libpcap '$TUNQ'"
}

. shunit2
