#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# tunq pass and receive: queues through a UNIX socket, and who gets them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/queues.sh"

SOCKET=$TMP/queues

# Not as_user: a function cannot be run in a time limit.
AS_ALICE="setpriv --reuid $ALICE --regid $ALICE --clear-groups --inh-caps=-all"
AS_BOB="setpriv --reuid $BOB --regid $BOB --clear-groups"

tearDown() {
	cleanup
	rm -rf "$SOCKET"
}

# pass ARGUMENT...: waits at $SOCKET when it returns; PID
pass() {
	spawn "$TUNQ" pass --socket "$SOCKET" "$@" 2>"$TMP/pass.err"
	wait_for test -S "$SOCKET" || cat "$TMP/pass.err"
}

# receive COMMAND...: as a client; sets STATUS, OUT and ERR
receive() {
	run "$TUNQ" receive --socket "$SOCKET" -- "$@"
}

# Nothing of it may be left in the folder, whatever name it had.
assert_no_socket() {
	assertEquals "$1" "" "$(find "$TMP" -type s)"
}

# helper_fd MODE: python plays QEMU, with a socketpair and "--fd=N --br=NAME"
as_qemu() {
	python3 - "$@" <<-'END'
	import array, os, socket, subprocess, sys
	ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
	os.set_inheritable(its.fileno(), True)
	command = sys.argv[1:] + ["--use-vnet", f"--fd={its.fileno()}",
	                          "--br=br0"]
	status = subprocess.call(command, close_fds=False)
	its.close()
	while True:
	    fds = array.array("i")
	    data, extra, flags, _ = ours.recvmsg(16, 1024)
	    if not data:
	        break
	    for level, kind, content in extra:
	        assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
	        fds.frombytes(content)
	    info = open(f"/proc/self/fdinfo/{fds[0]}").read().split("\n")
	    print(repr(data), len(fds), [l for l in info if "iff" in l])
	print("status", status)
	END
}

test_queues_reach_the_command() {
	requires tun jq bash || return 0
	multi_queue_tap tq0
	pass -n 3 tq0
	server=$PID
	# shellcheck disable=SC2016
	receive sh -c 'echo $TUNQ_DEV $TUNQ_FDS $LISTEN_FDS $TUNQ_FLAGS "$@"' \
		sh '{fds}' '{n}'
	assertEquals "$ERR" 0 "$STATUS"
	assertEquals "tq0 3:4:5 3 tap,multi_queue 3:4:5 3" "$OUT"
	wait_exit "$server"
	assertEquals "it ends when it has served" 0 $?
	assert_no_socket "after that"
	wait_for has_queues tq0 "0 0"
	assertEquals "it goes with its client" "0 0" "$(queues tq0)"
}

test_frames_on_received_queues() {
	requires tun jq bash || return 0
	multi_queue_tap tq0
	ip link set tq0 addrgenmode none up
	ip addr add 10.9.0.1/24 dev tq0
	ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev tq0
	pass -n 2 tq0
	# What came before there was a client is not for the client.
	bash -c 'for port in {1..50}; do echo stale >/dev/udp/10.9.0.2/$port; done'
	spawn "$TUNQ" receive --socket "$SOCKET" -- "$CONSUMER" '{fds}' \
		>"$TMP/consumer"
	wait_for grep -q ready "$TMP/consumer"
	assertEquals "ready" "$(cat "$TMP/consumer")"
	bash -c 'for port in {1..200}; do
		echo a longer text >/dev/udp/10.9.0.2/$port; done'
	wait_exit "$PID"
	assertEquals "$(cat "$TMP/consumer")" 0 $?
	assertEquals "ready
3 56
4 56" "$(cat "$TMP/consumer")"
}

