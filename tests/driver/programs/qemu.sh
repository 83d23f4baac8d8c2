#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU on persistent TAP devices. No guest runs: a hub within QEMU joins the
# device and a UDP socket to the other host's QEMU.

. "$(dirname "$0")/lib.sh"

QEMU=qemu-system-x86_64

switch() { # N PEER
	ip -n "h$1" -batch - <<-END
	tuntap add dev tap0 mode tap user alice
	address add 10.1.0.$1/24 dev tap0
	link set tap0 mtu 1400 up
	END
	start "qemu$1" "h$1" $QEMU -machine none -nodefaults -display none \
		-netdev tap,id=tap,ifname=tap0,script=no,downscript=no \
		-netdev "socket,id=peer,udp=10.0.0.$2:6000,localaddr=10.0.0.$1:6000" \
		-netdev hubport,id=port1,hubid=0,netdev=tap \
		-netdev hubport,id=port2,hubid=0,netdev=peer
}

test_persistent_tap() {
	requires $QEMU || return 0
	switch 1 2
	switch 2 1
	WAIT=60 wait_for on_host_running h1 tap0
	WAIT=60 wait_for on_host_running h2 tap0
	assert_traffic
}

. shunit2
