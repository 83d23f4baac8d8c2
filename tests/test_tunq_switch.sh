#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunq attach, detach and set.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/queues.sh"

tearDown() {
	cleanup
}

test_detach_and_attach() {
	requires tun jq || return 0
	multi_queue_tap tq0
	holder one tq0 3
	assert_run 0 "$TUNQ" detach "$(queue_of one 1)" "$(queue_of one 2)"
	assertEquals "1 2" "$(queues tq0)"
	assertEquals "$(queue_of one 0) attached" \
		"$(states tq0 | grep attached)"
	assert_run 0 "$TUNQ" detach "$(queue_of one 1)"
	assertEquals "again is no error" "1 2" "$(queues tq0)"
	run "$TUNQ" detach -v "$(queue_of one 1)"
	assertContains "$ERR" already
	assert_run 0 "$TUNQ" attach "$(queue_of one 1)" "$(queue_of one 2)"
	assertEquals "3 0" "$(queues tq0)"
}

test_all_or_none() {
	requires tun jq || return 0
	multi_queue_tap tq0
	ip tuntap add dev tq1 mode tap
	holder one tq0 2
	holder single tq1 1
	assert_run 3 "$TUNQ" detach "$(queue_of one 0)" "$(pid_of one):77"
	assertContains "$ERR" "77"
	assertEquals "2 0" "$(queues tq0)"
	# Borrowed, but not to be switched: what was switched comes back.
	run "$TUNQ" detach "$(queue_of one 0)" "$(queue_of single 0)"
	assertEquals "$ERR" 3 "$STATUS"
	assertEquals "2 0" "$(queues tq0)"
}

test_not_a_queue() {
	requires tun || return 0
	for word in x 1 1: :3 1:x 1:3x -1:3 0:1 1:-3 99999999999:1; do
		assert_run 2 "$TUNQ" attach -- "$word"
		assertContains "$ERR" "'$word' is not PID:FD"
	done
	assert_run 2 "$TUNQ" attach
	spawn sleep 60
	assert_run 3 "$TUNQ" attach "$PID:0"
	assertContains "$ERR" "$PID"
	assert_run 3 "$TUNQ" detach 4194305:0
}

test_process() {
	requires tun jq || return 0
	multi_queue_tap tq0
	holder one tq0 3
	holder two tq0 2
	assert_run 0 "$TUNQ" detach tq0 --pid "$(pid_of one)" --keep 1
	assertEquals "3 2" "$(queues tq0)"
	assertContains "$(states tq0)" "$(queue_of one 0) attached"
	assert_run 0 "$TUNQ" detach tq0 --pid "$(pid_of one)" --keep 1
	assertEquals "nothing left to do" "3 2" "$(queues tq0)"
	assert_run 0 "$TUNQ" detach --pid "$(pid_of one)" tq0
	assertEquals "2 3" "$(queues tq0)"
	assert_run 0 "$TUNQ" attach --pid "$(pid_of one)" tq0
	assertEquals "5 0" "$(queues tq0)"
	assert_run 3 "$TUNQ" detach tq0 --pid 1
	assertContains "$ERR" "process 1 holds no queue"
	assert_run 2 "$TUNQ" detach tq0 --keep 1
	assert_run 2 "$TUNQ" detach tq0 other --pid 1
	assert_run 2 "$TUNQ" detach tq0 --pid x
}

test_set_down_and_up() {
	requires tun jq || return 0
	multi_queue_tap tq0
	holder one tq0 3
	holder two tq0 2
	# By pid, then descriptor: the lower pid is the first in the list.
	for n in 5 2 0 4 1 3 3; do
		assert_run 0 "$TUNQ" set tq0 "$n"
		assertEquals "set $n" "$n $((5 - n))" "$(queues tq0)"
		assertEquals "set $n: the first" \
			"$("$TUNQ" list tq0 | awk 'NR > 1 && NF == 6' |
				head -n "$n" | grep -c ' attached')" "$n"
	done
}

test_set_refusals() {
	requires tun jq || return 0
	multi_queue_tap tq0
	ip tuntap add dev tq1 mode tap
	holder one tq0 2
	holder single tq1 1
	assert_run 3 "$TUNQ" set tq0 3
	assertContains "$ERR" "has 2 queues"
	assertEquals "2 0" "$(queues tq0)"
	assert_run 3 "$TUNQ" set tq1 1
	assertContains "$ERR" "single-queue"
	assert_run 3 "$TUNQ" set absent 1
	assert_run 2 "$TUNQ" set tq0
	assert_run 2 "$TUNQ" set tq0 1 2
	assert_run 2 "$TUNQ" set tq0 x
	assert_run 2 "$TUNQ" set tq0 257
}

test_set_leaves_a_hold_alone() {
	requires tun jq || return 0
	multi_queue_tap tq0
	spawn "$TUNQ" hold tq0
	wait_for has_queues tq0 "0 1"
	holder one tq0 2
	assert_run 0 "$TUNQ" set tq0 2
	assertEquals "2 1" "$(queues tq0)"
	assert_run 3 "$TUNQ" set tq0 3
	assertEquals "2 1" "$(queues tq0)"
}

test_set_counts_a_shared_queue_once() {
	requires tun jq || return 0
	multi_queue_tap tq0
	holder one tq0 3
	ask one dup 0 >/dev/null
	ask one fork >/dev/null
	assert_run 0 "$TUNQ" set tq0 2
	assertEquals "2 1" "$(queues tq0)"
	assert_run 0 "$TUNQ" set tq0 3
	assertEquals "3 0" "$(queues tq0)"
}

test_other_namespace() {
	requires tun jq || return 0
	netns_add twin
	multi_queue_tap tq0
	ip -n twin tuntap add dev tq0 mode tap multi_queue
	holder here tq0 2
	holder there netns_exec twin tq0 3
	assert_run 0 "$TUNQ" set twin/tq0 1
	assertEquals "2 0" "$(queues tq0)"
	assert_run 0 "$TUNQ" detach -N twin tq0 --pid "$(pid_of there)"
	assertEquals 3 "$(states twin/tq0 | grep -c detached)"
	assertEquals "2 0" "$(queues tq0)"
}

. shunit2