# The descriptors block, and nothing was left to be closed by the command.
test_descriptors_are_as_those_of_run() {
	requires tun || return 0
	multi_queue_tap tq0
	# shellcheck disable=SC2016
	look='sed -n "s/^flags:[[:space:]]*//p" /proc/$$/fdinfo/3
		for fd in 3 4 5 6 7 8 9; do
			[ ! -e /proc/$$/fd/$fd ] || echo $fd
		done; :'
	pass -n 2 tq0
	receive sh -c "$look"
	assertEquals "$("$TUNQ" run -n 2 tq0 -- sh -c "$look")" "$OUT"
}

test_socket_is_private() {
	requires tun || return 0
	multi_queue_tap tq0
	(umask 000 && exec "$TUNQ" pass --timeout 20 --socket "$SOCKET" tq0) &
	SPAWNED="$SPAWNED $!"
	wait_for test -S "$SOCKET"
	assertEquals 600 "$(stat -c %a "$SOCKET")"
}

test_message_is_that_of_qemus_helper() {
	requires tun python3 || return 0
	ip tuntap add dev tq1 mode tap vnet_hdr
	assertEquals "b'\\x00' 1 ['iff:\\ttq1']
status 0" "$(as_qemu "$TUNQ" pass tq1)"
	multi_queue_tap tq0
	assertEquals "b'\\x00' 1 ['iff:\\ttq0']
b'\\x00' 1 ['iff:\\ttq0']
status 0" "$(as_qemu "$TUNQ" pass -n 2 tq0)"
	assertEquals "a failure gives nothing" "status 3" \
		"$(as_qemu "$TUNQ" pass absent 2>/dev/null)"
}

test_wrong_descriptor() {
	requires tun || return 0
	multi_queue_tap tq0
	assert_run 2 "$TUNQ" pass --fd 99 tq0
	assertContains "$ERR" "not a UNIX socket"
	assert_run 2 "$TUNQ" pass --fd 0 tq0
}

test_usage() {
	assert_run 2 "$TUNQ" pass tq0
	assertContains "$ERR" "--socket and --fd"
	assert_run 2 "$TUNQ" pass --socket "$SOCKET"
	assert_run 2 "$TUNQ" pass --fd 3 --socket "$SOCKET" tq0
	assertContains "$ERR" "--socket and --fd exclude each other"
	assert_run 2 "$TUNQ" pass --socket "$SOCKET" tq0 tq1
	assert_run 2 "$TUNQ" pass --tun --socket "$SOCKET" tq0
	assert_run 2 "$TUNQ" pass --socket "$SOCKET" --timeout soon tq0
	assert_run 2 "$TUNQ" pass --socket "$SOCKET" -U nosuch tq0
	assert_run 2 "$TUNQ" receive --socket "$SOCKET"
	assert_run 2 "$TUNQ" receive true
	assert_no_socket "nothing was made"
}

test_long_path_is_refused() {
	requires tun || return 0
	multi_queue_tap tq0
	long=$(printf '%0120d' 0)
	assert_run 2 "$TUNQ" pass --socket "$TMP/$long" tq0
	assertContains "$ERR" "1 to 107 bytes"
	assert_run 2 "$TUNQ" pass --socket "" tq0
	assert_run 2 "$TUNQ" receive --socket "$TMP/$long" true
}

test_gone_on_every_way_out() {
	requires tun || return 0
	multi_queue_tap tq0
	for signal in TERM INT HUP; do
		pass tq0
		kill -"$signal" "$PID"
		wait_exit "$PID"
		assertEquals "$signal ends it" "$(number_of "$signal")" $?
		assert_no_socket "after $signal"
	done
	assert_run 1 "$TUNQ" pass --timeout 200ms --socket "$SOCKET" tq0
	assertContains "$ERR" "in time"
	assert_no_socket "after the timeout"
	pass tq0
	ip link del tq0
	wait_exit "$PID"
	assertEquals 3 $?
	assertEquals "tunq: tq0: was deleted" "$(cat "$TMP/pass.err")"
	assert_no_socket "after the device"
}

