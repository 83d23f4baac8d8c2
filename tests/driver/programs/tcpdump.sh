#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tcpdump on the device: both directions, and the link type of each kind.

. "$(dirname "$0")/lib.sh"

is_listening() {
	grep -q "listening on" "$TMP/tcpdump.log"
}

capture() { # KIND LINK-TYPE
	requires tcpdump "$BINARIES/bridge-select" || return 0
	start_here bridge "$BINARIES/bridge-select" "$1" left0 right0
	wait_for device_exists right0
	give_host 1 left0
	give_host 2 right0
	start tcpdump h1 tcpdump -n -l -i left0 -c 6 -Z root \
		'icmp[icmptype] == icmp-echo or icmp[icmptype] == icmp-echoreply'
	tcpdump=$PID
	wait_for is_listening
	assertTrue "no answers to ping" ping_passes
	wait_exit $tcpdump
	assertEquals "exit status" 0 $?
	log=$(cat "$TMP/tcpdump.log")
	assertContains "$log" "link-type $2"
	assertContains "$log" "IP 10.1.0.1 > 10.1.0.2: ICMP echo request"
	assertContains "$log" "IP 10.1.0.2 > 10.1.0.1: ICMP echo reply"
}

test_tun() {
	capture tun RAW
}

test_tap() {
	capture tap EN10MB
}

. shunit2
