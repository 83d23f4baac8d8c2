#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ip tuntap: what it adds, shows and deletes.

. "$(dirname "$0")/lib.sh"

# iproute2 reads sysfs, which shows the devices of who mounted it.
tuntap() {
	run ip netns exec h1 ip tuntap "$@"
}

test_add_show_delete() {
	tuntap add dev tap0 mode tap user $ALICE group $BOB
	assertEquals "add: $ERR" 0 $STATUS
	tuntap add dev tun0 mode tun pi vnet_hdr multi_queue
	assertEquals "add: $ERR" 0 $STATUS
	tuntap show
	assertContains "$OUT" "tap0: tap persist user $ALICE group $BOB"
	assertContains "$OUT" "tun0: tun pi multi_queue vnet_hdr persist"
	run ip -n h1 -details link show dev tun0
	assertContains "$OUT" "tun type tun pi on vnet_hdr on multi_queue numqueues 0"
	tuntap del dev tap0 mode tap
	assertEquals "del: $ERR" 0 $STATUS
	tuntap del dev tun0 mode tun multi_queue
	assertEquals "del: $ERR" 0 $STATUS
	tuntap show
	assertEquals "" "$OUT"
}

test_refusals() {
	tuntap add dev tap0 mode tap
	tuntap add dev tap0 mode tap
	assertContains "a second one: $ERR" "$ERR" "Device or resource busy"
	tuntap del dev tap0 mode tun
	assertContains "another type: $ERR" "$ERR" "Invalid argument"
	run ip -n h1 link add tap1 type tun
	assertNotEquals "made by rtnetlink" 0 $STATUS
	run ip -n h1 link del tap0
	assertEquals "deleted by rtnetlink: $ERR" 0 $STATUS
}

test_shows_who_holds_it() {
	requires socat || return 0
	start socat h1 socat TUN:10.1.0.1/24,tun-name=tun0,up PIPE
	wait_for on_host_running h1 tun0
	tuntap show
	assertContains "$OUT" "tun0: tun pi"
}

. shunit2
