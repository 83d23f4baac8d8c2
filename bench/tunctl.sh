#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Measures tunctl against iproute2 in one run, interleaved; prints what was
# measured, "BENCHMARK KIND MILLISECONDS", for bench/report. As root; everything
# happens in namespaces of its own.
#
#	bench/tunctl.sh [ROUNDS]
#
# A thousand devices each. What takes iproute2 long is done to a hundred, and
# the time multiplied by ten. What is as quick as iproute2 is measured three
# times a round, in turn, and the figure in the middle counts.

TOP=$(cd "$(dirname "$0")/.." && pwd)
. "$TOP/bench/frames.sh"
TUNCTL=${TUNCTL:-$BUILD/tunctl}
ROUNDS=${1:-7}
MANY=1000
FEW=100

# ---- In a namespace of its own ----------------------------------------------

# names COUNT
names() {
	seq -f b%.0f 0 $(($1 - 1))
}

# timed FACTOR COMMAND...
timed() {
	factor=$1
	shift
	start=${EPOCHREALTIME/[.,]/}
	"$@" >/dev/null 2>&1 || echo "bench: failed: $1 $2" >&2
	end=${EPOCHREALTIME/[.,]/}
	awk -v us=$((end - start)) -v factor="$factor" \
		'BEGIN { printf "%.3f\n", us * factor / 1000 }'
}

create_loop() {
	for name in $NAMES; do
		ip tuntap add "$name" mode tap user nobody || return
	done
}

delete_loop() {
	for name in $NAMES; do
		ip tuntap del "$name" mode tap || return
	done
}

# One process that has a queue of each of a few devices.
hold_few() {
	mkfifo /run/held
	# shellcheck disable=SC2046
	"$FRAMES" hold $(names $FEW) >/run/held &
	HOLDER=$!
	read -r _ </run/held || echo "bench: nobody holds devices" >&2
}

prepare() {
	names $MANY | sed 's/.*/tuntap add & mode tap user nobody/' >/run/add
	names $MANY | sed 's/.*/-u nobody &/' >/run/lines
	names $FEW | sed 's/.*/tuntap del & mode tap/' >/run/del
	NAMES=$(names $MANY)
	case $1 in
	delete-batch | delete-loop)	NAMES=$(names $FEW) ;;
	esac
	case $1 in
	delete-* | list-* | holders-*)
		head -n "$(echo "$NAMES" | wc -l)" /run/add | ip -batch - ;;
	esac
	case $1 in
	holders-*)	hold_few ;;
	esac
}

# measure BENCHMARK-KIND: prints milliseconds
measure() {
	prepare "$1"
	# shellcheck disable=SC2086
	case $1 in
	create-count)	timed 1 "$TUNCTL" --count $MANY -t b%d -u nobody ;;
	create-names)	timed 1 "$TUNCTL" -u nobody $NAMES ;;
	create-lines)	timed 1 "$TUNCTL" --batch /run/lines ;;
	create-batch)	timed 1 ip -batch /run/add ;;
	create-loop)	timed 1 create_loop ;;
	delete-tunctl)	timed 1 "$TUNCTL" -d $NAMES ;;
	delete-batch)	timed $((MANY / FEW)) ip -batch /run/del ;;
	delete-loop)	timed $((MANY / FEW)) delete_loop ;;
	list-tunctl)	timed 1 "$TUNCTL" -l ;;
	list-ip)	timed 1 ip tuntap show ;;
	holders-tunctl)	timed 1 "$TUNCTL" -l -v ;;
	holders-ip)	timed 1 ip -d tuntap show ;;
	esac
}

if [ -n "$TUNKIT_MEASURE" ]; then
	# ip tuntap show looks into the /sys of the namespace.
	mount -t tmpfs tunkit-bench /run && mount -t sysfs sysfs /sys || exit
	measure "$1"
	[ -z "$HOLDER" ] || kill "$HOLDER"
	# A namespace that ends with its devices does so later, and would
	# disturb the next measurement.
	"$TUNCTL" -q -d --force '*' >/dev/null 2>&1
	exit
fi

# ---- The rounds ---------------------------------------------------------------

# say KIND VALUE
say() {
	echo "${1%-*} ${1#*-} $2"
}

# once KIND
once() {
	TUNKIT_MEASURE=1 unshare -nm "$0" "$1"
}

QUICK="create-count create-batch create-names create-lines"
OTHERS="create-loop delete-tunctl delete-batch delete-loop list-tunctl list-ip
	holders-tunctl holders-ip"

build_frames || exit
for _ in $(seq "$ROUNDS"); do
	unset values
	declare -A values
	for _ in 1 2 3; do
		for what in $QUICK; do
			values[$what]+=$(once "$what")$'\n' || exit
		done
	done
	for what in $QUICK; do
		say "$what" "$(echo -n "${values[$what]}" | sort -n | sed -n 2p)"
	done
	for what in $OTHERS; do
		value=$(once "$what") || exit
		say "$what" "$value"
	done
done
