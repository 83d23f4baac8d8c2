#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A lab of two hosts for a user who has no rights at all:
#
#	process A  10.0.0.1 tap0 ==== tuncat ==== tap0 10.0.0.2  process B
#
# unshare -U makes the user root of a user namespace, and -n gives that one a
# network to be root of. It needs a kernel that permits user namespaces, and a
# /dev/net/tun of mode 0666. Nothing is mounted, no name is given: a host is
# the network namespace of a process, written pid:NUMBER.

. "$(dirname "$0")/common.sh"
need tunctl tuncat ip ping unshare nsenter

if [ -z "$ROOTLESS_INSIDE" ]; then
	unshare -Urn true 2>/dev/null || skip "no user namespaces for you here"
	(: <>/dev/net/tun) 2>/dev/null || skip "/dev/net/tun cannot be opened"
	ROOTLESS_INSIDE=1 exec unshare -Urn "$0"
fi
echo "I am $(id -un), and here is what that means outside:"
cat /proc/self/uid_map

# Two processes that do nothing but have a network.
background unshare -n sleep 1000
A=$PID
background unshare -n sleep 1000
B=$PID
ours=$(readlink /proc/self/ns/net)
has_own_network() {
	[ "$(readlink "/proc/$1/ns/net")" != "$ours" ]
}
wait_for has_own_network "$A"
wait_for has_own_network "$B"

show tunctl --up --quiet-link "pid:$A/tap0" "pid:$B/tap0" || exit
background tuncat "pid:$A/tap0" "pid:$B/tap0" </dev/null
nsenter -t "$A" -n ip address add 10.0.0.1/24 dev tap0
nsenter -t "$B" -n ip address add 10.0.0.2/24 dev tap0
show nsenter -t "$A" -n ping -c 3 -i 0.2 -w 10 10.0.0.2