# number_of SIGNAL: as a shell's exit status
number_of() {
	case $1 in HUP) echo 129 ;; INT) echo 130 ;; TERM) echo 143 ;; esac
}

test_what_is_there_stays() {
	requires tun jq || return 0
	multi_queue_tap tq0
	echo precious >"$SOCKET"
	assert_run 3 "$TUNQ" pass --socket "$SOCKET" tq0
	assertContains "$ERR" "not a socket"
	assertEquals precious "$(cat "$SOCKET")"
	rm "$SOCKET"
	ln -s "$TMP/nowhere" "$SOCKET"
	assert_run 3 "$TUNQ" pass --socket "$SOCKET" tq0
	assertTrue "the link" "[ -L '$SOCKET' ]"
	rm "$SOCKET"
	mkdir "$SOCKET"
	assert_run 3 "$TUNQ" pass --socket "$SOCKET" tq0
	rmdir "$SOCKET"
	pass tq0
	assert_run 3 "$TUNQ" pass --socket "$SOCKET" tq0
	assertContains "$ERR" "another process listens there"
	# The one that waits is not disturbed by the question.
	receive echo '{n}'
	assertEquals "$ERR" 1 "$OUT"
	assertEquals "nothing left aside" "" "$(find "$TMP" -name '.tunq*')"
}

test_dead_socket_is_replaced() {
	requires tun || return 0
	multi_queue_tap tq0
	pass tq0
	kill -KILL "$PID"
	wait_exit "$PID"
	assertTrue "left behind" "[ -S '$SOCKET' ]"
	inode=$(stat -c %i "$SOCKET")
	spawn "$TUNQ" pass -v --socket "$SOCKET" tq0 2>"$TMP/pass.err"
	wait_for grep -q "waits at" "$TMP/pass.err"
	assertNotEquals "$inode" "$(stat -c %i "$SOCKET")"
	receive echo '{n}'
	assertEquals "$ERR" 1 "$OUT"
	assertEquals "nothing left aside" "" "$(find "$TMP" -name '.tunq*')"
}

# Of many that find a dead socket at once one takes its place.
test_one_of_many_takes_it_over() {
	requires tun || return 0
	multi_queue_tap tq0
	pass tq0
	kill -KILL "$PID"
	wait_exit "$PID"
	set --
	for i in 1 2 3 4 5 6 7 8; do
		spawn "$TUNQ" pass -v --socket "$SOCKET" tq0 2>"$TMP/err.$i"
		set -- "$@" "$PID"
	done
	i=0
	for pid; do
		i=$((i + 1))
		WAIT=20 wait_for waits_or_ended "$TMP/err.$i" "$pid"
	done
	assertEquals "those that wait" 1 \
		"$(grep -l 'waits at' "$TMP"/err.* | wc -l)"
	receive echo '{n}'
	assertEquals "$ERR" 1 "$OUT"
	assertEquals "nothing left aside" "" "$(find "$TMP" -name '.tunq*')"
}

waits_or_ended() {
	grep -q "waits at" "$1" || zombie_or_ended "$2"
}

test_another_file_at_the_path_is_not_removed() {
	requires tun || return 0
	multi_queue_tap tq0
	pass tq0
	rm "$SOCKET"
	echo precious >"$SOCKET"
	kill "$PID"
	wait_exit "$PID"
	assertEquals precious "$(cat "$SOCKET")"
}

# Somebody who connects and goes is not the client.
test_waits_on_after_a_client_that_went() {
	requires tun python3 || return 0
	multi_queue_tap tq0
	pass tq0
	kill -STOP "$PID"
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])' "$SOCKET"
	kill -CONT "$PID"
	wait_for grep -q "went before" "$TMP/pass.err"
	receive echo '{n}'
	assertEquals "$ERR" 1 "$OUT"
}

