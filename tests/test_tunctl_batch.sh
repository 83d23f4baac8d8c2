#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunctl carries out the lines of a file.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunctl.sh"

tearDown() {
	cleanup
}

# batch STATUS OPTION... with the lines on standard input.
batch() {
	cat >"$TMP/batch"
	expected=$1
	shift
	assert_run "$expected" "$TUNCTL" --batch "$TMP/batch" "$@"
}

test_lines() {
	requires tun || return 0
	batch 0 <<-'EOF'
		# a lab
		-t tap0

		  tap1  --up   # with a comment
		"tap2" 'tap3'
		tunctl tap4
		-d tap1
		-l -b tap*
	EOF
	assertEquals "$(printf "Set '%s' persistent and owned by uid 0\n" \
		tap0 tap1 tap2 tap3 tap4
		printf "%s\n" "Set 'tap1' nonpersistent" tap0 tap2 tap3 tap4)" "$OUT"
	assertEquals "" "$ERR"
}

test_standard_input() {
	requires tun || return 0
	printf 'tap0\ntap1' | "$TUNCTL" --batch - >"$TMP/out"
	assertEquals 0 $?
	assertEquals 2 "$(wc -l <"$TMP/out")"
	echo "-l 'x y" | "$TUNCTL" --batch - 2>"$TMP/err"
	assertContains "$(cat "$TMP/err")" "tunctl: stdin:1: a quote is not closed"
}

test_stops_at_the_first_failure() {
	requires tun || return 0
	batch 3 <<-'EOF'
		tap0
		-n tap0
		tap1
	EOF
	assertContains "$ERR" "tunctl: batch:2: tap0:"
	assertEquals tap0 "$("$TUNCTL" -l -b)"
}

test_force_goes_on() {
	requires tun || return 0
	batch 1 --force <<-'EOF'
		tap0
		-n tap0
		--bogus
		tap1 "
		--mtu 1 tap2
		tap3
	EOF
	for number in 2 3 4 5; do
		assertContains "$ERR" "tunctl: batch:$number:"
	done
	assertEquals "$(printf 'tap0\ntap3')" "$("$TUNCTL" -l -b)"
}

test_wrong_lines() {
	while read -r bad; do
		echo "$bad" >"$TMP/batch"
		assert_run 2 "$TUNCTL" --batch "$TMP/batch"
		assertContains "$bad" "$ERR" "tunctl: batch:1: "
		assertEquals "" "$OUT"
	done <<-'EOF'
		--batch -
		-d
		'
		"
		a\
		--bogus
		-u nosuchuser tap0
		abcdefghijklmnop
		-b --json tap0
	EOF
	printf 'tap\0000\n' >"$TMP/batch"
	assert_run 2 "$TUNCTL" --batch "$TMP/batch"
	assertContains "$ERR" "NUL"
	assert_run 1 "$TUNCTL" --batch "$TMP/nosuch"
	assertContains "$ERR" "$TMP/nosuch: No such file"
	assert_run 1 "$TUNCTL" --batch /
}

test_no_shell() {
	requires tun || return 0
	batch 0 <<-'EOF'
		'$HOME' "`id`" \;
	EOF
	assertContains "$OUT" "'\$HOME'"
	assertContains "$OUT" "'\`id\`'"
	assertContains "$OUT" "';'"
}

test_defaults_of_the_command_line() {
	requires tun || return 0
	netns_add h1 h2 || { skip "no ip netns here"; return; }
	batch 0 -b -N h1 <<-'EOF'
		tap0
		-N h2 tap1
		-q tap2
		h2/tap3
	EOF
	assertEquals "$(printf 'tap0\ntap1\ntap2\nh2/tap3')" "$OUT"
	assertEquals "$(printf 'tap0\ntap2')" "$("$TUNCTL" -lb -N h1)"
	assertEquals "$(printf 'tap1\ntap3')" "$("$TUNCTL" -lb -N h2)"
}

test_quiet_holds_for_its_line() {
	requires tun || return 0
	batch 0 <<-'EOF'
		-q -d nosuch1
		-d nosuch2
	EOF
	assertEquals "tunctl: batch:2: nosuch2: is not there" "$ERR"
}

test_wrong_options_make_nothing() {
	requires tun || return 0
	for option in --help --usage --version --options -h -V '-?' --bogus \
		-u '-n -p tap0' '-l -d tap0' '-n --mac 02:00:00:00:00:01 tap0'; do
		batch 2 <<-EOF
			$option
		EOF
		assertEquals "$option: stdout" "" "$OUT"
		assertEquals "$option: $ERR" 1 "$(wc -l <"$TMP/err")"
		assertContains "$ERR" "tunctl: batch:1: "
		assertEquals "$option" "" "$("$TUNCTL" -l)"
	done
}

test_a_file_that_cannot_be_read_is_named_as_given() {
	assert_run 1 "$TUNCTL" --batch "$TMP"
	assertEquals "tunctl: $TMP: Is a directory" "$ERR"
	assert_run 1 "$TUNCTL" --batch "$TMP/no/such"
	assertEquals "tunctl: $TMP/no/such: No such file or directory" "$ERR"
}

test_answers_line_by_line() {
	requires tun || return 0
	mkfifo "$TMP/in"
	exec 3<>"$TMP/in"
	# In the background, standard input would be /dev/null.
	spawn sh -c 'exec "$0" --batch - <"$1" >"$2" 3>&-' \
		"$TUNCTL" "$TMP/in" "$TMP/lines"
	for answer in tap0 tap1; do
		echo "-b tap%d" >&3
		wait_for grep -q "$answer" "$TMP/lines"
		assertTrue "no answer: $answer" $?
	done
	exec 3>&-
	wait_exit "$PID"
	assertEquals 0 $?
}

test_messages_follow_the_results_of_earlier_lines() {
	requires tun || return 0
	printf 'tap0\n-d nosuch\ntap1\n' >"$TMP/batch"
	"$TUNCTL" --batch "$TMP/batch" >"$TMP/both" 2>&1
	assertEquals "Set 'tap0'
tunctl: batch:2: nosuch: is not there
Set 'tap1'" "$(sed "s/^\(Set '[^']*'\).*/\1/" "$TMP/both")"
}

. shunit2
