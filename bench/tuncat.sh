#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Measures tuncat against its peers in one run, interleaved; prints medians
# and ratios. As root; everything happens in namespaces of its own.
#
#	bench/tuncat.sh bridge [ROUNDS [SECONDS]]	TCP through a bridge
#	bench/tuncat.sh tunnel [ROUNDS [SECONDS]]	TCP through two tuncats
#	bench/tuncat.sh pipe [ROUNDS [SECONDS]]		a device into a pipe
#
# PIN=1 puts the sender of pipe on one CPU and the readers on the next, WAYS is
# how it sends: qdisc, bypass. KINDS are the ways to measure, of those that a
# benchmark has. RAW=1 prints what was measured, "BENCHMARK KIND VALUE CPU", for
# bench/report.

TOP=$(cd "$(dirname "$0")/.." && pwd)
. "$TOP/bench/frames.sh"
TUNCAT=${TUNCAT:-$BUILD/tuncat}
WHAT=$1
ROUNDS=${2:-7}
SECONDS_EACH=${3:-1}

if [ -z "$TUNKIT_BENCH" ]; then
	build_frames || exit
	TUNKIT_BENCH=1 exec unshare -nm "$0" "$@"
fi
mount -t tmpfs tunkit-bench /run && mkdir /run/netns || exit

# report BENCHMARK BASE TITLE: lines "KIND VALUE CPU" to medians; the ratio is
# to the kind BASE.
report() {
	if [ -n "$RAW" ]; then
		sed "s/^/$1 /"
	else
		echo "$3"
		medians "$2"
	fi
}

medians() {
	awk -v base="$1" '
	{ n[$1]++; value[$1, n[$1]] = $2; cpu[$1, n[$1]] = $3 }
	function median(list, kind,   i, j, swap) {
		for (i = 1; i < n[kind]; i++)
			for (j = i + 1; j <= n[kind]; j++)
				if (list[kind, j] < list[kind, i]) {
					swap = list[kind, i]
					list[kind, i] = list[kind, j]
					list[kind, j] = swap
				}
		return list[kind, int((n[kind] + 1) / 2)]
	}
	END {
		for (kind in n)
			printf "%-8s %12.3f %6.2fx %8.2f\n", kind,
				m = median(value, kind),
				m / median(value, base), median(cpu, kind)
	}' | sort
}

# Seconds of CPU time that a process has used.
cpu_of() {
	awk '{ print ($14 + $15) / 100 }' "/proc/$1/stat"
}

end() {
	kill "$1" && wait "$1"
} 2>/dev/null

# ---- TCP through a bridge ---------------------------------------------------

make_tun() {
	for n in 1 2; do
		# shellcheck disable=SC2086
		ip -n h$n tuntap add dev tun0 mode tun $1
		ip -n h$n addr add 10.1.0.$n/24 dev tun0
		ip -n h$n link set tun0 up
	done
}

# Devices that another queue holds keep their layout: tuncat goes plain.
start_plain() {
	make_tun multi_queue
	mkfifo /run/hold
	"$TUNCAT" --quiet -S h1/tun0 <>/run/hold &
	holder=$!
	sleep 0.2
	"$TUNCAT" --quiet h1/tun0 h2/tun0 &
	PID=$!
	sleep 0.2
	end $holder
	rm /run/hold
}

start_bridge() {
	PID=
	case $1 in
	socat)
		ip netns exec h1 socat \
			TUN:10.1.0.1/24,tun-name=tun0,iff-no-pi,iff-up \
			TUN:10.1.9.2/24,tun-name=tun9,iff-no-pi,iff-up &
		PID=$!
		sleep 0.3
		ip -n h1 link set tun9 netns h2 name tun0
		ip -n h2 addr add 10.1.0.2/24 dev tun0
		ip -n h2 link set tun0 up ;;
	loop)
		ip tuntap add dev tun0 mode tun
		ip tuntap add dev tun1 mode tun
		"$FRAMES" join tun0 tun1 &
		PID=$!
		sleep 0.2
		ip link set tun0 netns h1
		ip link set tun1 netns h2 name tun0
		for n in 1 2; do
			ip -n h$n addr add 10.1.0.$n/24 dev tun0
			ip -n h$n link set tun0 up
		done ;;
	offload)
		make_tun
		"$TUNCAT" --quiet h1/tun0 h2/tun0 &
		PID=$! ;;
	plain)
		start_plain ;;
	veth)
		ip -n h1 link add tun0 type veth peer tun0 netns h2
		for n in 1 2; do
			ip -n h$n addr add 10.1.0.$n/24 dev tun0
			ip -n h$n link set tun0 up
		done ;;
	esac
	sleep 0.3
}

