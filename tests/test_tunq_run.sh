#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunq run: descriptors, environment, substitutions and the ways to fail.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/queues.sh"

tearDown() {
	cleanup
}

# traffic DEV: flows enough that every queue gets some of them
traffic() {
	ip addr replace 10.9.0.1/24 dev "$1"
	ip link set "$1" up
	ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev "$1"
	bash -c 'for port in {1..200}; do
		echo x >/dev/udp/10.9.0.2/$port
	done'
}

# consume EXPECTED TUNQ-ARGUMENTS...: one frame from each descriptor
consume() {
	expected=$1
	shift
	spawn "$TUNQ" run "$@" >"$TMP/consumer"
	wait_for grep -q ready "$TMP/consumer"
	traffic tq0
	wait_exit "$PID"
	assertEquals "$(cat "$TMP/consumer")" 0 $?
	assertEquals "$expected" \
		"$(sed 1d "$TMP/consumer" | cut -d ' ' -f 1 | xargs)"
	assertNotContains "$(cat "$TMP/consumer")" none
}

test_frames_on_every_descriptor() {
	requires tun bash || return 0
	multi_queue_tap tq0
	consume "3 4 5 6" -n 4 tq0 -- "$CONSUMER" '{fds}'
}

test_listen_fds() {
	requires tun bash || return 0
	multi_queue_tap tq0
	consume "3 4" -n 2 tq0 -- "$CONSUMER"
}

# libsystemd's own reading of what the command gets.
test_libsystemd_finds_the_queues() {
	requires tun python3 || return 0
	python3 -c 'import ctypes; ctypes.CDLL("libsystemd.so.0")' 2>/dev/null || {
		skip "libsystemd is not installed"
		return 0
	}
	cat >"$TMP/consumer.py" <<-'END'
	import ctypes, fcntl
	systemd = ctypes.CDLL("libsystemd.so.0")
	names = ctypes.POINTER(ctypes.c_char_p)()
	count = systemd.sd_listen_fds_with_names(1, ctypes.byref(names))
	print(count, *(names[i].decode() for i in range(max(count, 0))))
	for fd in range(3, 3 + count):
	    print(fd, systemd.sd_is_special(fd, b"/dev/net/tun"),
	          fcntl.fcntl(fd, fcntl.F_GETFD) & fcntl.FD_CLOEXEC)
	print(systemd.sd_listen_fds(0))
	END
	multi_queue_tap tq0
	assert_run 0 "$TUNQ" run -n 2 tq0 -- python3 "$TMP/consumer.py"
	assertEquals "2 tq0 tq0
3 1 1
4 1 1
0" "$OUT"
	# For a child of the command they are not meant.
	assert_run 0 "$TUNQ" run -n 2 tq0 -- sh -c "python3 '$TMP/consumer.py'; :"
	assertEquals "0
0" "$OUT"
}

