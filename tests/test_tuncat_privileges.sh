#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What tuncat may still do once frames pass: nothing.
. "$(dirname "$0")/tuncat.sh"

file_requires root

# status FIELD: of every thread of the tuncat in $PID, once each.
status() {
	cat "/proc/$PID/task/"*/status | sed -n "s/^$1:[[:space:]]*//p" |
		tr '\t' ' ' | sort -u
}

# assert_powerless UID
assert_powerless() {
	assertEquals "user" "$1 $1 $1 $1" "$(status Uid)"
	for set in CapInh CapPrm CapEff CapAmb; do
		assertEquals "$set" 0000000000000000 "$(status $set)"
	done
	assertEquals "no_new_privs" 1 "$(status NoNewPrivs)"
}

nobody() {
	id -u nobody
}

test_root_becomes_nobody() {
	start h1/tun0 "$TUNCAT" h1/tun0
	assert_powerless "$(nobody)"
	assertEquals "group" "$(id -g nobody)" "$(status Gid | cut -d' ' -f1)"
	assertEquals "groups" "" "$(status Groups | tr -d ' ')"
	assertEquals "bounding" 0000000000000000 "$(status CapBnd)"
}

test_root_becomes_nobody_in_every_thread_of_a_bridge() {
	ip -n h1 link del tun0
	ip -n h1 tuntap add dev tun0 mode tun multi_queue
	ip -n h1 link set tun0 up
	mkfifo "$TMP/hold"
	spawn sleep 100 9<>"$TMP/hold"
	spawn_with "$TMP/hold" /dev/null "$TUNCAT" -S h1/tun0
	wait_for attached h1/tun0
	start h2/tun0 "$TUNCAT" -v h1/tun0 h2/tun0
	wait_for several_threads
	assert_powerless "$(nobody)"
	rm "$TMP/hold"
}

several_threads() {
	[ "$(ls "/proc/$PID/task" | wc -l)" -gt 1 ]
}

test_user_is_chosen() {
	start h1/tun0 "$TUNCAT" --user alice h1/tun0
	assert_powerless "$ALICE"
}

test_user_root_keeps_the_ids_and_no_capability() {
	start h1/tun0 "$TUNCAT" -U root h1/tun0
	assert_powerless 0
}

test_a_sniffer_keeps_nothing() {
	spawn_with /dev/null /dev/null "$TUNCAT" --sniff h1/tun0
	wait_for status_is Uid "$(nobody)"
	wait_for status_is NoNewPrivs 1
	assert_powerless "$(nobody)"
}

status_is() {
	[ "$(status "$1" | cut -d' ' -f1)" = "$2" ]
}

test_an_owner_without_privilege() {
	ip tuntap add dev tap9 mode tap user "$ALICE"
	ip link set tap9 up
	spawn as_user alice "$TUNCAT" -w "$TMP/alice.pcap" tap9
	wait_for has_carrier tap9
	assert_powerless "$ALICE"
}

test_a_container_without_setpcap() {
	requires setpriv || return 0
	start h1/tun0 setpriv --bounding-set=-setpcap,-sys_ptrace \
		--inh-caps=-all "$TUNCAT" h1/tun0
	assert_powerless "$(nobody)"
}

test_a_container_that_cannot_change_ids() {
	requires setpriv || return 0
	start h1/tun0 setpriv --bounding-set=-setuid,-setgid,-setpcap \
		--inh-caps=-all "$TUNCAT" h1/tun0
	assert_powerless 0
	run setpriv --bounding-set=-setuid,-setgid --inh-caps=-all \
		"$TUNCAT" -U alice -W 100ms h2/tun0
	assertNotEquals 0 "$STATUS"
	assertContains "$ERR" "alice"
}

test_the_device_is_reset_without_privileges() {
	start h1/tun0 "$TUNCAT" h1/tun0 h2/tun0
	wait_for attached h2/tun0
	assert_powerless "$(nobody)"
	kill "$PID"
	wait_exit "$PID"
	assertNotContains "$("$TUNCTL" -l h1/tun0 h2/tun0)" "offload"
}

test_counters_are_read_without_privileges() {
	start h1/tun0 "$TUNCAT" -v -c 1 h1/tun0
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	assertContains "$(cat "$TMP/stderr")" "1 frame, 36 bytes, 0 dropped"
}

test_a_capture_is_opened_before() {
	mkdir -m 700 "$TMP/private"
	start h1/tun0 "$TUNCAT" -c 1 -w "$TMP/private/file.pcap" h1/tun0
	send_frames h1 10.1.0.2 1
	wait_exit "$PID"
	assertEquals "exit status" 0 $?
	assertTrue "no capture" "[ -s '$TMP/private/file.pcap' ]"
}

. shunit2
