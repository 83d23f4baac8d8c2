#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the module tells of itself, to modprobe, to the log and to /proc.

. "$(dirname "$0")/lib.sh"

DESCRIPTION='Universal TUN/TAP device driver'

# shellcheck disable=SC2154 # OUT is run's
test_what_modinfo_shows() {
	run modinfo -F description tun
	assertEquals "$DESCRIPTION" "$OUT"
	run modinfo -F license tun
	assertEquals GPL "$OUT"
	run modinfo -F author tun
	assertNotEquals "no author" "" "$OUT"
	run modinfo -p tun
	assertEquals "parameters" "" "$OUT"
	run modinfo -F depends tun
	assertEquals "other modules" "" "$OUT"
}

# Without them the node does not load the driver.
test_aliases() {
	run sh -c 'modinfo -F alias tun | sort'
	assertEquals "char-major-10-200
devname:net/tun" "$OUT"
	run grep '^tun ' "/lib/modules/$(uname -r)/modules.devname"
	assertEquals "tun net/tun c10:200" "$OUT"
}

test_the_log_tells_of_it() {
	run dmesg
	assertContains "$OUT" "tun: $DESCRIPTION, 1.6"
}

test_its_number() {
	run grep -w tun /proc/misc
	assertEquals "200 tun" "$(echo "$OUT" | sed 's/^ *//')"
	run stat -c '%F %Hr:%Lr' /dev/net/tun
	assertEquals "character special file 10:200" "$OUT"
	assertEquals 10:200 "$(cat /sys/class/misc/tun/dev)"
}

. shunit2