test_substitution() {
	requires tun || return 0
	multi_queue_tap tq0
	assert_run 0 "$TUNQ" run -n 3 tq0 -- printf '%s\n' '{fds}' \
		'id=n,fds={fds},x' '{fd0} {fd2} {n}' '{{fds} {{n} {{fd1}' \
		'${n}' '{}' '{fd}' '{fdx}' '{dev}' '{"a":{"n":1}}' '{{' ''
	# shellcheck disable=SC2016
	assertEquals '3:4:5
id=n,fds=3:4:5,x
3 5 3
{fds} {n} {fd1}
${n}
{}
{fd}
{fdx}
{dev}
{"a":{"n":1}}
{{
' "$OUT
"
	assert_run 2 "$TUNQ" run -n 3 tq0 -- echo '{fd3}'
	assertEquals "tunq: {fd3}: there are 3 queues, from {fd0} to {fd2}" \
		"$ERR"
	assert_run 2 "$TUNQ" run tq0 -- echo '{fd18446744073709551616}'
}

test_environment() {
	requires tun || return 0
	multi_queue_tap tq0
	# shellcheck disable=SC2016
	assert_run 0 "$TUNQ" run -n 2 --vnet-hdr tq0 -- sh -c '
		echo "$TUNQ_DEV $TUNQ_FDS $TUNQ_FLAGS"
		echo "$LISTEN_FDS $LISTEN_FDNAMES"
		[ "$LISTEN_PID" = $$ ] && echo mine'
	assertEquals "tq0 3:4 tap,multi_queue,vnet_hdr
2 tq0:tq0
mine" "$OUT"
	# shellcheck disable=SC2016
	assert_run 0 "$TUNQ" run --create --tun --pi tq9 -- \
		sh -c 'echo $TUNQ_FLAGS'
	assertEquals tun,pi "$OUT"
}

# The command's descriptors 3 to 9 and what they are, found without a fork,
# which would open some.
open_in_command() {
	# shellcheck disable=SC2016
	"$TUNQ" run "$@" -- sh -c 'for fd in 3 4 5 6 7 8 9; do
		[ -e /proc/self/fd/$fd ] || continue
		[ /proc/self/fd/$fd -ef /dev/net/tun ] && echo $fd tun ||
			echo $fd file
	done'
}

test_nothing_else_is_inherited() {
	requires tun || return 0
	multi_queue_tap tq0
	assertEquals "3 tun
4 tun" "$(open_in_command -n 2 tq0)"
}

test_inherited_descriptors_stay() {
	requires tun || return 0
	multi_queue_tap tq0
	: >"$TMP/file"
	assertEquals "4 file
5 tun
6 tun" "$(open_in_command -n 2 tq0 4<"$TMP/file" 2>"$TMP/err")"
	assertContains "$(cat "$TMP/err")" "LISTEN_FDS is not set"
	assertEquals "3 tun
4 tun
5 file" "$(open_in_command -n 2 tq0 5<"$TMP/file" 2>"$TMP/err")"
	assertEquals "" "$(cat "$TMP/err")"
	# An old value would be wrong for descriptors that begin elsewhere.
	# shellcheck disable=SC2016
	assertEquals "4 none" "$(LISTEN_FDS=9 "$TUNQ" run -q tq0 -- \
		sh -c 'echo "$TUNQ_FDS ${LISTEN_FDS-none}"' 3<"$TMP/file")"
}

test_closed_standard_descriptors_get_no_queue() {
	requires tun || return 0
	multi_queue_tap tq0
	assertEquals "null" "$("$TUNQ" run tq0 -- sh -c \
		'basename $(readlink /proc/$$/fd/0)' 0<&-)"
}

test_becomes_the_command() {
	requires tun || return 0
	multi_queue_tap tq0
	assert_run 7 "$TUNQ" run tq0 sh -c 'exit 7'
	spawn "$TUNQ" run tq0 -- sleep 60
	wait_for grep -q sleep "/proc/$PID/comm"
	kill -TERM "$PID"
	wait_exit "$PID"
	assertEquals 143 $?
}

test_credentials_are_the_callers() {
	requires tun || return 0
	multi_queue_tap tq0
	set -- grep -E '^(Uid|Cap...|NoNewPrivs)' /proc/self/status
	assertEquals "$("$@")" "$("$TUNQ" run tq0 -- "$@")"
}

test_command_cannot_be_run() {
	requires tun || return 0
	multi_queue_tap tq0
	: >"$TMP/notexec"
	assert_run 127 "$TUNQ" run tq0 -- no-such-command
	assertEquals "tunq: no-such-command: command not found" "$ERR"
	assert_run 126 "$TUNQ" run tq0 -- "$TMP/notexec"
	assertContains "$ERR" "Permission denied"
	assert_run 2 "$TUNQ" run tq0
	assert_run 2 "$TUNQ" run tq0 --
	assert_run 2 "$TUNQ" run -n 0 tq0 -- true
	assert_run 2 "$TUNQ" run -n 257 tq0 -- true
	assert_run 2 "$TUNQ" run --tun tq0 -- true
}

test_single_queue() {
	requires tun || return 0
	ip tuntap add dev tq1 mode tap
	assert_run 0 "$TUNQ" run tq1 -- echo '{fds}'
	assertEquals 3 "$OUT"
	assert_run 3 "$TUNQ" run -v -n 2 tq1 -- true
	assertContains "$ERR" "is single-queue, and 2 queues were asked"
	assertContains "$ERR" "tunctl -m"
	holder one tq1 1
	assert_run 3 "$TUNQ" run tq1 -- true
	assertContains "$ERR" "$(pid_of one)"
}

test_absent_device() {
	requires tun || return 0
	assert_run 3 "$TUNQ" run tq5 -- echo ran
	assertNotContains "$OUT" ran
	assertTrue "not made by a typo" "device_gone tq5"
	# shellcheck disable=SC2016
	assert_run 0 "$TUNQ" run --create -n 2 'tq%d' -- sh -c \
		'ip -o link show $TUNQ_DEV >/dev/null && echo $TUNQ_DEV $TUNQ_FDS'
	assertEquals "tq0 3:4" "$OUT"
	assertTrue "goes with the command" "device_gone tq0"
	multi_queue_tap tq0
	assert_run 3 "$TUNQ" run --create --tun tq0 -- echo ran
	assertEquals "tunq: tq0: is a tap device, tun was asked" "$ERR"
}

test_layout_of_a_held_device() {
	requires tun || return 0
	multi_queue_tap tq0
	holder one tq0 2 v
	assert_run 3 "$TUNQ" run tq0 -- echo ran
	assertContains "$ERR" "virtio-net header"
	assertNotContains "$OUT" ran
	assert_run 0 "$TUNQ" run --vnet-hdr tq0 -- echo ran
}

test_namespace() {
	requires tun || return 0
	netns_add far
	ip -n far tuntap add dev tq0 mode tap multi_queue
	inode=$(readlink /proc/self/ns/net)
	# shellcheck disable=SC2016
	assert_run 0 "$TUNQ" run -n 2 far/tq0 -- sh -c \
		'readlink /proc/self/ns/net; echo $TUNQ_DEV $TUNQ_FDS'
	assertEquals "$inode
tq0 3:4" "$OUT"
}

. shunit2
