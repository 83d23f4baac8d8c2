# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the tests with programs of others share, on top of tests/lib.sh: two
# hosts, which are network namespaces with a cable between them,
#
#	h1  10.0.0.1 ---- veth0 ---- 10.0.0.2  h2
#
# and traffic between the addresses that a test gives its tunnel, 10.1.0.1 on
# h1 and 10.1.0.2 on h2. A script begins by sourcing this file and ends with
# ". shunit2"; a fork takes 40 ms in the guest.

PROGRAMS=$(cd "$(dirname "$0")" && pwd)
ROOT=${PROGRAMS%/tests/driver/programs}
BUILD=${BUILD:-$ROOT/build}
export BUILD
# shellcheck source=tests/lib.sh
. "$ROOT/tests/lib.sh"
TOP=$ROOT
BINARIES=$BUILD/tests/driver/programs
[ "$TUNKIT_TEST" = root ] || skip_file "needs root"

head -c 1M /dev/urandom >"$TMP/payload"

setUp() {
	rm -f "$TMP"/*.log
	two_hosts || fail "no two hosts"
}

# Everything that runs on a host ends with it, sessions forked by daemons too.
tearDown() {
	for host in /run/netns/*; do
		[ -e "$host" ] || continue
		for pid in $(ip netns pids "${host##*/}"); do
			kill -KILL "$pid" 2>/dev/null
		done
	done
	cleanup
}

# Nothing is sent by itself: no IPv6.
two_hosts() {
	ip netns add h1 && ip netns add h2 &&
	ip link add name veth0 netns h1 type veth peer name veth0 netns h2 ||
		return
	for number in 1 2; do
		netns_exec h$number sh -c \
			'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
		ip -n h$number -batch - <<-END || return
		link set lo up
		address add 10.0.0.$number/24 dev veth0
		link set veth0 up
		END
	done
}

# start NAME HOST COMMAND...: in the background; NAME.log has what it says.
start() {
	log=$TMP/$1.log
	host=$2
	shift 2
	spawn netns_exec "$host" "$@" >"$log" 2>&1 </dev/null
}

# start_here NAME COMMAND...: between the hosts, on neither.
start_here() {
	log=$TMP/$1.log
	shift
	spawn "$@" >"$log" 2>&1 </dev/null
}

# Both ends of the tunnel are up: what comes before that is lost, or taken for
# an error of the device.
tunnel_is_up() {
	for number in 1 2; do
		ip -n h$number -o -4 address show to 10.1.0.0/24 up |
			grep -q . || return
	done
}

# Up, with a process attached.
on_host_running() {
	ip -n "$1" -o link show dev "$2" | grep -q LOWER_UP
}

# give_host N DEV: takes a device over from here, with the tunnel's address.
give_host() {
	ip link set dev "$2" netns "h$1" &&
	ip -n "h$1" address add "10.1.0.$1/24" dev "$2" &&
	ip -n "h$1" link set dev "$2" up
}

show_logs() {
	for log in "$TMP"/*.log; do
		[ ! -s "$log" ] || sed "s|^|# ${log##*/}: |" "$log"
	done
}

# From h1, until three answers came.
ping_passes() {
	netns_exec h1 ping -q -n -c 3 -i 0.2 -w 20 10.1.0.2 >"$TMP/ping.log" 2>&1
}

# A MiB to the other host and back, over TCP.
transfer_passes() {
	start echo h2 socat -t 60 TCP-LISTEN:7000,bind=10.1.0.2 EXEC:cat
	timeout 60 nsenter --net=/run/netns/h1 \
		socat -t 60 - TCP:10.1.0.2:7000,retry=50,interval=0.1 \
		<"$TMP/payload" >"$TMP/back" 2>"$TMP/transfer.log" &&
	cmp "$TMP/payload" "$TMP/back" >>"$TMP/transfer.log" 2>&1
}

# The tunnel's addresses are there, or come.
assert_traffic() {
	if ! wait_for tunnel_is_up; then
		fail "the tunnel does not come up"
	elif ! ping_passes; then
		fail "no answers to ping"
	elif ! transfer_passes; then
		fail "a MiB over TCP did not come back as it was sent"
	else
		return 0
	fi
	show_logs
}
