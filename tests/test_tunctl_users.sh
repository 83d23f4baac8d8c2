#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tunctl between users: who may do what, and what is said of it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tunctl.sh"

oneTimeSetUp() {
	[ "$TUNKIT_TEST" != root ] || TUNCTL=$(public "$TUNCTL")
}

# A copy of the tool where other users can run it.
public() {
	cp "$1" "$TMP/tunctl" && chmod 755 "$TMP/tunctl" && echo "$TMP/tunctl"
}

# assert_run_as USER STATUS COMMAND...
assert_run_as() {
	user=$1
	expected=$2
	shift 2
	assert_run "$expected" setpriv --reuid "$user" --regid "$user" \
		--init-groups --inh-caps=-all "$@"
}

tearDown() {
	cleanup
}

test_owner_by_name() {
	requires root tun jq || return 0
	assert_run 0 "$TUNCTL" -u alice -t tap0
	assertEquals "Set 'tap0' persistent and owned by uid $ALICE" "$OUT"
	assert_run 0 "$TUNCTL" -u alice -g bob -t tap1
	assertEquals "Set 'tap1' persistent and owned by uid $ALICE gid $BOB" \
		"$OUT"
	assertEquals "alice" "$(fact tap0 .owner)"
	assertEquals "tap1 tap alice bob down - no-carrier" \
		"$("$TUNCTL" -l tap1 | tr -s ' ')"
}

test_owners_of_a_batch() {
	requires root tun || return 0
	cat >"$TMP/batch" <<-'EOF'
		-u alice -t tap0
		-u alice -g alice -t tap1
		-u bob -g alice -t tap2
		-g bob -t tap3
		-u alice -t tap4
	EOF
	assert_run 0 "$TUNCTL" --batch "$TMP/batch"
	assertEquals "uid $ALICE
uid $ALICE gid $ALICE
uid $BOB gid $ALICE
gid $BOB
uid $ALICE" "$(echo "$OUT" | sed 's/.* owned by //')"
}

test_adopting_keeps_the_owner() {
	requires root tun || return 0
	"$TUNCTL" -q -u alice -t tap0
	assert_run 0 "$TUNCTL" --up -t tap0
	assertEquals "Set 'tap0' persistent and owned by uid $ALICE" "$OUT"
	assert_run 0 "$TUNCTL" -u bob -t tap0
	assertEquals "Set 'tap0' persistent and owned by uid $BOB" "$OUT"
}

test_owner_uses_his_device() {
	requires root tun || return 0
	"$TUNCTL" -q -u alice -t tap0
	assert_run_as alice 0 "$TUNCTL" -t tap0
	assertEquals "Set 'tap0' persistent and owned by uid $ALICE" "$OUT"
	assert_run_as alice 0 "$TUNCTL" -u bob -t tap0
	assert_run_as alice 4 "$TUNCTL" -d tap0
	assert_run_as bob 0 "$TUNCTL" -d tap0
	assertEquals "Set 'tap0' nonpersistent" "$OUT"
	device_exists tap0
	assertFalse "the owner's -d left it" $?
}

test_owner_deletes_many() {
	requires root tun || return 0
	"$TUNCTL" -q -u alice --count 6 'lab%d'
	"$TUNCTL" -q -u bob lab6
	assert_run_as alice 1 "$TUNCTL" -d 'lab*'
	assertEquals 6 "$(echo "$OUT" | wc -l)"
	assertContains "$ERR" "tunctl: lab6:"
	assertEquals lab6 "$("$TUNCTL" -l -b)"
}

test_stranger() {
	requires root tun || return 0
	"$TUNCTL" -q -u alice -t tap0
	for arguments in "-t tap0" "-u bob tap0" "-d tap0" "--up tap0"; do
		# shellcheck disable=SC2086
		assert_run_as bob 4 "$TUNCTL" $arguments
		assertEquals "" "$OUT"
		assertContains "$ERR" "tunctl: tap0:"
	done
	assert_run_as bob 4 "$TUNCTL" -t new0
	assertContains "$ERR" CAP_NET_ADMIN
	assert_run_as bob 0 "$TUNCTL" -l -b
	assertEquals tap0 "$OUT"
}

