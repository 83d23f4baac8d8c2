#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What tuncat says when it cannot, and its exit status.
# rootless
. "$(dirname "$0")/tuncat.sh"

test_a_device_that_is_not_there() {
	assert_run 3 "$TUNCAT" h1/tun7
	assertContains "$ERR" "tun7"
	assertFalse "it was made" "ip -n h1 link show tun7 2>/dev/null"
}

test_a_namespace_that_is_not_there() {
	run "$TUNCAT" nowhere/tun0
	assertNotEquals 0 "$STATUS"
	assertContains "$ERR" "nowhere"
}

test_not_a_tun_device() {
	assert_run 3 "$TUNCAT" lo
	assertContains "$ERR" "not a TUN/TAP device"
}

test_a_held_device_names_its_holder() {
	start h1/tun0 "$TUNCAT" h1/tun0
	assert_run 3 "$TUNCAT" h1/tun0
	assertContains "$ERR" "held by tuncat[$PID]"
	assert_run 3 "$TUNCAT" -v h1/tun0
	assertContains "$ERR" "'tuncat --sniff h1/tun0' shows a copy"
}

test_a_device_of_another_kind() {
	assert_run 3 "$TUNCAT" --create -p h1/tun0
	assertContains "$ERR" "h1/tun0: is a tun device, tap was asked"
}

test_a_deleted_device() {
	start h1/tun0 "$TUNCAT" h1/tun0
	ip -n h1 link del tun0
	wait_exit "$PID"
	assertEquals "exit status" 3 $?
	assertEquals "tuncat: h1/tun0 was deleted" "$(cat "$TMP/stderr")"
}

test_a_deleted_device_that_nothing_is_read_from() {
	mkfifo "$TMP/in"
	spawn sleep 100 9<>"$TMP/in"
	spawn_with "$TMP/in" "$TMP/stdout" "$TUNCAT" -S -F len16 h1/tun0
	wait_for attached h1/tun0
	ip -n h1 link del tun0
	wait_exit "$PID"
	assertEquals "exit status" 3 $?
	assertEquals "tuncat: h1/tun0 was deleted" "$(cat "$TMP/stderr")"
	rm "$TMP/in"
}

test_a_device_that_is_down_is_noted() {
	ip -n h1 link set tun0 down
	assert_run 0 "$TUNCAT" -W 50ms h1/tun0
	assertEquals "tuncat: h1/tun0 is down: no frame passes before \
'ip -n h1 link set tun0 up'" "$ERR"
	assert_run 0 "$TUNCAT" -W 50ms --up h1/tun0
	assertEquals "" "$ERR"
}

# What is wrong besides is said alone.
test_a_device_that_is_down_is_no_failure_s_cause() {
	ip -n h1 link set tun0 down
	ip -n h2 link set tap0 down
	while read -r words; do
		# shellcheck disable=SC2086
		run "$TUNCAT" $words
		assertNotEquals "$words" 0 "$STATUS"
		assertEquals "$words: $ERR" 1 "$(wc -l <"$TMP/err")"
		assertNotContains "$words" "$ERR" "is down"
	done <<-END
		h1/tun0 --exec no-such-command
		-r $TMP/missing h1/tun0
		-r /dev/null h1/tun0
		-w $TMP/no/such/file h1/tun0
		h1/tun0 h2/tap0
	END
	echo "000000 45" >"$TMP/frame"
	"$TUNCAT" -S -x h1/tun0 <"$TMP/frame" 2>"$TMP/stderr"
	assertEquals "exit status" 1 $?
	assertEquals "tuncat: h1/tun0 is down: 'ip -n h1 link set tun0 up'" \
		"$(cat "$TMP/stderr")"
}

test_not_the_owner() {
	requires root || return 0
	ip tuntap add dev tap8 mode tap user "$ALICE"
	as_user bob "$TUNCAT" tap8 </dev/null 2>"$TMP/stderr"
	assertEquals "a device of alice" 4 $?
	assertContains "$(cat "$TMP/stderr")" "alice"
	as_user bob "$TUNCAT" --create tap7 </dev/null 2>"$TMP/stderr"
	assertEquals "a new device" 4 $?
}

test_no_such_user() {
	assert_run 2 "$TUNCAT" -U nosuchuser h1/tun0
	assertContains "$ERR" "no user 'nosuchuser'"
}

