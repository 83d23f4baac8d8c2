#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunctl deletes devices.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunctl.sh"

tearDown() {
	cleanup
}

test_every_order_of_the_name() {
	requires tun || return 0
	while read -r arguments; do
		"$TUNCTL" -q -t tap0
		# shellcheck disable=SC2086
		assert_run 0 "$TUNCTL" $arguments
		assertEquals "$arguments" "Set 'tap0' nonpersistent" "$OUT"
		assertEquals "$arguments" "" "$ERR"
		device_exists tap0
		assertFalse "$arguments: it is still there" $?
	done <<-'EOF'
		-d tap0
		-dtap0
		--delete tap0
		--delete=tap0
		-d --force tap0
		--force -d tap0
		-d tap0 --force
		-f /dev/net/tun -d tap0
		-d -f /dev/net/tun tap0
		-d tap0 -f /dev/net/tun
		-b -d tap0
		-bd tap0
		-bdtap0
		-d tap0 -b
		-t tap0 -d
		-d -t tap0
		tap0 -d
		-d -- tap0
		-d tap0 -u 0 -g 0
		-d tap0 tap0
	EOF
}

test_absent() {
	assert_run 0 "$TUNCTL" -d nosuch
	assertEquals "" "$OUT"
	assertEquals "tunctl: nosuch: is not there" "$ERR"
	device_exists nosuch
	assertFalse "deleting made it" $?
	assert_run 3 "$TUNCTL" -d --strict nosuch
	assertContains "$ERR" "tunctl: nosuch:"
	assert_run 0 "$TUNCTL" -d 'no*'
	assertContains "$ERR" "no device matches"
	assert_run 3 "$TUNCTL" -d --strict 'no*'
}

test_empty_name_deletes_nothing() {
	requires tun || return 0
	"$TUNCTL" -q tap0
	assert_run 2 "$TUNCTL" -d ''
	device_exists tap0
	assertTrue "an empty name deleted a device" $?
}

test_all_kinds() {
	requires tun || return 0
	"$TUNCTL" -q -n tun0
	"$TUNCTL" -q -m --vnet-hdr mq0
	"$TUNCTL" -q --pi tap0
	assert_run 0 "$TUNCTL" -d tap0 mq0 tun0
	assertEquals "$(printf "Set '%s' nonpersistent\n" tap0 mq0 tun0)" "$OUT"
	assertEquals "" "$("$TUNCTL" -l -b)"
}

test_foreign_interface() {
	requires tun || return 0
	ip link add foreign0 type bridge 2>/dev/null ||
		{ skip "no bridges here"; return; }
	assert_run 3 "$TUNCTL" -d foreign0
	assertContains "$ERR" "tunctl: foreign0:"
	"$TUNCTL" -q foreign1 foreign2 foreign3 foreign4 foreign5
	assert_run 0 "$TUNCTL" -d 'foreign*'
	device_exists foreign0
	assertTrue "a pattern deleted a foreign interface" $?
	assertEquals "" "$("$TUNCTL" -l -b)"
	ip link del foreign0
}

test_patterns() {
	requires tun || return 0
	"$TUNCTL" -q lab0 lab1 lab10 vm0
	assert_run 0 "$TUNCTL" -d 'lab?' 'lab0'
	assertEquals "$(printf "Set '%s' nonpersistent\n" lab0 lab1)" "$OUT"
	assertEquals "$(printf 'lab10\nvm0')" "$("$TUNCTL" -l -b)"
	assert_run 0 "$TUNCTL" -d '[lv]*'
	assertEquals "" "$("$TUNCTL" -l -b)"
}

test_held() {
	requires tun python3 || return 0
	"$TUNCTL" -q tap0 tap1
	hold tap0
	assert_run 3 "$TUNCTL" -d tap0
	assertContains "$ERR" "held by python3[$PID]"
	assertEquals "" "$OUT"
	assert_run 1 "$TUNCTL" -d tap0 tap1
	assertEquals "Set 'tap1' nonpersistent" "$OUT"
	assert_run 0 "$TUNCTL" -d --unused 'tap*'
	assertEquals "" "$OUT$ERR"
	device_exists tap0
	assertTrue "--unused deleted a held device" $?
	assert_run 0 "$TUNCTL" -d --force tap0
	assertEquals "Set 'tap0' nonpersistent" "$OUT"
	device_exists tap0
	assertFalse "--force left it" $?
}

test_held_multi_queue() {
	requires tun python3 || return 0
	"$TUNCTL" -q -m mq0 mq1
	hold mq0 2 0x1102
	assert_run 3 "$TUNCTL" -d mq0
	device_exists mq0
	assertTrue "a held multi-queue device was deleted" $?
	assert_run 0 "$TUNCTL" -d --unused 'mq*'
	assertEquals "Set 'mq1' nonpersistent" "$OUT"
	assert_run 0 "$TUNCTL" -d --force mq0
}

test_many_with_one_held() {
	requires tun python3 || return 0
	"$TUNCTL" -q --count 30 'lab%d'
	hold lab7
	assert_run 1 "$TUNCTL" -d 'lab*'
	assertEquals 29 "$(echo "$OUT" | wc -l)"
	assertEquals lab7 "$("$TUNCTL" -l -b)"
	assertContains "$ERR" "tunctl: lab7:"
	assertEquals "lines on stderr" 1 "$(echo "$ERR" | wc -l)"
}

test_quiet_and_json() {
	requires tun jq || return 0
	"$TUNCTL" -q tap0 tap1
	assert_run 0 "$TUNCTL" -q -d tap0 nosuch
	assertEquals "" "$OUT$ERR"
	assert_run 0 "$TUNCTL" --json -d tap1
	assertEquals '[{"ifname":"tap1","deleted":true}]' \
		"$(echo "$OUT" | jq -c .)"
	assert_run 0 "$TUNCTL" --json -d tap1
	assertEquals '[]' "$(echo "$OUT" | jq -c .)"
}

test_namespaces() {
	requires tun || return 0
	netns_add h1 h2 || { skip "no ip netns here"; return; }
	"$TUNCTL" -q tap0 h1/tap0 h1/tap1 h2/tap0 h2/tap1
	assert_run 0 "$TUNCTL" -d h1/tap0 h2/tap1 'h1/*'
	assertEquals "$(printf "Set '%s' nonpersistent\n" h1/tap0 h1/tap1 h2/tap1)" \
		"$OUT"
	assert_run 0 "$TUNCTL" -d -N h2 tap0
	assertEquals "Set 'tap0' nonpersistent" "$OUT"
	assertEquals "" "$("$TUNCTL" -l -b 'h1/*' 'h2/*' 2>/dev/null)"
	assertEquals tap0 "$("$TUNCTL" -l -b)"
	assert_run 1 "$TUNCTL" -d nosuch/tap0 tap0
	assertEquals "Set 'tap0' nonpersistent" "$OUT"
}

. shunit2
