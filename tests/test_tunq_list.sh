#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunq list: what it shows against what is.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/queues.sh"

tearDown() {
	cleanup
}

test_states_are_the_truth() {
	requires tun jq || return 0
	multi_queue_tap tq0
	holder one tq0 3
	ask one detach 1 >/dev/null
	assertEquals "2 1" "$(queues tq0)"
	assertEquals "$(queue_of one 0) attached
$(queue_of one 1) detached
$(queue_of one 2) attached" "$(states tq0)"
	assert_run 0 "$TUNQ" list tq0
	assertContains "$OUT" "tq0: 2 attached, 1 detached"
	assertNotContains "$OUT" unaccounted
	ask one attach 1 >/dev/null
	assertNotContains "$(states tq0)" detached
}

test_columns() {
	requires tun || return 0
	multi_queue_tap tq0
	holder one tq0 2
	run "$TUNQ" list tq0
	assertEquals "DEV PID COMMAND USER FD STATE" \
		"$(echo "$OUT" | awk 'NR == 1 { $1 = $1; print }')"
	assertEquals "tq0 $(pid_of one) helper_queues root $(fd_of one 0) attached" \
		"$(echo "$OUT" | awk 'NR == 2 { $1 = $1; print }')"
}

test_all_devices() {
	requires tun || return 0
	multi_queue_tap tq0 tq1
	ip tuntap add dev tq2 mode tun
	holder one tq0 2
	holder two tq2 1 t
	assert_run 0 "$TUNQ" list
	assertContains "$OUT" "tq0: 2 attached, 0 detached"
	assertContains "$OUT" "tq1: 0 attached, 0 detached"
	assertContains "$OUT" "tq2: single-queue, held"
	assertEquals 3 "$(states | wc -l)"
}

test_nothing_there() {
	requires tun || return 0
	assert_run 0 "$TUNQ" list
	assertNotContains "$OUT" DEV
	assert_run 3 "$TUNQ" list absent
	assertContains "$ERR" "tunq: absent: "
	assert_run 3 "$TUNQ" list lo
	assertContains "$ERR" "tunq: lo: "
}

test_dup_and_fork_share_a_queue() {
	requires tun || return 0
	multi_queue_tap tq0
	holder one tq0 2
	copy=$(ask one dup 0)
	child=$(ask one fork)
	run "$TUNQ" list tq0
	assertContains "$OUT" "same=$(queue_of one 0)"
	assertContains "$OUT" "tq0: 2 attached, 0 detached"
	assertNotContains "$OUT" unaccounted
	# Two queues, the copy, and the same three in the child.
	assertEquals "$copy $child" 6 "$(states tq0 | wc -l)"
	assertEquals 4 "$(echo "$OUT" | grep -c same=)"
}

test_equal_names_in_two_namespaces() {
	requires tun || return 0
	netns_add twin
	multi_queue_tap tq0
	ip -n twin tuntap add dev tq0 mode tap multi_queue
	holder here tq0 2
	holder there netns_exec twin tq0 3
	assertEquals "$(queue_of here 0) attached
$(queue_of here 1) attached" "$(states tq0)"
	assertEquals 3 "$(states twin/tq0 | wc -l)"
	assertEquals "$(states twin/tq0)" "$(states -N twin tq0)"
	assertEquals "$(states twin/tq0)" \
		"$(states "pid:$(pid_of there)/tq0")"
	assert_run 0 "$TUNQ" list twin/tq0 tq0
	assertContains "$OUT" "twin/tq0: 3 attached, 0 detached"
}

test_json() {
	requires tun jq || return 0
	multi_queue_tap tq0
	ip tuntap add dev tq1 mode tap
	holder one tq0 2
	ask one detach 1 >/dev/null
	run "$TUNQ" list --json
	echo "$OUT" >"$TMP/json"
	assertEquals "tq0 2 1" "$(jq -r '.devices[0] |
		"\(.ifname) \(.processes | length) \(.queues_disabled)"' \
		"$TMP/json")"
	assertEquals "$(pid_of one) $(fd_of one 1) detached" "$(jq -r '
		.devices[0].processes[1] | "\(.pid) \(.fd) \(.queue)"' \
		"$TMP/json")"
	assertEquals "false null 0" "$(jq -r '.devices[1] |
		"\(.multi_queue) \(.queues) \(.unaccounted)"' "$TMP/json")"
	assertEquals number "$(jq -r '.unreadable_processes | type' \
		"$TMP/json")"
	run "$TUNQ" list --json absent
	assertEquals "still valid" 0 "$(echo "$OUT" | jq '.devices | length')"
}

test_names_are_escaped() {
	requires tun jq || return 0
	name=$(printf 'a\033[2Jb')
	ip tuntap add dev "$name" mode tap
	run "$TUNQ" list
	assertContains "$OUT" 'a\x1b[2Jb'
	assertNotContains "$OUT" "$(printf '\033')"
	run "$TUNQ" list --json
	assertEquals "$name" "$(echo "$OUT" | jq -r '.devices[0].ifname')"
}

test_blanks_in_a_command_do_not_move_columns() {
	requires tun || return 0
	multi_queue_tap tq0
	cp "$HELPER" "$TMP/a b"
	HELPER="$TMP/a b"
	holder one tq0 1 m
	HELPER=$BUILD/tests/helper_queues
	assertEquals "$(queue_of one 0) attached" "$(states tq0)"
}

test_all_tools_say_alike_that_there_is_no_namespace() {
	for command in "$TUNCTL" "$TUNCAT" "$TUNQ list" "$TUNQ hold"; do
		tool=${command%% *}
		for words in nowhere/tap0 "-N nowhere tap0"; do
			# shellcheck disable=SC2086
			assert_run 3 $command $words
			assertEquals "${tool##*/}: nowhere: no such network namespace" \
				"$ERR"
		done
	done
}

test_verbs() {
	assert_run 2 "$TUNQ"
	assert_run 2 "$TUNQ" lsit
	assertEquals "tunq: 'lsit' is not a verb; did you mean 'list'?" "$ERR"
	assert_run 2 "$TUNQ" dettach
	assertContains "$ERR" "'detach'"
	assert_run 2 "$TUNQ" frobnicate
	assertNotContains "$ERR" "did you mean"
	assert_run 0 "$TUNQ" --help
	for verb in list attach detach set run hold; do
		assertContains "$OUT" "  $verb "
	done
	for verb in list attach detach set run hold; do
		assert_run 0 "$TUNQ" "$verb" --help
		assertContains "$OUT" "Usage: tunq $verb"
		assert_run 2 "$TUNQ" "$verb" --nosuch
		assertContains "$ERR" "tunq $verb"
	done
}

. shunit2
