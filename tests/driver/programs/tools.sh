#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The project's own tools, as the manual shows them.

. "$(dirname "$0")/lib.sh"

test_tunctl() {
	requires "$TUNCTL" || return 0
	assert_run 0 nsenter --net=/run/netns/h1 "$TUNCTL" -u alice -t tap0
	run ip -n h1 -details link show dev tap0
	assertContains "$OUT" "tun type tap"
	assertContains "$OUT" "user alice"
	assert_run 0 nsenter --net=/run/netns/h1 "$TUNCTL" -d tap0
	run ip -n h1 -oneline link show type tun
	assertEquals "" "$OUT"
}

dumped() {
	grep -q "$1" "$TMP/dump.log"
}

test_tuncat_to_hexdump() {
	requires "$TUNCAT" hexdump || return 0
	netns_exec h1 "$TUNCTL" -n -t tun0 >"$TMP/tunctl.log"
	start dump h1 sh -c "'$TUNCAT' tun0 | hexdump -C"
	ip -n h1 -batch - <<-END
	address add 10.1.0.1/24 dev tun0
	link set tun0 up
	END
	wait_for on_host_running h1 tun0
	# hexdump writes when its buffer is full.
	run nsenter --net=/run/netns/h1 ping -q -c 100 -i 0.002 -W 0.1 -p abcd 10.1.0.2
	assertTrue "no IPv4 header" "wait_for dumped '45 00 00 54'"
	assertTrue "no data of ping" "wait_for dumped 'ab cd ab cd ab cd'"
}

test_demo() {
	requires "$TUNCAT" ping socat || return 0
	MEGABYTES=2 RUN_TIMEOUT=120 assert_run 0 "$TOP/examples/demo.sh"
	assertContains "$OUT" "3 packets transmitted, 3 received, 0% packet loss"
	assertContains "$OUT" "arrived unchanged"
}

. shunit2
