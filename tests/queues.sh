# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Processes that hold queues, for the tests of tunq. Source after lib.sh.

HELPER=$BUILD/tests/helper_queues
CONSUMER=$BUILD/tests/helper_consumer

# holder NAME [as_user USER | netns_exec NETNS] DEV [COUNT [FLAGS]]: starts
# helper_queues; then NAME's pid is "pid_of NAME", its descriptors "fds_of NAME".
holder() {
	holder=$1
	shift
	rm -f "$TMP/$holder.in"
	mkfifo "$TMP/$holder.in"
	chmod 666 "$TMP/$holder.in"
	: >"$TMP/$holder.out"
	export HELPER_COMMANDS="$TMP/$holder.in"
	case $1 in
	as_user | netns_exec)
		how=$1 who=$2
		shift 2
		# Behind a wrapper of one's own the program is named there.
		case $* in
		*"$HELPER"*)	spawn "$how" "$who" "$@" ;;
		*)		spawn "$how" "$who" "$HELPER" "$@" ;;
		esac ;;
	*)
		spawn "$HELPER" "$@" ;;
	esac >"$TMP/$holder.out"
	unset HELPER_COMMANDS
	wait_for grep -q . "$TMP/$holder.out"
	grep -q '^pid' "$TMP/$holder.out" ||
		fail "holder $holder: $(cat "$TMP/$holder.out")"
}

pid_of() {
	sed -n '1s/^pid \([0-9]*\) .*/\1/p' "$TMP/$1.out"
}

# fds_of NAME, or fd_of NAME INDEX (from 0)
fds_of() {
	sed -n '1s/.* fds //p' "$TMP/$1.out"
}

fd_of() {
	fds_of "$1" | cut -d ' ' -f $(($2 + 1))
}

# queue_of NAME INDEX: PID:FD
queue_of() {
	echo "$(pid_of "$1"):$(fd_of "$1" "$2")"
}

# ask NAME COMMAND...: the holder's answer
ask() {
	asked=$1
	shift
	lines=$(($(wc -l <"$TMP/$asked.out") + 1))
	timeout 5 sh -c 'echo "$1" >"$2"' sh "$*" "$TMP/$asked.in"
	wait_for answered "$asked" "$lines"
	sed -n "${lines}p" "$TMP/$asked.out"
}

answered() {
	[ "$(wc -l <"$TMP/$1.out")" -ge "$2" ]
}

# queues DEV: "ATTACHED DETACHED" as the kernel counts them
queues() {
	ip -d -j link show dev "$1" | jq -r '.[0].linkinfo.info_data |
		"\(.numqueues) \(.numdisabled)"'
}

# has_queues DEV "ATTACHED DETACHED": for wait_for
has_queues() {
	[ "$(queues "$1")" = "$2" ]
}

# The same by the word of `tunq list`: "PID:FD STATE" a line
states() {
	"$TUNQ" list "$@" | awk 'NR > 1 && NF == 0 { exit }
		NR > 1 { print $2 ":" $5, $6 }'
}

multi_queue_tap() {
	for name; do
		ip tuntap add dev "$name" mode tap multi_queue || return
	done
}
