#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Traffic that was recorded once arrives again, as often and as fast as wanted:
#
#	h1 tap0 ==== tuncat -w lab.pcap ==== tap0 h2	the recording
#	lab.pcap ---- tuncat -r lab.pcap --> tap0 h3	the replay
#
# For a capture of your own, say from tcpdump -w, only the last lines matter.
# Needs no root where user namespaces are permitted.

. "$(dirname "$0")/common.sh"
need tunctl tuncat ip ping nsenter
tuncat --help | grep -q -e --speed || skip "this tuncat cannot replay"
own_world "$@"

for host in h1 h2 h3; do
	ip netns add $host || exit
done
tunctl --up --quiet-link h1/tap0 h2/tap0 h3/tap0 || exit
ip -n h1 address add 10.0.0.1/24 dev tap0
ip -n h2 address add 10.0.0.2/24 dev tap0

echo "Five pings, a fifth of a second apart, recorded:"
background tuncat -w $WORK/lab.pcap h1/tap0 h2/tap0 </dev/null
wait_for has_carrier h2 tap0
on h1 ping -q -c 5 -i 0.2 -w 10 10.0.0.2 || exit
kill "$PID"
wait "$PID" 2>/dev/null

received() {
	ip -n h3 -s link show dev tap0 | awk '/RX:/ { getline; print $2 }'
}

# replay OPTION...: into the device of h3, which sees frames from a wire.
replay() {
	before=$(received)
	begin=$(date +%s%N)
	show tuncat -r $WORK/lab.pcap "$@" h3/tap0 || exit
	echo "  $(($(received) - before)) frames in" \
		"$((($(date +%s%N) - begin) / 1000000)) ms"
}

echo
replay				# with the gaps that they had
replay --speed 10		# ten times as fast
replay --speed max --loop 100	# as fast as it goes, a hundred times
