#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# socat as a tunnel over UDP, with the packet information and without it.

. "$(dirname "$0")/lib.sh"

tunnel() { # OPTIONS of socat's TUN address
	requires socat || return 0
	start socat1 h1 socat "TUN:10.1.0.1/24,up,$1" \
		UDP-DATAGRAM:10.0.0.2:6000,bind=10.0.0.1:6000
	start socat2 h2 socat "TUN:10.1.0.2/24,up,$1" \
		UDP-DATAGRAM:10.0.0.1:6000,bind=10.0.0.2:6000
	assert_traffic
}

test_tun() {
	tunnel tun-name=tun0
}

test_tun_without_pi() {
	tunnel tun-name=tun0,iff-no-pi
}

test_tap() {
	tunnel tun-type=tap,tun-name=tap0
}

test_tap_without_pi() {
	tunnel tun-type=tap,iff-no-pi
}

. shunit2
