#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# len32 against QEMU: a guest at the other end of a socket. The guest is the
# boot ROM of its network card, which asks for an address by DHCP, checks it
# by ARP and answers pings.
#
#	QEMU e1000 <- socket -> tuncat <-> tap0 <-> dnsmasq
#	10.3.0.100				10.3.0.1
#
# rootless
. "$(dirname "$0")/lib.sh"

GUEST=10.3.0.100
# The firmware alone takes some seconds, on a busy machine many.
WAIT=50

file_requires tun qemu-system-x86_64 dnsmasq socat ping ss

setUp() {
	ip tuntap add dev tap0 mode tap &&
	ip link set tap0 addrgenmode none &&
	ip addr add 10.3.0.1/24 dev tap0 &&
	ip link set tap0 up || fail "no device"
	# --no-daemon: it does not try to become another user.
	spawn dnsmasq --no-daemon --conf-file=/dev/null --port=0 \
		--interface=tap0 --bind-interfaces --no-ping \
		--dhcp-range=$GUEST,$GUEST --dhcp-leasefile="$TMP/leases" \
		2>"$TMP/dhcp"
	wait_for grep -q "IP range" "$TMP/dhcp"
}

tearDown() {
	cleanup
	rm -f "$TMP/dhcp" "$TMP/leases" "$TMP/socket"
}

# boot NETDEV: a guest with that netdev, called n.
boot() {
	spawn qemu-system-x86_64 -M pc -accel tcg -m 64 -nodefaults \
		-display none -no-user-config -boot n -netdev "$1" \
		-device e1000,netdev=n
}

acknowledged() {
	grep -q "DHCPACK(tap0) $GUEST" "$TMP/dhcp"
}

answers() {
	ping -qc 1 -W 1 "$@" $GUEST
}

# join ADDRESS: tuncat between tap0 and that socket, which is its standard
# input and output.
join() {
	spawn socat "$1" EXEC:"$TUNCAT -U root -F len32 tap0",nofork
}

listening() {
	ss -Htln "sport = :4032" | grep -q .
}

test_stream_over_a_unix_socket() {
	boot "stream,id=n,server=on,addr.type=unix,addr.path=$TMP/socket"
	wait_for test -S "$TMP/socket" || return
	join "UNIX-CONNECT:$TMP/socket"
	assertTrue "the guest has no address" "wait_for acknowledged"
	assertTrue "the guest does not answer" "wait_for answers"
	assertTrue "long frames" "wait_for answers -s 1400"
}

test_socket_over_tcp() {
	join "TCP-LISTEN:4032,bind=127.0.0.1,reuseaddr"
	wait_for listening
	boot "socket,id=n,connect=127.0.0.1:4032"
	assertTrue "the guest has no address" "wait_for acknowledged"
	assertTrue "the guest does not answer" "wait_for answers"
}

. shunit2
