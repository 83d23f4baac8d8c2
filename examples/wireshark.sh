#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What leaves through a device, live in Wireshark. With a screen it is
#
#	tuncat -w - tun0 | wireshark -k -i -
#
# where -k begins at once and -i - reads the pipe; over ssh, with Wireshark
# here and the device there:
#
#	ssh root@host tuncat -w - tun0 | wireshark -k -i -
#
# tshark reads the same pipe without a screen, and is what runs here unless
# VIEWER says otherwise:  VIEWER='wireshark -k -i -' examples/wireshark.sh
# Needs no root where user namespaces are permitted.

. "$(dirname "$0")/common.sh"
VIEWER=${VIEWER:-tshark -l -n -i -}
need tunctl tuncat ip ping "${VIEWER%% *}"
own_world "$@"

tunctl -n --up --quiet-link tun0 || exit
ip address add 192.0.2.1/24 dev tun0

# Something to look at. Nobody answers: tuncat is all there is behind tun0.
background ping -q -i 0.2 192.0.2.2 >/dev/null

# -c ends the capture, and with it the pipe and the viewer, after five frames;
# leave it out to watch for as long as you like.
echo "\$ tuncat -c 5 -w - tun0 | $VIEWER"
# shellcheck disable=SC2086
tuncat -c 5 -w - tun0 </dev/null | $VIEWER
