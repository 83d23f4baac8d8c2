#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One ordinary run of each tool under valgrind: no error, no leak.

. "$(dirname "$0")/lib.sh"

RUN_TIMEOUT=60

tearDown() {
	cleanup
}

ready() {
	requires tun valgrind || return
	! grep -q __asan_init "$TUNCTL" || {
		skip "the tools are built with AddressSanitizer"
		return 1
	}
}

# checked STATUS COMMAND...
checked() {
	status=$1
	shift
	assert_run "$status" valgrind -q --vgdb=no --error-exitcode=99 \
		--leak-check=full --show-leak-kinds=definite,possible "$@"
	assertEquals "$*" "" "$(grep '^==' "$TMP/err")"
}

sends_frames() {
	ip addr add 10.0.0.1/24 dev "$1"
	spawn ping -q -i 0.2 10.0.0.2 >/dev/null 2>&1
}

test_tunctl() {
	ready || return 0
	checked 0 "$TUNCTL" --up --count 3 lab%d
	checked 0 "$TUNCTL" -l -v --json
	checked 0 "$TUNCTL" -l 'lab*'
	printf '%s\n' '--mtu 1400 lab0' '-t "lab0"' |
		"$TUNCTL" --batch - >/dev/null
	checked 3 "$TUNCTL" --strict lab0
	checked 2 "$TUNCTL" a/b/
	checked 0 "$TUNCTL" -d 'lab*'
}

test_tuncat_dump() {
	ready || return 0
	"$TUNCTL" --up --quiet-link tap0 >/dev/null
	sends_frames tap0
	for format in text raw hex len16 len32 pcap; do
		checked 0 "$TUNCAT" -F $format -c 2 -W 30 tap0
	done
}

test_tuncat_sniff_filter_and_progress() {
	ready || return 0
	"$TUNCTL" --up --quiet-link tap0 >/dev/null
	sends_frames tap0
	spawn "$TUNCAT" -F raw tap0 >/dev/null
	wait_for has_carrier tap0
	set -- --sniff --progress -v -F text -c 2 -W 30
	case $("$TUNCAT" -f ip lo 2>&1) in
	*"built without libpcap"*) ;;
	*) set -- "$@" -f 'arp or icmp' ;;
	esac
	checked 0 "$TUNCAT" "$@" tap0
}

test_tuncat_exec() {
	ready || return 0
	"$TUNCTL" --up --quiet-link tap0 >/dev/null
	checked 0 "$TUNCAT" -F len16 tap0 --exec printf '\0\1x'
}

test_tuncat_gso() {
	ready || return 0
	"$TUNCTL" --up --quiet-link tap0 >/dev/null
	checked 0 "$TUNCAT" --gso -q 0 tap0 --exec printf \
		'\211TKGSO\r\n\1\2\0\0\157\0\0\0'
}

test_tuncat_inject() {
	ready || return 0
	"$TUNCTL" --up --quiet-link tap0 >/dev/null
	printf '\0\016\377\377\377\377\377\377\2\0\0\0\0\1\210\265' >"$TMP/frame"
	checked 0 sh -c 'exec "$1" -F len16 -S tap0 <"$2"' sh "$TUNCAT" "$TMP/frame"
}

test_tuncat_bridge() {
	ready || return 0
	"$TUNCTL" --up --quiet-link tap0 tap1 >/dev/null
	sends_frames tap0
	checked 0 "$TUNCAT" -F text -c 2 -W 30 tap0 tap1
}

test_tunq() {
	ready || return 0
	"$TUNCTL" -m --up tap0 >/dev/null
	checked 0 "$TUNQ" run -n 2 tap0 -- true
	spawn "$TUNQ" run -n 3 tap0 -- sleep 100
	wait_for has_carrier tap0
	checked 0 "$TUNQ" list tap0
	checked 0 "$TUNQ" list --json tap0
	checked 1 "$TUNQ" pass --timeout 1s --socket "$TMP/queues" tap0
	spawn "$TUNQ" pass -n 2 --socket "$TMP/queues" tap0
	wait_for test -S "$TMP/queues"
	checked 0 "$TUNQ" receive --socket "$TMP/queues" -- true
	# Not "set": this valgrind may lack pidfd_open().
}

. shunit2
