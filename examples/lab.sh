#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Three hosts, a switch and a router, without a single real cable:
#
#	a  10.0.1.1 tap0 ==== tapa \
#	                            br0  10.0.1.254 \
#	b  10.0.1.2 tap0 ==== tapb /                  r, which routes
#	c  10.0.2.1 tap0 ==== tapc       10.0.2.254 /
#
# ==== is a tuncat: the cable between two devices in two namespaces. a and b
# are neighbours by the bridge br0, c is reached through r.
# Needs no root where user namespaces are permitted.

. "$(dirname "$0")/common.sh"
need tunctl tuncat ip ping nsenter
own_world "$@"

# A host is a network namespace.
for host in a b c r; do
	ip netns add $host && ip -n $host link set lo up || exit
done
ip -n r link add br0 type bridge && ip -n r link set br0 up || exit

# All devices at once; NETNS/DEV is a device in a namespace. --quiet-link: no
# IPv6 chatter in what we look at.
tunctl --batch - <<END || exit
--up --quiet-link a/tap0 b/tap0 c/tap0 r/tapc
--up --quiet-link --master br0 r/tapa r/tapb
END

# The cables. tuncat gives up root once it has opened both ends. One of them
# tells what passes; -w FILE would keep it for Wireshark.
background tuncat a/tap0 r/tapa </dev/null
background tuncat b/tap0 r/tapb </dev/null
background tuncat -F text c/tap0 r/tapc </dev/null >$WORK/frames
for port in "a tap0" "b tap0" "c tap0" "r tapa" "r tapb" "r tapc"; do
	# shellcheck disable=SC2086
	wait_for has_carrier $port
done

ip -n a address add 10.0.1.1/24 dev tap0
ip -n b address add 10.0.1.2/24 dev tap0
ip -n c address add 10.0.2.1/24 dev tap0
ip -n r address add 10.0.1.254/24 dev br0
ip -n r address add 10.0.2.254/24 dev tapc
ip -n a route add default via 10.0.1.254
ip -n c route add default via 10.0.2.254
on r sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'

echo "a to b, by the switch: TTL 64"
show on a ping -c 2 -i 0.2 -w 10 10.0.1.2 || exit
echo
echo "a to c, by the router: TTL 63"
show on a ping -c 2 -i 0.2 -w 10 10.0.2.1 || exit

echo
echo "What passed between r and c:"
cat $WORK/frames
