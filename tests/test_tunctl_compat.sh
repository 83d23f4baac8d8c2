#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The same commands with uml-utilities' tunctl (UML_TUNCTL; ./bootstrap check
# unpacks it and says where) and with ours: standard output and success agree.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunctl.sh"

UML_TUNCTL=${UML_TUNCTL:-}

tearDown() {
	cleanup
}

# Runs the arguments with the tool $1, after the commands in $BEFORE; leaves
# OUT and STATUS as 0 or 1.
try() {
	tool=$1
	shift
	cleanup
	eval "$BEFORE"
	run "$tool" "$@"
	[ "$STATUS" -eq 0 ] || STATUS=1
}

compare() {
	try "$UML_TUNCTL" "$@"
	theirs="$STATUS $OUT $(ip -o link show type tun | wc -l)"
	# Their usage text is on standard error or output, by version.
	[ "$STATUS" -eq 0 ] || theirs=1
	try "$TUNCTL" "$@"
	ours="$STATUS $OUT $(ip -o link show type tun | wc -l)"
	[ "$STATUS" -eq 0 ] || ours=1
	assertEquals "$BEFORE; tunctl $*
" "$theirs" "$ours"
}

need_other() {
	requires tun || return
	[ -x "$UML_TUNCTL" ] || {
		skip "UML_TUNCTL does not name uml-utilities' tunctl"
		return 1
	}
}

test_creating() {
	need_other || return 0
	BEFORE=
	while IFS= read -r arguments; do
		eval "compare $arguments"
	done <<-'EOF'
		-t tap0
		-ttap0
		-b -t tap9
		-bttap9
		-b
		-t vm%d
		-b -t vm%d
		-u root -t tap0
		-u 0 -t tap0
		-u '' -t tap0
		-g '' -t tap0
		-g root -t tap0
		-u root -g root -t tap0
		-b -u root -t tap0
		-f /dev/net/tun -t tap0
		-t tap0 -f /dev/net/tun -b
		-t a/b
		-t 'a b'
		-t .
		-t lo
		-u nosuch -t tap0
		-g nosuch -t tap0
		-f /dev/null -t tap0
		-f /dev/nosuch -t tap0
		-X
		-t
		-t tun7
	EOF
}

test_other_users() {
	need_other && requires root || return 0
	BEFORE=
	compare -u alice -t tap0
	compare -g bob -t tap0
	compare -u alice -g bob -b -t tap0
	compare -u "$ALICE" -t tap0
}

test_deleting() {
	need_other || return 0
	BEFORE='ip tuntap add dev tap5 mode tap user 0'
	while IFS= read -r arguments; do
		eval "compare $arguments"
	done <<-'EOF'
		-d tap5
		-dtap5
		-b -d tap5
		-d tap5 -b
		-f /dev/net/tun -d tap5
		-d tap5 -f /dev/net/tun
		-d tap5 -u root
		-d lo
		-d
	EOF
}

test_adopting() {
	need_other || return 0
	BEFORE='ip tuntap add dev tap5 mode tap user 0'
	compare -t tap5
	compare -b -t tap5
	compare -u root -t tap5
	BEFORE='ip tuntap add dev tap5 mode tun user 0'
	compare -t tap5
}

test_busy() {
	need_other && requires python3 || return 0
	BEFORE='ip tuntap add dev tap5 mode tap; hold tap5'
	compare -u root -t tap5
	compare -d tap5
}

# Each of these is under COMPATIBILITY in the manual page.
test_on_purpose() {
	need_other || return 0
	BEFORE=
	try "$UML_TUNCTL" -t abcdefghijklmnop
	assertEquals "they cut it" 0 "$STATUS"
	try "$TUNCTL" -t abcdefghijklmnop
	assertEquals "we refuse it" 1 "$STATUS"
	try "$UML_TUNCTL" -b -t ''
	assertEquals "they choose a name" tap0 "$OUT"
	try "$TUNCTL" -b -t ''
	assertEquals "we refuse it" 1 "$STATUS$OUT"
	try "$UML_TUNCTL" -d nosuch
	assertEquals "Set 'nosuch' nonpersistent" "$OUT"
	try "$TUNCTL" -d nosuch
	assertEquals "0" "$STATUS$OUT"
	try "$UML_TUNCTL" extra
	assertEquals 1 "$STATUS"
	try "$TUNCTL" extra
	assertEquals 0 "$STATUS"
}

. shunit2
