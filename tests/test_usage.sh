#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What every tool answers to --help, --version and wrong usage.
# rootless

. "$(dirname "$0")/lib.sh"

test_help_goes_to_stdout() {
	for tool in "$TUNCTL" "$TUNCAT" "$TUNQ"; do
		assert_run 0 "$tool" --help
		assertContains "$tool" "$OUT" "Usage: ${tool##*/}"
		assertEquals "$tool: stderr" "" "$ERR"
	done
}

test_version_names_tool_and_project() {
	version=$(sed -n 's/^#define TUNKIT_VERSION "\(.*\)"/\1/p' \
		"$TOP/lib/tunkit.h")
	for tool in "$TUNCTL" "$TUNCAT" "$TUNQ"; do
		assert_run 0 "$tool" --version
		assertEquals "${tool##*/} (tunkit) $version" "$OUT"
	done
}

test_unknown_option_is_one_line_and_a_hint() {
	for tool in "$TUNCTL" "$TUNCAT" "$TUNQ"; do
		assert_run 2 "$tool" --no-such-option
		assertEquals "$tool: stdout" "" "$OUT"
		assertEquals "$tool: lines" 2 "$(wc -l <"$TMP/err")"
		assertContains "$ERR" \
			"${tool##*/}: unrecognized option '--no-such-option'"
		assertContains "$ERR" "--help"
	done
}

# Whoever finds out that it is wrong: argp or the tool.
test_every_wrong_usage_has_the_hint() {
	while read -r tool words; do
		# shellcheck disable=SC2086
		assert_run 2 "$(dirname "$TUNCTL")/$tool" $words
		assertEquals "$tool $words: $ERR" 2 "$(wc -l <"$TMP/err")"
		assertContains "$tool $words" "$ERR" "Try \`$tool"
	done <<-END
		tuncat --create -n -p tap7
		tuncat -c 0 tap7
		tuncat -W soon tap7
		tuncat -F nonsense tap7
		tunctl -n -p
		tunctl -d -l
		tunctl -d
		tunctl --mtu 3
		tunctl -u nosuchuser
		tunctl --unused
		tunq set tap7 many
		tunq attach -p 0 tap7
		tunq pass --timeout soon --fd 3 tap7
		tunq run -n 0 tap7 -- true
	END
}

test_missing_argument_is_wrong_usage() {
	for tool in "$TUNCTL" "$TUNCAT" "$TUNQ"; do
		option=$("$tool" --options | awk -F '\t' \
			'$3 == "file" { print $2; exit }')
		[ -n "$option" ] || continue
		assert_run 2 "$tool" "--$option"
		assertContains "$tool" "$ERR" "requires an argument"
	done
}

# Options of a verb that another program would take before it, as ip does.
test_options_before_the_verb() {
	requires tun jq || return 0
	netns_add before
	ip -n before tuntap add dev tub0 mode tap
	ip tuntap add dev tub1 mode tap
	for words in '-N before list' '--netns=before -q list' \
			'-qvNbefore -- list' 'list -N before' \
			'-N -- -N before list'; do
		# shellcheck disable=SC2086
		run "$TUNQ" $words --json
		assertEquals "tunq $words: $ERR" tub0 \
			"$(echo "$OUT" | jq -r '.devices[].ifname')"
	done
	# The one nearer to the device goes before.
	run "$TUNQ" -N nosuch list --json -N before
	assertContains "$OUT" tub0
	assert_run 2 "$TUNQ" --json list
	assert_run 2 "$TUNQ" -N before
	assertContains "$ERR" "tunq: which verb?"
	assert_run 2 "$TUNQ" -N before receive --socket x -- true
	assertContains "$ERR" "tunq receive: invalid option -- 'N'"
	ip link del tub1
	ip netns del before
}

test_verb_hears_of_options_before_it() {
	requires tun || return 0
	assert_run 3 "$TUNQ" -v list nosuch
	assertEquals "a remedy follows" 2 "$(echo "$ERR" | wc -l)"
	assert_run 3 "$TUNQ" list nosuch
	assertEquals "no remedy" 1 "$(echo "$ERR" | wc -l)"
}

test_output_that_cannot_be_written_is_a_failure() {
	[ -c /dev/full ] || { skip "no /dev/full"; return 0; }
	for tool in "$TUNCTL" "$TUNCAT" "$TUNQ"; do
		for option in options help usage version; do
			"$tool" --$option >/dev/full 2>"$TMP/err"
			assertEquals "$tool --$option" 1 $?
			assertEquals "$tool --$option" "${tool##*/}: standard \
output: No space left on device" "$(cat "$TMP/err")"
		done
	done
}

test_closed_standard_output_gets_no_descriptor() {
	requires tun || return 0
	ip tuntap add dev tcl1 mode tun
	"$TUNQ" list >&- 2>"$TMP/err"
	assertEquals 1 $?
	assertContains "$(cat "$TMP/err")" "standard output"
	# shellcheck disable=SC2016
	spawn sh -c 'exec "$0" -R -U root --create tcl0 >&-' "$TUNCAT"
	wait_for grep -rqs "iff:.*tcl0" "/proc/$PID/fdinfo"
	assertEquals "/dev/null" "$(readlink "/proc/$PID/fd/1")"
	kill "$PID"
	ip link del tcl1
}

. shunit2
