# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the tests of tuncat share: two hosts, h1 and h2, each with a TUN device
# tun0 and a TAP device tap0 that belong together.
#
#	h1			h2
#	tun0 10.1.0.1	<->	tun0 10.1.0.2
#	tap0 10.2.0.1	<->	tap0 10.2.0.2
#
# The links are quiet: a frame passes only when a test sends one.

. "$(dirname "$0")/lib.sh"

PORT=4000

file_requires tun socat ss

setUp() {
	make_hosts || fail "no hosts"
}

tearDown() {
	cleanup
}

# make_device HOST DEV KIND ADDRESS
make_device() {
	ip -n "$1" tuntap add dev "$2" mode "$3" &&
	ip -n "$1" link set "$2" addrgenmode none &&
	ip -n "$1" addr add "$4/24" dev "$2" &&
	ip -n "$1" link set "$2" up
}

make_hosts() {
	netns_add h1 h2 || return
	for n in 1 2; do
		make_device h$n tun0 tun 10.1.0.$n &&
		make_device h$n tap0 tap 10.2.0.$n &&
		ip -n h$n link set tap0 address 02:00:00:00:00:0$n || return
	done
	ip -n h1 neigh add 10.2.0.2 lladdr 02:00:00:00:00:02 dev tap0
	ip -n h2 neigh add 10.2.0.1 lladdr 02:00:00:00:00:01 dev tap0
}

# Of a device KIND the address on host N: address tap 2
address() {
	case $1 in
	tun*) echo 10.1.0.$2 ;;
	tap*) echo 10.2.0.$2 ;;
	esac
}

# send_frames HOST ADDRESS COUNT: that many UDP datagrams, one frame each.
send_frames() {
	for i in $(seq "$3"); do
		echo "frame $i" |
		netns_exec "$1" socat -u - "UDP4-SENDTO:$2:$PORT"
	done
}

listening() {
	netns_exec "$1" ss -Huln "sport = :$PORT" | grep -q .
}

# receive HOST: what datagrams bring goes to $TMP/got.
receive() {
	: >"$TMP/got"
	spawn netns_exec "$1" socat -u "UDP4-RECV:$PORT" \
		"OPEN:$TMP/got,wronly,append"
	wait_for listening "$1"
}

got_lines() {
	[ "$(wc -l <"$TMP/got")" -ge "$1" ]
}

attached() {
	ip -n "${1%/*}" -o link show dev "${1#*/}" | grep -q LOWER_UP
}

# spawn_with STDIN STDOUT COMMAND...: the shell itself would give a command in
# the background /dev/null for its standard input and ignore SIGINT for it.
spawn_with() {
	# shellcheck disable=SC2016
	spawn sh -c 'in=$1 out=$2; shift 2; exec env --default-signal "$@" <"$in" >"$out" 2>"$TMP/stderr"' \
		sh "$@"
}

# start DEV COMMAND...: in the background, until DEV (HOST/DEV) is attached.
start() {
	watched=$1
	shift
	spawn_with /dev/null "$TMP/stdout" "$@"
	wait_for attached "$watched"
}

lines_are() {
	[ "$(wc -l <"$1")" -eq "$2" ]
}

# Frames as tshark sees them, with checksums checked: bad ones are printed.
bad_checksums() {
	tshark -r "$1" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
		-o udp.check_checksum:TRUE -Y 'ip.checksum.status == 0 ||
		tcp.checksum.status == 0 || udp.checksum.status == 0 ||
		_ws.malformed' 2>/dev/null
}

# Of a pcapng capture the devices and directions of frames: "h1/tap0 out 2".
devices_and_directions() {
	tshark -r "$1" -T fields -e frame.interface_name \
		-e frame.packet_flags_direction 2>/dev/null |
	sed -e 's/\t0x0*1$/ in/' -e 's/\t0x0*2$/ out/' | sort | uniq -c |
	awk '{ print $2, $3, $1 }' | paste -sd' '
}

# What a pcapng capture says was dropped on each device.
drops_of() {
	tshark -X 'read_format:MIME Files Format' -r "$1" -V 2>/dev/null |
	sed -n 's/^ *Number of Dropped Packets: //p' | paste -sd' '
}

count_frames() {
	tcpdump -Z root -nr "$1" 2>/dev/null | wc -l
}
