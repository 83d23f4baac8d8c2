#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# OpenVPN between two hosts, with a static key.

. "$(dirname "$0")/lib.sh"

# endpoint N PEER DEV WORD...: the last are --ifconfig's.
endpoint() {
	number=$1
	peer=$2
	device=$3
	shift 3
	start "openvpn$number" "h$number" openvpn --dev "$device" --proto udp \
		--local "10.0.0.$number" --remote "10.0.0.$peer" --port 1194 \
		--secret "$TMP/key" --cipher AES-256-CBC --auth SHA256 \
		--ifconfig "$@"
}

tunnel() { # DEV LOCAL1 REMOTE1 LOCAL2 REMOTE2
	requires openvpn || return 0
	openvpn --genkey secret "$TMP/key" >"$TMP/key.log" 2>&1
	endpoint 1 2 "$1" "$2" "$3"
	endpoint 2 1 "$1" "$4" "$5"
	assert_traffic
}

test_tun() {
	tunnel tun0 10.1.0.1 10.1.0.2 10.1.0.2 10.1.0.1
}

test_tap() {
	tunnel tap0 10.1.0.1 255.255.255.0 10.1.0.2 255.255.255.0
}

. shunit2
