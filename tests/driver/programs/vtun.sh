#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# VTun, the program that TUN/TAP was written for: both types of tunnel, over
# TCP and UDP, with its compression and encryption.

. "$(dirname "$0")/lib.sh"

VTUND=/usr/sbin/vtund

# configure N SESSION-OPTION...: the file of host N.
configure() {
	number=$1
	shift
	{
		echo "options { port 5000; timeout 10; ip /sbin/ip; }"
		echo "lion {"
		echo "passwd Ma&^TU;"
		echo "persist yes;"
		printf '%s;\n' "$@"
		echo "up {"
		echo "ip \"address add 10.1.0.$number/24 dev %%\";"
		echo "ip \"link set %% up mtu 1400\";"
		echo "};"
		echo "}"
	} >"$TMP/vtund$number.conf"
}

# A client that is refused sleeps before it tries again.
is_listening() {
	netns_exec h1 ss -Hltn 'sport = :5000' | grep -q .
}

tunnel() { # SESSION-OPTION...
	requires $VTUND || return 0
	configure 1 "$@"
	configure 2 "$@"
	start vtund1 h1 $VTUND -n -s -f "$TMP/vtund1.conf" -L 10.0.0.1
	wait_for is_listening
	start vtund2 h2 $VTUND -n -p -f "$TMP/vtund2.conf" lion 10.0.0.1
	WAIT=30 assert_traffic
}

test_tun_over_udp() {
	tunnel "type tun" "device tun0" "proto udp" "keepalive yes"
}

test_tun_over_tcp_compressed_and_encrypted() {
	tunnel "type tun" "proto tcp" "compress lzo:9" "encrypt aes128cbc"
}

test_ether_over_udp_compressed_and_encrypted() {
	tunnel "type ether" "device tap0" "proto udp" "compress lzo:1" \
		"encrypt aes128cbc" "stat yes" "keepalive yes"
}

test_ether_over_tcp() {
	tunnel "type ether" "proto tcp"
}

. shunit2
