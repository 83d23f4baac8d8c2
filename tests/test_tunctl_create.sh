#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunctl makes and adjusts devices.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunctl.sh"

tearDown() {
	cleanup
}

test_sentence_and_owner() {
	requires tun || return 0
	assert_run 0 "$TUNCTL" -t tap0
	assertEquals "Set 'tap0' persistent and owned by uid 0" "$OUT"
	assertEquals "" "$ERR"
	assert_run 0 "$TUNCTL" tap1 -g 0
	assertEquals "Set 'tap1' persistent and owned by gid 0" "$OUT"
	assert_run 0 "$TUNCTL" -u 0 -g 0 -t tap2
	assertEquals "Set 'tap2' persistent and owned by uid 0 gid 0" "$OUT"
}

test_empty_user_is_root() {
	requires tun || return 0
	assert_run 0 "$TUNCTL" -u '' -t tap0
	assertEquals "Set 'tap0' persistent and owned by uid 0" "$OUT"
}

test_kernel_picks_a_name() {
	requires tun || return 0
	assert_run 0 "$TUNCTL" -b
	assertEquals tap0 "$OUT"
	assert_run 0 "$TUNCTL" -b -u 0
	assertEquals tap1 "$OUT"
	assert_run 0 "$TUNCTL" -b -n
	assertEquals tun0 "$OUT"
	assert_run 0 "$TUNCTL" -b -t lab%d
	assertEquals lab0 "$OUT"
}

refuses_an_empty_name() {
	assert_run 2 "$TUNCTL" "$@"
	assertEquals "$*" "tunctl: an empty name is no device" "$ERR"
	assertEquals "$*" "" "$("$TUNCTL" -l -b)"
}

# An unset variable of a script is not a wish for any device.
test_empty_name_makes_nothing() {
	requires tun || return 0
	refuses_an_empty_name ''
	refuses_an_empty_name -t ''
	refuses_an_empty_name -u 0 ''
	refuses_an_empty_name tap0 ''
	refuses_an_empty_name -n -b ''
	refuses_an_empty_name --count 2 ''
}

test_several_names_and_count() {
	requires tun || return 0
	assert_run 0 "$TUNCTL" -b -t one -t two three
	assertEquals "$(printf 'one\ntwo\nthree')" "$OUT"
	assert_run 0 "$TUNCTL" -b --count 3 'lab%d'
	assertEquals "$(printf 'lab0\nlab1\nlab2')" "$OUT"
	assert_run 0 "$TUNCTL" -b --count 2
	assertEquals "$(printf 'tap0\ntap1')" "$OUT"
	assert_run 2 "$TUNCTL" --count 2 nosuch
	assertContains "$ERR" "no %d"
	device_exists nosuch
	assertFalse "a device was made all the same" $?
}

test_count_fills_the_gaps() {
	requires tun || return 0
	assert_run 0 "$TUNCTL" -q -t lab1 -t lab2 -t lab5
	assert_run 0 "$TUNCTL" -b --count 5 'lab%d'
	assertEquals "$(printf 'lab0\nlab3\nlab4\nlab6\nlab7')" "$OUT"
	assert_run 0 "$TUNCTL" -b --count 11 'x%d5'
	assertEquals "$(seq -f x%.0f5 0 10)" "$OUT"
	# A hundred are all that a name of 15 characters has room for here.
	"$TUNCTL" -b --count 101 'abcdefghijklm%d' >"$TMP/names" 2>"$TMP/err"
	assertEquals "$(seq -f abcdefghijklm%.0f 0 99)" "$(cat "$TMP/names")"
	assertEquals 1 "$(wc -l <"$TMP/err")"
}

# The name of an existing device is found before anything needs the node.
test_unchanged_without_a_node() {
	requires tun || return 0
	assert_run 0 "$TUNCTL" -q tap0
	assert_run 0 "$TUNCTL" -f /nowhere tap0
	assertContains "$ERR" "unchanged"
}

test_kinds_and_flags() {
	requires tun jq || return 0
	assert_run 0 "$TUNCTL" -n -m --pi --vnet-hdr x
	assertEquals '["tun","pi","multi_queue","vnet_hdr","persist","filter"]' \
		"$(fact x '.flags|tojson')"
	assert_run 0 "$TUNCTL" -p y
	assertEquals '["tap","persist"]' "$(fact y '.flags|tojson')"
	assert_run 0 "$TUNCTL" tun7
	assertEquals tap "$(fact tun7 .kind)"
}

