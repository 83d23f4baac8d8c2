#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The tunctl of uml-utilities, unpacked and not installed (vm/fetch-tunctl).

. "$(dirname "$0")/lib.sh"

oneTimeSetUp() {
	requires "$UML_TUNCTL"
}

uml_tunctl() {
	run nsenter --net=/run/netns/h1 "$UML_TUNCTL" "$@"
}

test_create_and_delete() {
	uml_tunctl -t tap0 -u alice -g bob
	assertEquals "Set 'tap0' persistent and owned by uid $ALICE gid $BOB" "$OUT"
	run ip -n h1 -details link show dev tap0
	assertContains "$OUT" "tun type tap pi off vnet_hdr off persist on"
	assertContains "$OUT" "user alice group bob"
	uml_tunctl -d tap0
	assertEquals "Set 'tap0' nonpersistent" "$OUT"
	run ip -n h1 -oneline link show type tun
	assertEquals "" "$OUT"
}

test_default_name() {
	uml_tunctl -b
	assertEquals tap0 "$OUT"
	uml_tunctl -b
	assertEquals tap1 "$OUT"
}

test_owner_may_use_it() {
	requires root "$BINARIES/bridge-select" || return 0
	uml_tunctl -t tap0 -u alice
	uml_tunctl -t tap1 -u alice
	ip -n h1 link set tap1 up
	run nsenter --net=/run/netns/h1 setpriv --reuid bob --regid bob \
		--clear-groups --inh-caps=-all \
		"$BINARIES/bridge-select" tap tap0 tap1
	assertContains "another user: $ERR" "$ERR" "Operation not permitted"
	start bridge h1 setpriv --reuid alice --regid alice --clear-groups \
		--inh-caps=-all "$BINARIES/bridge-select" tap tap0 tap1
	assertTrue "the owner cannot open it" "wait_for on_host_running h1 tap1"
	show_logs
}

. shunit2