# 256 messages do not fit into a socket: it must not hang in a write.
test_client_that_does_not_read() {
	requires tun python3 || return 0
	multi_queue_tap tq0
	pass -n 256 --timeout 2s tq0
	spawn python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
time.sleep(60)' "$SOCKET"
	client=$PID
	wait_for grep -q "in time" "$TMP/pass.err"
	assert_no_socket "after the timeout"
	kill "$client"
}

test_many_queues() {
	requires tun || return 0
	multi_queue_tap tq0
	pass -n 256 tq0
	receive echo '{n}'
	assertEquals "$ERR" 256 "$OUT"
}

test_other_user_is_refused() {
	requires root tun || return 0
	multi_queue_tap tq0
	chmod 711 "$TMP"
	pass tq0
	# shellcheck disable=SC2086
	assert_run 4 $AS_BOB --inh-caps=-all "$TUNQ" receive --socket "$SOCKET" -- echo ran
	assertNotContains "$OUT" ran
	# The mode of the file does not stop this one.
	# shellcheck disable=SC2086
	assert_run 3 $AS_BOB --inh-caps=-all,+dac_override \
		--ambient-caps=-all,+dac_override \
		"$TUNQ" receive --socket "$SOCKET" -- echo ran
	assertNotContains "$OUT" ran
	assertContains "$(cat "$TMP/pass.err")" " of bob: refused"
	receive echo '{n}'
	assertEquals "it waits on" 1 "$OUT"
	chmod 1777 "$TMP"
}

test_named_user_gets_them() {
	requires root tun || return 0
	multi_queue_tap tq0
	mkdir -m 755 "$TMP/served"
	SOCKET=$TMP/served/queues
	pass --user alice tq0
	assertEquals "alice 600" "$(stat -c '%U %a' "$SOCKET")"
	# shellcheck disable=SC2086
	assert_run 4 $AS_BOB --inh-caps=-all "$TUNQ" receive --socket "$SOCKET" -- echo ran
	# shellcheck disable=SC2086
	assert_run 0 $AS_ALICE "$TUNQ" receive --socket "$SOCKET" -- \
		echo '{n}'
	assertEquals 1 "$OUT"
	wait_exit "$PID"
	assertEquals 0 $?
	assert_no_socket "removed though it is alice's"
	SOCKET=$TMP/queues
}

test_only_root_serves_others() {
	requires root tun || return 0
	ip tuntap add dev tq0 mode tap user alice
	# shellcheck disable=SC2086
	assert_run 4 $AS_ALICE "$TUNQ" pass --user bob \
		--socket "$SOCKET" tq0
	assertContains "$ERR" CAP_CHOWN
	assert_no_socket "nothing was made"
	# The owner needs no privilege to serve himself.
	spawn as_user alice "$TUNQ" pass --socket "$SOCKET" tq0
	wait_for test -S "$SOCKET"
	# shellcheck disable=SC2086
	assert_run 0 $AS_ALICE "$TUNQ" receive --socket "$SOCKET" -- \
		echo '{n}'
	assertEquals 1 "$OUT"
}

test_has_no_capability_while_it_waits() {
	requires tun || return 0
	multi_queue_tap tq0
	pass tq0
	assertEquals "0000000000000000 0000000000000000" "$(awk \
		'/^Cap(Prm|Eff)/ { print $2 }' "/proc/$PID/status" | xargs)"
}

test_errors_come_before_the_socket() {
	requires tun || return 0
	ip tuntap add dev tq1 mode tap
	assert_run 3 "$TUNQ" pass --socket "$SOCKET" absent
	assert_run 3 "$TUNQ" pass -n 2 --socket "$SOCKET" tq1
	assert_run 1 "$TUNQ" pass --socket "$TMP/none/queues" tq1
	assertContains "$ERR" "No such file or directory"
	assert_no_socket "nothing was made"
	assert_run 3 "$TUNQ" receive --socket "$SOCKET" true
	assertContains "$ERR" "No such file or directory"
}