test_link_settings() {
	requires tun jq || return 0
	ip link add br0 type bridge 2>/dev/null ||
		{ skip "no bridges here"; return; }
	assert_run 0 "$TUNCTL" --up --mtu 1400 --mac 02:00:00:00:00:01 \
		--master br0 --quiet-link tap0
	assertEquals true "$(fact tap0 .up)"
	assertEquals 1400 "$(fact tap0 .mtu)"
	assertEquals 02:00:00:00:00:01 "$(fact tap0 .address)"
	assertEquals "$(ifindex br0)" "$(fact tap0 .master)"
	assertContains "$(ip -d link show dev tap0)" "addrgenmode none"
	assert_run 0 "$TUNCTL" --master '' tap0
	assertEquals null "$(fact tap0 .master)"
	ip link del br0
}

test_failed_setting_leaves_nothing() {
	requires tun || return 0
	run "$TUNCTL" --master nosuchbr tap0
	assertNotEquals 0 "$STATUS"
	assertContains "$ERR" nosuchbr
	assertEquals "" "$OUT"
	device_exists tap0
	assertFalse "the device was left behind" $?
}

test_bad_names() {
	for name in abcdefghijklmnop 'a b' . .. a:b '%d%d' 'a%s' 'tap*'; do
		assert_run 2 "$TUNCTL" "$name"
		assertContains "$ERR" "'$name'"
		assertEquals "" "$OUT"
		assertEquals "lines on stderr" 1 "$(echo "$ERR" | wc -l)"
	done
	run "$TUNCTL" abcdefghijklmnop
	assertEquals "tunctl: 'abcdefghijklmnop': 16 characters; the limit is 15" \
		"$ERR"
}

test_bad_name_among_good_ones_does_nothing() {
	requires tun || return 0
	assert_run 2 "$TUNCTL" tap0 'a b'
	device_exists tap0
	assertFalse "the good name was made" $?
}

test_wrong_usage() {
	while read -r arguments; do
		# shellcheck disable=SC2086
		assert_run 2 "$TUNCTL" $arguments
		assertEquals "$arguments: stdout" "" "$OUT"
		assertContains "$arguments" "$ERR" "tunctl:"
	done <<-'EOF'
		-d
		-l -d tap0
		-n -p tap0
		--anyone -u 0 tap0
		--unused tap0
		--force tap0
		-d --unused --force tap0
		-l --mtu 1400
		-d --up tap0
		-b --json tap0
		--mtu 67 tap0
		--mtu 65536 tap0
		--mtu 1e3 tap0
		--mac 01:00:00:00:00:00 tap0
		--mac 2 tap0
		--count 0
		-u nosuchuser tap0
		-g nosuchgroup tap0
		--bogus
		h1/
		--batch /dev/null tap0
	EOF
	assertEquals "" "$("$TUNCTL" -l -b)"
}

test_an_mtu_above_that_of_a_tap() {
	requires tun || return 0
	remedy="the least is 68, the most 65521 for a TAP and 65535 for a TUN \
device"
	assert_run 2 "$TUNCTL" -v --mtu 65522 tap0
	assertContains "$ERR" "$remedy"
	assertEquals "" "$("$TUNCTL" -l -b)"
	assert_run 0 "$TUNCTL" -n --mtu 65535 tun0
	assert_run 0 "$TUNCTL" --mtu 65521 tap0
	assert_run 2 "$TUNCTL" -v --mtu 65522 tap0
	assertContains "$ERR" "$remedy"
}

test_same_command_again_changes_nothing() {
	requires tun jq || return 0
	assert_run 0 "$TUNCTL" -u 0 --up --mtu 1400 -t tap0
	before=$(ifindex tap0)
	hold tap0
	assert_run 0 "$TUNCTL" -u 0 --up --mtu 1400 -t tap0
	assertEquals "Set 'tap0' persistent and owned by uid 0" "$OUT"
	assertEquals "tunctl: tap0: unchanged" "$ERR"
	assertEquals "$before" "$(ifindex tap0)"
	assert_run 0 "$TUNCTL" -q -t tap0
	assertEquals "" "$ERR$OUT"
	assert_run 0 "$TUNCTL" -b -t tap0
	assertEquals tap0 "$OUT"
}

test_adopting_changes_only_what_is_asked() {
	requires tun jq || return 0
	assert_run 0 "$TUNCTL" -m --mtu 1400 -g 0 tap0
	assert_run 0 "$TUNCTL" --up tap0
	assertEquals "" "$ERR"
	assertEquals "Set 'tap0' persistent and owned by gid 0" "$OUT"
	assertEquals "true 1400 null" \
		"$(fact tap0 '|"\(.up) \(.mtu) \(.user)"')"
}

test_transient_device_is_made_persistent() {
	requires tun jq python3 || return 0
	hold mq0 1 0x1102
	assertEquals false "$(fact mq0 .persist)"
	assert_run 0 "$TUNCTL" mq0
	assertEquals true "$(fact mq0 .persist)"
}

test_busy_device() {
	requires tun python3 || return 0
	"$TUNCTL" -q tap0
	hold tap0
	assert_run 3 "$TUNCTL" -g 0 tap0
	assertContains "$ERR" "tunctl: tap0:"
	assertContains "$ERR" "held by python3[$PID]"
}

