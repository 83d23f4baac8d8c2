# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# How what runs in the guest tells its results to tests/run, which takes the
# console's text apart: "# program NAME" begins one, "# status NAME N" ends it.
# Sourced; PATTERNS has patterns of the names that are wanted, all if empty.

BAD=0

wanted() {
	[ -n "$PATTERNS" ] || return 0
	for pattern in $PATTERNS; do
		case $1 in *$pattern*) return 0 ;; esac
	done
	return 1
}

in_use() {
	[ -e /sys/module/tun/refcnt ] && read -r users </sys/module/tun/refcnt &&
	[ "$users" -ne 0 ]
}

# Persistent devices go with their namespaces, which takes the kernel a moment.
wait_until_unused() {
	tries=0
	while in_use; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return
		sleep 0.1
	done
}

# tell NAME SECONDS COMMAND...: its output, and that it left the driver unused.
tell() {
	name=$1
	seconds=$2
	shift 2
	echo "# program $name"
	began=$(date +%s)
	timeout -k 5 "$seconds" "$@" </dev/null 2>&1
	status=$?
	if ! wait_until_unused; then
		echo "shunit2:ERROR $name left the driver in use"
		status=1
	fi
	echo "# seconds $name $(($(date +%s) - began))"
	echo "# status $name $status"
	[ $status -eq 0 ] || BAD=1
}

# leave_out NAME REASON: is counted as skipped.
leave_out() {
	echo "# program $1"
	echo "# SKIP $2"
	echo "# status $1 0"
}