test_receive_takes_queues_only() {
	requires python3 || return 0
	for sent in 'socket.send_fds(c, [b"x"], [0])' \
		'socket.send_fds(c, [b"x"], [0, 1])' 'c.send(b"xyz")' pass; do
		spawn python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
c = s.accept()[0]
'"$sent" "$SOCKET"
		wait_for test -S "$SOCKET"
		receive echo ran
		assertEquals "$sent" 3 "$STATUS"
		assertContains "$sent" "$ERR" "$SOCKET: "
		assertEquals "$sent" "" "$OUT"
		wait_exit "$PID"
		rm -f "$SOCKET"
	done
}

test_receive_says_what_is_there() {
	requires tun python3 || return 0
	echo text >"$SOCKET"
	assert_run 3 "$TUNQ" receive --socket "$SOCKET" true
	assertEquals "tunq: $SOCKET: is not a socket" "$ERR"
	rm "$SOCKET"
	multi_queue_tap tq0
	pass tq0
	kill -KILL "$PID"
	wait_exit "$PID"
	assert_run 3 "$TUNQ" receive --socket "$SOCKET" true
	assertEquals "tunq: $SOCKET: nobody listens there" "$ERR"
	rm "$SOCKET"
	spawn python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
s.accept()[0].send(b"text")' "$SOCKET"
	assert_run 3 "$TUNQ" receive --timeout 20s --socket "$SOCKET" true
	assertEquals "tunq: $SOCKET: what came is not from 'tunq pass'" "$ERR"
}

test_receive_of_a_pass_that_was_killed() {
	requires tun || return 0
	multi_queue_tap tq0
	pass tq0
	server=$PID
	kill -STOP "$server"
	spawn "$TUNQ" receive --socket "$SOCKET" true 2>"$TMP/client.err"
	client=$PID
	assertTrue "connected" "wait_for has_client"
	kill -KILL "$server"
	wait_exit "$client"
	assertEquals "exit status" 3 $?
	assertContains "$(cat "$TMP/client.err")" \
		"went before it gave the queues"
}

# One connection waits to be accepted: the listener and it have the path where
# the socket was made.
has_client() {
	[ "$(grep -c '/\.tunq\.[0-9]*$' /proc/net/unix)" = 2 ]
}

# A listener that gives nothing, and none at all.
test_receive_gives_up_in_time() {
	requires python3 || return 0
	spawn python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
time.sleep(60)' "$SOCKET"
	wait_for test -S "$SOCKET"
	assert_run 1 "$TUNQ" receive --timeout 200ms --socket "$SOCKET" true
	assertEquals "tunq: $SOCKET: no queues came in time" "$ERR"
	kill "$PID"
	wait_exit "$PID"
	rm "$SOCKET"
	assert_run 3 "$TUNQ" receive --timeout 100ms --socket "$SOCKET" true
	assertContains "$ERR" "No such file or directory"
	assert_run 2 "$TUNQ" receive --timeout soon --socket "$SOCKET" true
}

test_receive_may_begin_before_pass() {
	requires tun || return 0
	multi_queue_tap tq0
	spawn "$TUNQ" receive -v --timeout 20s --socket "$SOCKET" -- \
		echo 'got {n}' >"$TMP/got" 2>"$TMP/client.err"
	client=$PID
	wait_for grep -q "waits for" "$TMP/client.err"
	pass -n 2 tq0
	wait_exit "$client"
	assertEquals "exit status" 0 $?
	assertEquals "got 2" "$(cat "$TMP/got")"
}

test_readiness_is_told() {
	requires tun socat || return 0
	multi_queue_tap tq0
	spawn socat -u UNIX-RECV:"$TMP/notify" CREATE:"$TMP/notified"
	wait_for test -S "$TMP/notify"
	NOTIFY_SOCKET=$TMP/notify
	export NOTIFY_SOCKET
	pass tq0
	unset NOTIFY_SOCKET
	assertTrue "READY=1" "wait_for grep -q READY=1 '$TMP/notified'"
}

. shunit2