# measure_tcp KIND [PID...]: bulk from h1 to h2, the CPU time of all of them.
measure_tcp() {
	ip netns exec h2 iperf3 -s -1 >/dev/null 2>&1 &
	server=$!
	sleep 0.3
	result=$(ip netns exec h1 timeout "$((SECONDS_EACH + 5))" \
		iperf3 -c 10.1.0.2 -t "$SECONDS_EACH" -J)
	cpu=0
	for pid in "${@:2}"; do
		cpu=$(echo "$cpu $(cpu_of "$pid")" | awk '{ print $1 + $2 }')
	done
	echo "$result" | jq -r --arg kind "$1" --arg cpu "$cpu" '
		.end.sum_received | "\($kind) \(.bits_per_second / 1e9) \(
		($cpu | tonumber) / (.bytes / 1e9 + 1e-9))"'
	for pid in "${@:2}" $server; do
		end "$pid"
	done
	ip -n h1 link del tun0 2>/dev/null
	ip -n h2 link del tun0 2>/dev/null
}

measure_bridge() {
	start_bridge "$1"
	# shellcheck disable=SC2086
	measure_tcp "$1" $PID
}

bench_bridge() {
	ip netns add h1 && ip netns add h2 || exit
	for _ in $(seq "$ROUNDS"); do
		for kind in ${KINDS:-socat loop plain offload veth}; do
			measure_bridge "$kind"
		done
	done | report bridge socat \
		"TCP, one stream, MTU 1500: Gbit/s, to socat, CPU s/GB"
}

# ---- TCP through two tuncats, as over ssh ------------------------------------

measure_tunnel() {
	make_tun
	mkfifo /run/there /run/back
	"$TUNCAT" --quiet -F "$1" h1/tun0 </run/back >/run/there &
	PID=$!
	"$TUNCAT" --quiet -F "$1" h2/tun0 >/run/back </run/there &
	PEER=$!
	sleep 0.5
	rm /run/there /run/back
	measure_tcp "$1" $PID $PEER
}

bench_tunnel() {
	ip netns add h1 && ip netns add h2 || exit
	for _ in $(seq "$ROUNDS"); do
		for kind in ${KINDS:-len16 raw gso}; do
			measure_tunnel "$kind"
		done
	done | report tunnel len16 \
		"TCP, one stream, MTU 1500, a pipe each way: Gbit/s, to len16, CPU s/GB of both"
}

# ---- A device into a pipe ---------------------------------------------------

pinned() {
	cpu=$1
	shift
	[ -z "$PIN" ] || taskset -pc "$cpu" $BASHPID >/dev/null
	exec "$@"
}

# check_flood KIND: a sender that loses nothing has measured itself.
check_flood() {
	awk -v kind="$1" '$2 * 1000 < $1 {
		printf "bench: %s takes all but %d of %d frames: " \
			"its rate is that of the sender\n", kind, $2, $1
	}' /run/sent >&2
}

# measure_pipe KIND BYTES WAY
measure_pipe() {
	unit=$(($2 + 2))
	pinned 1 "$FRAMES" count </run/pipe >/run/count &
	counter=$!
	case $1 in
	loop)
		unit=$2
		pinned 1 "$FRAMES" loop tap0 >/run/pipe & ;;
	tuncat)
		pinned 1 "$TUNCAT" --quiet -R -F len16 tap0 >/run/pipe & ;;
	socat)
		unit=$2
		pinned 1 socat -u TUN,tun-name=tap0,tun-type=tap,iff-no-pi \
			STDOUT >/run/pipe & ;;
	esac
	PID=$!
	sleep 0.3
	(pinned 0 "$FRAMES" send tap0 "$2" "$SECONDS_EACH" "$3") >/run/sent
	cpu=$(cpu_of $PID)
	end $PID
	wait $counter
	[ "$3" = qdisc ] || check_flood "$1"
	awk -v kind="$1" -v unit="$unit" -v cpu="$cpu" -v time="$SECONDS_EACH" '
		{ n = $1 / unit
		  printf "%s %.3f %.3f\n", kind, n / time / 1000,
			cpu * 1e6 / (n + 1) }' /run/count
}

bench_pipe() {
	mkfifo /run/pipe
	ip tuntap add dev tap0 mode tap
	ip link set tap0 addrgenmode none
	ip link set tap0 up
	for bytes in 64 1500; do
		for way in ${WAYS:-qdisc bypass}; do
			for _ in $(seq "$ROUNDS"); do
				for kind in ${KINDS:-loop tuncat socat}; do
					measure_pipe "$kind" $bytes "$way"
				done
			done | report "pipe-$bytes-$way" loop \
				"$bytes bytes $way: kframes/s, to a read/write loop, CPU us/frame"
		done
	done
}

case $WHAT in
bridge | tunnel | pipe)
	bench_"$WHAT" ;;
*)
	sed -n 's/^#	//p' "$0"
	exit 2 ;;
esac
