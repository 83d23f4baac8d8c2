#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# WireGuard in user space: a TUN device with the virtio-net header.

. "$(dirname "$0")/lib.sh"

endpoint() { # N PEER
	start "wireguard$1" "h$1" wireguard-go -f "wg$1"
	wait_for test -S "/run/wireguard/wg$1.sock"
	netns_exec "h$1" wg set "wg$1" private-key "$TMP/key$1" \
		listen-port 51820 peer "$(wg pubkey <"$TMP/key$2")" \
		endpoint "10.0.0.$2:51820" allowed-ips 10.1.0.0/24
	ip -n "h$1" -batch - <<-END
	address add 10.1.0.$1/24 dev wg$1
	link set wg$1 up
	END
}

test_tunnel() {
	requires wireguard-go wg || return 0
	(umask 077 && wg genkey >"$TMP/key1" && wg genkey >"$TMP/key2")
	WAIT=30 endpoint 1 2
	WAIT=30 endpoint 2 1
	assert_traffic
}

. shunit2
