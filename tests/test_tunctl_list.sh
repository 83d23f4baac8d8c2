#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunctl lists devices.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunctl.sh"

tearDown() {
	cleanup
}

# line DEV [OPTION...]: its line, with single blanks.
line() {
	"$TUNCTL" -l "$@" 2>/dev/null | tr -s ' '
}

test_nothing() {
	assert_run 0 "$TUNCTL" -l
	assertEquals "" "$OUT$ERR"
	assert_run 0 "$TUNCTL" -l --json
	assertEquals '[]' "$OUT"
	assert_run 3 "$TUNCTL" -l nosuch
	assertContains "$ERR" "tunctl: nosuch:"
	assert_run 3 "$TUNCTL" -l lo
	assertContains "$ERR" "tunctl: lo:"
}

test_columns() {
	requires tun || return 0
	"$TUNCTL" -q --up tap0
	"$TUNCTL" -q -n -m --pi --vnet-hdr -g 0 tun0
	"$TUNCTL" -q --anyone open0
	root=$(getent group 0 | cut -d: -f1)
	assertEquals "tap0 tap root - - - no-carrier" "$(line tap0)"
	assertEquals "tun0 tun - $root pi,vnet_hdr,multi_queue,down 0+0 no-carrier" \
		"$(line tun0)"
	assertEquals "open0 tap - - down - no-carrier any user may attach" \
		"$(line open0)"
	assertEquals "columns are aligned" 1 \
		"$("$TUNCTL" -l | awk '{ print index($0, "no-carrier") }' |
		   sort -u | wc -l)"
	assertEquals "no blanks at the ends" 0 "$("$TUNCTL" -l | grep -c ' $')"
}

test_names_and_patterns() {
	requires tun || return 0
	"$TUNCTL" -q vm0 lab1 lab0
	assertEquals "$(printf 'vm0\nlab1\nlab0')" "$("$TUNCTL" -l -b)"
	assertEquals "$(printf 'lab1\nlab0')" "$("$TUNCTL" -l -b 'lab*')"
	assertEquals "$(printf 'lab0\nlab1\nvm0')" \
		"$("$TUNCTL" -lb lab0 'lab*' '*')"
	assert_run 3 "$TUNCTL" -l -b 'x*'
	assert_run 1 "$TUNCTL" -l -b vm0 nosuch
	assertEquals vm0 "$OUT"
}

test_heading_on_a_terminal() {
	requires tun script || return 0
	"$TUNCTL" -q tap0
	out=$(script -qec "$TUNCTL -l -v" /dev/null)
	assertContains "$out" "NAME  KIND  OWNER"
	assertContains "$out" "HOLDERS  NOTES"
	assertNotContains "$("$TUNCTL" -l)" NAME
}

test_holders() {
	requires tun jq python3 || return 0
	"$TUNCTL" -q --up tap0
	"$TUNCTL" -q -m mq0
	hold tap0
	one=$PID
	hold mq0 3 0x1102
	assertEquals "tap0 tap root - - - up python3[$one]" "$(line -v tap0)"
	assertEquals "mq0 tap root - multi_queue,down 3+0 up python3[$PID]x3" \
		"$(line -v mq0)"
	assertEquals "[[\"python3\",$PID,\"attached\",true],3]" \
		"$(fact mq0 '.processes|[(.[0]|[.name,.pid,.queue,.verified]),
			length]|tojson')"
	assertEquals "only with -v" null \
		"$("$TUNCTL" -l --json | jq '.[0].processes')"
}

test_holder_of_the_same_name_elsewhere() {
	requires tun python3 || return 0
	netns_add h1 || { skip "no ip netns here"; return; }
	"$TUNCTL" -q tap0 h1/tap0
	hold tap0
	assertEquals "h1/tap0 tap root - down - no-carrier -" \
		"$(line -v h1/tap0)"
	assertEquals "$(printf 'h1/tap0\ntap0')" "$("$TUNCTL" -lb h1/tap0 tap0)"
}

test_stale_offload() {
	requires tun jq python3 || return 0
	"$TUNCTL" -q tap0
	OFFLOAD=7 hold tap0 1 0x5002
	assertEquals "tap0 tap root - vnet_hdr,down,offload - up" "$(line tap0)"
	kill -KILL "$PID"
	wait "$PID" 2>/dev/null
	wait_for test true = "$(fact tap0 .offload_stale)"
	assertEquals "tap0 tap root - vnet_hdr,down,offload! - no-carrier" \
		"$(line tap0)"
}

test_transient() {
	requires tun python3 || return 0
	hold tap0
	assertEquals "tap0 tap - - transient,down - up any user may attach" \
		"$(line tap0)"
}

test_json_is_a_superset_of_ip() {
	requires tun jq || return 0
	"$TUNCTL" -q -n -m --pi -g 0 tun0
	"$TUNCTL" -q --vnet-hdr -u 0 -g 0 tap0
	"$TUNCTL" -q --anyone tap1
	"$TUNCTL" -q --pi tap2
	# ip reads sysfs, of which each namespace has its own.
	theirs=$(unshare -m sh -c 'mount -t sysfs none /sys &&
		ip -j tuntap' 2>/dev/null | jq -S 'sort_by(.ifname)')
	[ -n "$theirs" ] || { skip "ip tuntap shows nothing here"; return; }
	"$TUNCTL" -l --json >"$TMP/ours"
	assertEquals "$(echo "$theirs" | jq -c 'map(.flags |= sort)')" \
		"$(jq -cS --argjson theirs "$theirs" \
			'sort_by(.ifname) | to_entries | map(
			  ($theirs[.key]|keys) as $keys | .value |
			  with_entries(select(.key as $k | $keys|index($k))) |
			  .flags |= sort)' "$TMP/ours")"
}

test_hostile_names() {
	requires tun jq || return 0
	name=$(printf 'a\033[7m')
	ip tuntap add dev "$name" mode tap 2>/dev/null ||
		{ skip "ip makes no such name"; return; }
	assertEquals 'a\x1b[7m' "$("$TUNCTL" -l -b)"
	assertEquals "$name" "$("$TUNCTL" -l --json | jq -r '.[0].ifname')"
	assert_run 0 "$TUNCTL" -d 'a*'
	assertEquals "Set 'a\\x1b[7m' nonpersistent" "$OUT"
}

test_write_errors_are_reported() {
	requires tun || return 0
	[ -c /dev/full ] || { skip "no /dev/full"; return; }
	"$TUNCTL" -q tap0
	"$TUNCTL" -l >/dev/full 2>"$TMP/err"
	assertEquals 1 $?
	assertContains "$(cat "$TMP/err")" "No space left"
}

. shunit2