test_strict() {
	requires tun || return 0
	assert_run 0 "$TUNCTL" --strict tap0
	assert_run 3 "$TUNCTL" --strict tap0
	assertContains "$ERR" "tunctl: tap0:"
	assertContains "$ERR" "exists"
}

test_wrong_kind() {
	requires tun || return 0
	"$TUNCTL" -q -n tun0
	"$TUNCTL" -q tap0
	assert_run 3 "$TUNCTL" tun0
	assertContains "$ERR" "tun0: is a tun device, tap was asked"
	assert_run 3 "$TUNCTL" -n tap0
	assertContains "$ERR" "tap0: is a tap device, tun was asked"
	assert_run 3 "$TUNCTL" -m tap0
	assertContains "$ERR" "single-queue"
	assert_run 3 "$TUNCTL" lo
	assertContains "$ERR" "tunctl: lo:"
	assert_run 0 "$TUNCTL" -n tun0
}

test_ownerless_only_on_purpose() {
	requires tun jq || return 0
	assert_run 0 "$TUNCTL" --anyone tap0
	assertEquals "Set 'tap0' persistent and owned by no one" "$OUT"
	assertContains "$ERR" "any user may attach"
	assertEquals null "$(fact tap0 .user)"
	"$TUNCTL" -q tap1
	assert_run 3 "$TUNCTL" --anyone tap1
	assertEquals 0 "$(fact tap1 .user)"
	assert_run 0 "$TUNCTL" --anyone tap0
}

test_some_of_several_fail() {
	requires tun || return 0
	"$TUNCTL" -q -n tun0
	assert_run 1 "$TUNCTL" -b tap0 tun0 lo tap1
	assertEquals "$(printf 'tap0\ntap1')" "$OUT"
	assertContains "$ERR" "tun0:"
	assertContains "$ERR" "lo:"
	assert_run 3 "$TUNCTL" tun0 lo
}

test_namespaces() {
	requires tun jq || return 0
	netns_add h1 h2 || { skip "no ip netns here"; return; }
	assert_run 0 "$TUNCTL" -b -N h1 tap0
	assertEquals tap0 "$OUT"
	assert_run 0 "$TUNCTL" -b h2/tap0 h1/tap1 -N h1 'lab%d'
	assertEquals "$(printf 'h2/tap0\nh1/tap1\nlab0')" "$OUT"
	assert_run 0 "$TUNCTL" -b "pid:$$/tap0" /run/netns/h2/tap9
	assertEquals "$(printf '%s\n' "pid:$$/tap0" /run/netns/h2/tap9)" "$OUT"
	assertEquals "tap0 tap1 lab0" "$(netns_names h1)"
	assertEquals "tap0 tap9" "$(netns_names h2)"
	assertEquals tap0 "$("$TUNCTL" -l -b)"
	assert_run 3 "$TUNCTL" nosuch/tap0
	assertContains "$ERR" nosuch
}

netns_names() {
	"$TUNCTL" -l -b -N "$1" | tr '\n' ' ' | sed 's/ $//'
}

test_json_of_what_was_made() {
	requires tun jq || return 0
	"$TUNCTL" -q tap0
	assert_run 0 "$TUNCTL" --json -n tun0
	assertEquals '["tun0","tun",true,true]' "$(echo "$OUT" |
		jq -c '.[0]|[.ifname,.kind,.created,.changed]')"
	assert_run 0 "$TUNCTL" --json tap0
	assertEquals '["tap0",false,false]' "$(echo "$OUT" |
		jq -c '.[0]|[.ifname,.created,.changed]')"
}

test_node() {
	requires tun || return 0
	assert_run 0 "$TUNCTL" -f /dev/net/tun -t tap0
	for node in /dev/null /dev/nosuch "$TMP"; do
		assert_run 5 "$TUNCTL" -f "$node" -t tap1
		assertContains "$ERR" "tunctl: "
	done
}

test_tun_name_warns_on_a_terminal() {
	requires tun script || return 0
	out=$(script -qec "$TUNCTL -t tun3 -t tun4" /dev/null)
	assertContains "$out" "tun3: is a TAP device"
	assertNotContains "$out" "tun4: is a TAP"
	out=$(script -qec "$TUNCTL -p -t tun5" /dev/null)
	assertNotContains "$out" "is a TAP"
	assert_run 0 "$TUNCTL" -t tun6
	assertEquals "" "$ERR"
}

test_reader_that_goes_away() {
	requires tun || return 0
	# More than one buffer of names, so that it is told in the middle.
	"$TUNCTL" -b --count 500 'laboratory%d' | true
	assertEquals 500 "$("$TUNCTL" -l -b | wc -l)"
	"$TUNCTL" -q -d 'lab*'
}

. shunit2