test_a_user_that_one_may_not_become() {
	requires root || return 0
	ip tuntap add dev tap8 mode tap user "$ALICE"
	as_user alice "$TUNCAT" -v -U bob tap8 </dev/null 2>"$TMP/stderr"
	assertEquals "exit status" 4 $?
	assertEquals "tuncat: user 'bob': becoming another user needs root \
(CAP_SETUID, CAP_SETGID)
  sudo, or leave out -U: no privilege is left either way" "$(cat "$TMP/stderr")"
}

test_a_capture_that_cannot_be_written() {
	assert_run 1 "$TUNCAT" -w "$TMP/no/such/file" h1/tun0
	assertContains "$ERR" "No such file or directory"
}

test_wrong_usage() {
	while read -r words; do
		# shellcheck disable=SC2086
		assert_run 2 "$TUNCAT" $words
		assertNotNull "$words" "$ERR"
	done <<-END

		-F nonsense h1/tun0
		-c 0 h1/tun0
		-c many h1/tun0
		-i soon h1/tun0
		-W 0 h1/tun0
		-s -1 h1/tun0
		-S -R h1/tun0
		-n h1/tun0
		-q 1 h1/tun0 h2/tun0
		--pi h1/tap0 h2/tap0
		h1/tun0 h2/tun0 h1/tap0
		--nonsense
		h1/abcdefghijklmnop
		h1/
		--create -n -p h1/both0
		--create -p -n h1/both0
		--sniff -S h1/tun0
		--sniff --create h1/tun0
		--sniff --up h1/tun0
		--sniff -q 1 h1/tun0
		--sniff h1/tun0 h2/tun0
	END
	assertFalse "made" "ip -n h1 link show both0 2>/dev/null"
}

# None of two values is lost without a word.
test_options_that_contradict_each_other() {
	while read -r words; do
		# shellcheck disable=SC2086
		assert_run 2 "$TUNCAT" -W 50ms $words h1/tun0
		assertContains "$words" "$ERR" "exclude each other"
	done <<-END
		--gso -F len16
		-F len16 --gso
		-x -F len16
		-x --gso
	END
	while read -r option first second; do
		assert_run 2 "$TUNCAT" "$option" "$first" "$option" "$second" \
			h1/tun0
		assertContains "$option" "$ERR" "$option is given twice"
	done <<-END
		--write $TMP/a.pcap $TMP/b.pcap
		--read $TMP/a.pcap $TMP/b.pcap
		--format len16 len32
		--filter icmp udp
		--time 1 2
		--netns h1 h2
	END
	assertFalse "written" "[ -e '$TMP/a.pcap' ]"
	assert_run 0 "$TUNCAT" -x -F hex -W 50ms -W 50ms -x h1/tun0
}

test_a_device_behind_exec() {
	assert_run 2 "$TUNCAT" --sniff --exec cat h1/tun0
	assertContains "$ERR" "no device named: it comes before --exec, which \
takes the rest of the line"
}

# Who forgets -r.
test_a_capture_in_place_of_the_device() {
	"$TUNCAT" -W 1ms -w "$TMP/some.pcap" h1/tun0
	"$TUNCAT" -W 1ms -w "$TMP/some-longer-name.pcap" h1/tun0
	cd "$TMP" || return
	for file in some.pcap ./some.pcap "$TMP/some.pcap" \
		    some-longer-name.pcap; do
		assert_run 2 "$TUNCAT" "$file"
		assertEquals "tuncat: $file is a file, not a device: 'tuncat -r \
$file DEV' sends a capture" "$ERR"
	done
	# What is a device is one.
	mkdir h1
	cp some.pcap h1/tun0
	assert_run 0 "$TUNCAT" -W 50ms h1/tun0
	cd "$OLDPWD" || return
}

test_an_empty_name() {
	for words in "-w" "-r" "-S -w"; do
		# shellcheck disable=SC2086
		assert_run 2 "$TUNCAT" $words "" h1/tun0
		assertContains "$words" "$ERR" "${words##* } needs the name"
	done
	assert_run 2 "$TUNCAT" ""
	assertEquals "tuncat: no device is named" "$ERR"
}

test_a_hostile_name_is_printed_clean() {
	run "$TUNCAT" "$(printf 'a\033[31mb')"
	assertNotEquals 0 "$STATUS"
	assertContains "$ERR" 'a\x1b[31mb'
	for option in -r -w; do
		run "$TUNCAT" $option "$(printf '/no/\033[31m')" h1/tun0
		assertEquals "tuncat: /no/\x1b[31m: No such file or directory" \
			"$ERR"
	done
}

. shunit2
