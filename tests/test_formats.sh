#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# The formats as the programs of others see them.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

HELPER=$BUILD/tests/helper_stream

oneTimeSetUp() {
	# Three packets of 28, 84 and 1500 bytes, and the same behind Ethernet.
	for len in 28 84 1500; do
		packet $len >>"$TMP/tun.raw"
		{
			frame_length $((len + 14))
			printf '\002\0\0\0\0\002\002\0\0\0\0\001\010\0'
			packet $len
		} >>"$TMP/tap.len16"
	done
	"$HELPER" raw len16 tun <"$TMP/tun.raw" >"$TMP/tun.len16"
}

octal() {
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %03o "$1")"
}

frame_length() {
	octal $(($1 / 256))
	octal $(($1 % 256))
}

# packet LENGTH: IPv4, UDP, a payload that looks like hex
packet() {
	printf 'E\0'
	frame_length "$1"
	printf '\0\0\0\0\100\021\0\0\012\0\0\001\012\0\0\002'
	printf '\020\0\020\0'
	frame_length $(($1 - 20))
	printf '\0\0'
	head -c $(($1 - 28)) /dev/zero | tr '\0' a
}

# same_frames CAPTURE KIND: they are those of KIND.len16.
same_frames() {
	"$HELPER" pcap len16 "$2" <"$1" >"$TMP/back" || return
	cmp "$TMP/back" "$TMP/$2.len16"
}

test_text2pcap() {
	requires text2pcap || return 0
	for row in "tap 1" "tun 101"; do
		kind=${row% *}
		"$HELPER" len16 hex "$kind" <"$TMP/$kind.len16" >"$TMP/hex"
		assert_run 0 text2pcap -q -F pcap -l "${row#* }" \
			"$TMP/hex" "$TMP/capture"
		assertTrue "$kind" "same_frames $TMP/capture $kind"
	done
}

test_tcpdump_reads() {
	requires tcpdump || return 0
	for row in "tap :EN10MB" "tun :RAW" "tun pi:LINUX_SLL"; do
		options=${row%:*}
		# shellcheck disable=SC2086 # two words
		to_capture $options
		run tcpdump -nt -r "$TMP/capture"
		assertEquals "$options" 0 "$STATUS"
		assertContains "$options" "$ERR" "${row#*:}"
		assertEquals "$options" \
			"IP 10.0.0.1.4096 > 10.0.0.2.4096: UDP, length 1472" \
			"$(echo "$OUT" | tail -1)"
		assertEquals "$options" 3 "$(echo "$OUT" | wc -l)"
	done
}

# to_capture KIND [pi]
to_capture() {
	"$HELPER" len16 pcap "$1" <"$TMP/$1.len16" >"$TMP/capture"
	[ -z "$2" ] || {
		"$HELPER" pcap raw "$1" <"$TMP/capture" >"$TMP/raw"
		# PI before each packet
		add_pi >"$TMP/raw.pi"
		"$HELPER" raw pcap "$1" pi <"$TMP/raw.pi" >"$TMP/capture"
	}
}

add_pi() {
	for len in 28 84 1500; do
		printf '\0\0\010\0'
		packet "$len"
	done
}

test_tshark_reads() {
	requires tshark || return 0
	for options in tap tun "tun pi"; do
		# shellcheck disable=SC2086 # two words
		to_capture $options
		run tshark -r "$TMP/capture" -T fields -e frame.len -e udp.length
		assertEquals "$options: $ERR" 0 "$STATUS"
		assertEquals "$options" "8 64 1480" \
			"$(echo "$OUT" | cut -f2 | xargs)"
	done
}

# What tcpdump writes and prints, read by us.
test_tcpdump_writes() {
	requires tcpdump || return 0
	for kind in tap tun; do
		to_capture "$kind"
		for option in --nano --micro; do
			tcpdump "$option" -r "$TMP/capture" -w "$TMP/theirs" \
				2>/dev/null
			assertTrue "$kind $option" "same_frames $TMP/theirs $kind"
		done
		for option in -xx -XX; do
			tcpdump "$option" -r "$TMP/capture" >"$TMP/hex" 2>/dev/null
			"$HELPER" hex len16 "$kind" <"$TMP/hex" >"$TMP/back"
			assertTrue "$kind $option" "cmp $TMP/back $TMP/$kind.len16"
		done
	done
}

test_dumps_of_others() {
	packet 84 >"$TMP/packet"
	{ frame_length 84; cat "$TMP/packet"; } >"$TMP/expected"
	for dump in "od -Ax -tx1 -v" "hexdump -C -v" "xxd" "xxd -g1" "xxd -u"; do
		requires "${dump%% *}" || continue
		$dump "$TMP/packet" | "$HELPER" hex len16 tun >"$TMP/back"
		assertTrue "$dump" "cmp $TMP/back $TMP/expected"
	done
}

test_pcapng_is_refused() {
	requires editcap || return 0
	to_capture tap
	editcap -F pcapng "$TMP/capture" "$TMP/capture.ng"
	"$HELPER" pcap raw tap <"$TMP/capture.ng" >"$TMP/out" 2>"$TMP/err"
	assertContains "$(cat "$TMP/err")" "editcap -F pcap"
}

# dpipe joins us with ourselves; what one end writes the other reads.
test_dpipe() {
	requires dpipe || return 0
	cat >"$TMP/read" <<-END
		#!/bin/sh
		exec "$HELPER" len16 len16 tap >"$TMP/back"
	END
	chmod +x "$TMP/read"
	assert_run 0 dpipe cat "$TMP/tap.len16" = "$TMP/read"
	assertTrue "wait_for cmp $TMP/back $TMP/tap.len16"
}

# Through a switch of vde and its plugs, which frame on their own.
test_vde_plug() {
	requires vde_switch vde_plug || return 0
	mkdir "$TMP/vde"
	# Its console must not end.
	mkfifo "$TMP/vde/console"
	exec 7<>"$TMP/vde/console"
	spawn sh -c "exec vde_switch -hub -s $TMP/vde/s <$TMP/vde/console >/dev/null"
	wait_for test -e "$TMP/vde/s/ctl"
	mkfifo "$TMP/vde/hold"
	spawn sh -c "exec vde_plug $TMP/vde/s <$TMP/vde/hold >$TMP/vde/out"
	exec 8>"$TMP/vde/hold"
	mkfifo "$TMP/vde/in"
	spawn sh -c "exec vde_plug $TMP/vde/s <$TMP/vde/in >/dev/null"
	exec 9>"$TMP/vde/in"
	# The plugs join in their own time: send until something arrives.
	assertTrue "frames pass" "wait_for send_until_there"
	"$HELPER" len16 len16 tap <"$TMP/vde/out" >"$TMP/back" 2>/dev/null
	head -c "$(wc -c <"$TMP/tap.len16")" "$TMP/back" | cmp - "$TMP/tap.len16"
	assertEquals 0 $?
	exec 7>&- 8>&- 9>&-
}

send_until_there() {
	"$HELPER" len16 len16 tap <"$TMP/tap.len16" >&9
	[ "$(wc -c <"$TMP/vde/out")" -ge "$(wc -c <"$TMP/tap.len16")" ]
}

tearDown() {
	cleanup
}

. shunit2
