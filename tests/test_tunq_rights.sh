#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Who may do what with tunq: the table under RIGHTS in tunq(8), row by row.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/queues.sh"

setUp() {
	has root && has tun && has jq || return 0
	ip tuntap add dev tq0 mode tap multi_queue user alice
	holder one as_user alice tq0 3
}

tearDown() {
	cleanup
}

# capable USER CAPABILITY COMMAND...: that one capability and no other
capable() {
	user=$1
	$EXEC setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
		--inh-caps="-all,+$2" --ambient-caps="-all,+$2" \
		sh -c 'shift 2; exec "$@"' sh "$@"
}

# actor_run STATUS ACTOR... -- TUNQ-ARGUMENT...
actor_run() {
	expected=$1 actor=
	shift
	while [ "$1" != -- ]; do
		actor="$actor $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	$actor "$TUNQ" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	STATUS=$?
	OUT=$(cat "$TMP/out")
	ERR=$(cat "$TMP/err")
	assertEquals "$actor tunq $*
$OUT
$ERR
" "$expected" "$STATUS"
}

# may_switch STATUS ACTOR...: detach, attach, set
may_switch() {
	expected_switch=$1
	shift
	actor_run "$expected_switch" "$@" -- detach "$(queue_of one 1)"
	[ "$expected_switch" != 0 ] || assertEquals "2 1" "$(queues tq0)"
	actor_run "$expected_switch" "$@" -- attach "$(queue_of one 1)"
	actor_run "$expected_switch" "$@" -- set tq0 1
	[ "$expected_switch" != 0 ] || assertEquals "1 2" "$(queues tq0)"
	"$TUNQ" set tq0 3
	assertEquals "3 0" "$(queues tq0)"
}

# may_open STATUS ACTOR...: run, hold
may_open() {
	expected_open=$1
	shift
	actor_run "$expected_open" "$@" -- run tq0 -- true
	actor_run "$expected_open" "$@" -- hold --daemon \
		--pidfile "$TMP/pid.$expected_open" tq0
	if [ "$expected_open" = 0 ]; then
		assertEquals "3 1" "$(queues tq0)"
		kill "$(cat "$TMP/pid.0")"
		wait_for test ! -e "$TMP/pid.0"
	fi
}

# sees ACTOR...: all three queues, by pid
sees() {
	actor_run 0 "$@" -- list tq0
	assertEquals "$OUT" 3 "$(echo "$OUT" | grep -c " $(pid_of one) .*attached")"
	assertNotContains "$OUT" unaccounted
}

# sees_not ACTOR...: none, and is told how many
sees_not() {
	actor_run 0 "$@" -- list tq0
	assertNotContains "$OUT" " $(pid_of one) "
	assertContains "$OUT" "tq0: 3 attached, 0 detached, 3 unaccounted"
	assertContains "$OUT" "could not be read"
}

test_root() {
	requires root tun jq || return 0
	sees env
	actor_run 0 env -- list tq0
	assertNotContains "$OUT" unverified
	may_switch 0 env
	may_open 0 env
}

test_owner() {
	requires root tun jq || return 0
	sees as_user alice
	may_switch 0 as_user alice
	may_open 0 as_user alice
}

test_stranger() {
	requires root tun jq || return 0
	sees_not as_user bob
	may_switch 4 as_user bob
	actor_run 4 as_user bob -- set tq0 2
	assertEquals "tunq: tq0: not permitted: 3 queues are in processes that \
you may not touch" "$ERR"
	actor_run 4 as_user bob -- set -v tq0 2
	assertContains "$ERR" "queues in processes that could not be read: 3"
	may_open 4 as_user bob
}

test_ptrace_alone() {
	requires root tun jq || return 0
	sees capable bob sys_ptrace
	may_switch 0 capable bob sys_ptrace
	may_open 4 capable bob sys_ptrace
}

test_net_admin_alone() {
	requires root tun jq || return 0
	sees_not capable bob net_admin
	may_switch 4 capable bob net_admin
	may_open 0 capable bob net_admin
}

test_owner_and_a_process_that_hides() {
	requires root tun jq || return 0
	ask one hide >/dev/null
	sees_not as_user alice
	may_switch 4 as_user alice
	sees env
}

test_root_without_ptrace() {
	requires root tun jq || return 0
	sees_not setpriv --bounding-set -sys_ptrace
	may_switch 4 setpriv --bounding-set -sys_ptrace
	may_open 0 setpriv --bounding-set -sys_ptrace
}

# What may be touched is, as long as the number can be reached with it.
test_set_with_some_out_of_reach() {
	requires root tun jq || return 0
	ip link del tq0
	ip tuntap add dev tq0 mode tap multi_queue
	holder mine as_user alice tq0 2
	holder other as_user bob tq0 2
	actor_run 0 as_user alice -- set tq0 3
	assertEquals "3 1" "$(queues tq0)"
	assertEquals detached "$(states tq0 |
		sed -n "s/^$(queue_of mine 1) //p")"
	actor_run 0 as_user alice -- set tq0 2
	actor_run 4 as_user alice -- set tq0 1
	assertEquals "tunq: tq0: not permitted: 2 queues are in processes that \
you may not touch; without them 2 to 4 can be attached" "$ERR"
	assertEquals "2 2" "$(queues tq0)"
}

# The owner without CAP_NET_ADMIN knows a queue's device by name alone.
test_twins_are_not_confused() {
	requires root tun jq || return 0
	netns_add twin
	ip -n twin tuntap add dev tq0 mode tap multi_queue user alice
	holder two netns_exec twin setpriv --reuid alice --regid "$ALICE" \
		--clear-groups "$HELPER" tq0 2
	actor_run 4 as_user alice -- set tq0 1
	assertContains "$ERR" "another namespace has a device of this name"
	actor_run 4 as_user alice -- detach tq0 --pid "$(pid_of two)"
	assertEquals "3 0" "$(queues tq0)"
	actor_run 0 env -- set tq0 1
	assertEquals "1 2" "$(queues tq0)"
	assertEquals 2 "$(states twin/tq0 | grep -c attached)"
}

# It holds a foreign queue's copy for no longer than it needs.
test_no_copy_stays() {
	requires root tun jq || return 0
	"$TUNQ" detach "$(queue_of one 0)"
	kill "$(pid_of one)"
	wait_for ended "$(pid_of one)"
	assertEquals "0 0" "$(queues tq0)"
}

test_capabilities_while_it_holds() {
	requires root tun jq || return 0
	spawn "$TUNQ" hold tq0
	wait_for has_queues tq0 "3 1"
	wait_for grep -q '^CapPrm:.*0000000000000000$' "/proc/$PID/status"
	assertContains "$(cat "/proc/$PID/status")" \
		"CapEff:	0000000000000000"
}

test_command_keeps_the_owners_credentials() {
	requires root tun || return 0
	actor_run 0 as_user alice -- run tq0 -- grep ^Uid /proc/self/status
	assertEquals "Uid: $ALICE $ALICE $ALICE $ALICE" \
		"$(echo "$OUT" | xargs)"
	actor_run 0 capable alice net_raw -- run tq0 -- \
		grep ^CapEff /proc/self/status
	assertEquals "CapEff: 0000000000002000" "$(echo "$OUT" | xargs)"
}

. shunit2
