#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The two examples of the driver's document: a bridge by select(), another by
# SIGIO. Their devices are handed to the hosts once they are open.

. "$(dirname "$0")/lib.sh"

bridge() { # PROGRAM KIND
	requires "$BINARIES/$1" || return 0
	start_here bridge "$BINARIES/$1" "$2" left0 right0
	wait_for device_exists right0
	give_host 1 left0
	give_host 2 right0
	assert_traffic
}

test_select_tap() {
	bridge bridge-select tap
}

test_select_tun() {
	bridge bridge-select tun
}

test_sigio_tap() {
	bridge bridge-sigio tap
}

test_sigio_tun() {
	bridge bridge-sigio tun
}

. shunit2