test_group() {
	requires root tun || return 0
	"$TUNCTL" -q -g bob -t tap0
	assert_run_as bob 0 "$TUNCTL" -t tap0
	assert_run_as alice 4 "$TUNCTL" -t tap0
	"$TUNCTL" -q -u alice -g bob -t tap1
	assert_run_as alice 4 "$TUNCTL" -t tap1
	assert_run_as bob 4 "$TUNCTL" -t tap1
}

test_warns_of_a_lockout() {
	requires root tun || return 0
	assert_run 0 "$TUNCTL" -u alice -g bob -t tap0
	assertContains "$ERR" "alice is not in group bob"
	assert_run 0 "$TUNCTL" -u alice -g alice -t tap1
	assertEquals "" "$ERR"
	assert_run 0 "$TUNCTL" -u alice -t tap2
	assert_run 0 "$TUNCTL" -g bob -t tap2
	assertContains "$ERR" "alice is not in group bob"
	assert_run 0 "$TUNCTL" -g bob -t tap3
	assertEquals "" "$ERR"
	assert_run 0 "$TUNCTL" -u root -g bob -t tap4
	assertEquals "root attaches all the same" "" "$ERR"
}

test_ownerless_is_anyones() {
	requires root tun jq || return 0
	"$TUNCTL" -q --anyone tap0
	assert_run_as bob 0 "$TUNCTL" -u bob tap0
	assertEquals "$BOB" "$(fact tap0 .user)"
}

test_closed_node() {
	requires root tun || return 0
	"$TUNCTL" -q -u alice -t tap0
	chmod 600 /dev/net/tun
	assert_run_as alice 4 "$TUNCTL" -d tap0
	chmod 666 /dev/net/tun
	device_exists tap0
	assertTrue $?
}

test_holders_of_others_are_counted() {
	requires root tun python3 || return 0
	"$TUNCTL" -q -u alice -t tap0
	HOLD_AS="as_user alice" hold tap0
	assertContains "$("$TUNCTL" -l -v)" "python3[$PID]"
	assert_run_as bob 0 "$TUNCTL" -l -v
	assertContains "$ERR" "could not be looked into"
}

test_capabilities() {
	requires root tun strace || return 0
	strace -f -e trace=capset -o "$TMP/trace" "$TUNCTL" -q tap0 2>/dev/null ||
		{ skip "strace does not work here"; return; }
	last=$(grep capset "$TMP/trace" | tail -n 1)
	assertContains "$last" CAP_NET_ADMIN
	assertNotContains "$last" CAP_SETUID
	assertNotContains "$last" "1<<CAP_DAC_OVERRIDE"
	strace -f -e trace=capset -o "$TMP/trace" "$TUNCTL" -l >/dev/null
	assertNotContains "$(grep capset "$TMP/trace" | tail -n 1)" CAP_SYS_PTRACE
}

test_root_without_capabilities() {
	requires root tun || return 0
	assert_run 4 setpriv --bounding-set=-net_admin "$TUNCTL" tap0
	device_exists tap0
	assertFalse $?
	assert_run 0 setpriv --bounding-set=-setpcap,-sys_admin,-sys_ptrace \
		"$TUNCTL" tap0
}

test_unmapped_user() {
	requires tun || return 0
	if [ "$TUNKIT_TEST" = root ]; then
		unshare -Urn true 2>/dev/null ||
			{ skip "no user namespaces here"; return 0; }
		run unshare -Urn "$TUNCTL" -u alice -t tap0
	else
		run "$TUNCTL" -u alice -t tap0
	fi
	assertNotEquals 0 "$STATUS"
	assertContains "$ERR" "not mapped"
}

. shunit2
