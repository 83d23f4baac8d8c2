#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A protocol that is not IP keeps its number in the packet information.

. "$(dirname "$0")/lib.sh"

test_ipx() {
	requires "$BINARIES/ipx" || return 0
	assert_run 0 nsenter --net=/run/netns/h1 "$BINARIES/ipx"
}

. shunit2
