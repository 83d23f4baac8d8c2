#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A bridge device whose two ports are TAP devices, as under virtual machines.

. "$(dirname "$0")/lib.sh"

# A cable from a host's device to a port of the bridge.
plug_in() { # N
	start_here "cable$1" "$BINARIES/bridge-select" tap "host$1" "port$1"
	wait_for device_exists "port$1" || return
	give_host "$1" "host$1" &&
	ip link set dev "port$1" master br0 up
}

has_learned() { # PORT
	bridge fdb show br br0 | grep -v permanent | grep -q "dev $1 "
}

test_tap_ports() {
	requires "$BINARIES/bridge-select" bridge || return 0
	ip link add br0 type bridge forward_delay 0
	ip link set br0 up
	plug_in 1 && plug_in 2 || fail "not plugged in"
	assert_traffic
	assertTrue "nothing learned on port1" "has_learned port1"
	assertTrue "nothing learned on port2" "has_learned port2"
	ip link del br0
}

. shunit2
