#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The main job on real traffic, `make demo`:
#
#	host h1                                        host h2
#	10.0.0.1  tap0 ====== tuncat (not root) ====== tap0  10.0.0.2
#
# Two hosts (network namespaces), devices made by tunctl for alice, joined by
# a tuncat that has become alice; ping and a TCP transfer through them, and
# the frames decoded as they pass. All of it lives in namespaces of its own
# and ends with them. Without root it runs in a user namespace, where alice
# cannot exist; the summary says so.

. "$(dirname "$0")/common.sh"
need tunctl tuncat ip ping socat
own_world "$@"

MEGABYTES=${MEGABYTES:-32}
SHOWN=16			# frames that reach the terminal
ALICE=60001
OWNER=
USER_OPTION=

# ---- A second user ----------------------------------------------------------

# Whether another uid than root's exists in this user namespace.
is_root() {
	setpriv --reuid $ALICE --regid $ALICE --clear-groups true 2>/dev/null
}

make_alice() {
	for file in passwd group; do
		grep -v '^alice:' /etc/$file >$WORK/$file
	done
	echo "alice:x:$ALICE:$ALICE::/:/bin/sh" >>$WORK/passwd
	echo "alice:x:$ALICE:" >>$WORK/group
	mount --bind $WORK/passwd /etc/passwd &&
	mount --bind $WORK/group /etc/group
}

# ---- Telling ----------------------------------------------------------------

title() {
	printf '\n== %s\n' "$*"
}

# ---- The scenes -------------------------------------------------------------

make_hosts() {
	title "Two hosts, a TAP device on each${OWNER:+, owned by alice}"
	show ip netns add h1 && show ip netns add h2 || exit
	# shellcheck disable=SC2086
	show tunctl $OWNER --up --quiet-link h1/tap0 h2/tap0 || exit
	show ip -n h1 address add 10.0.0.1/24 dev tap0 &&
	show ip -n h2 address add 10.0.0.2/24 dev tap0 || exit
}

tuncat_ended() {
	! kill -0 "$TUNCAT_PID"
}

joined() {
	has_carrier h1 tap0 && has_carrier h2 tap0
}

# The first frames go to the terminal, all of them to a file.
show_frames() {
	tee $WORK/frames <$WORK/pipe | sed -un \
		-e "1,${SHOWN}s/^/    /p" \
		-e "$((SHOWN + 1))s/.*/    (the rest is counted)/p"
}

join_hosts() {
	title "A cable between them"
	mkfifo $WORK/pipe
	background show_frames
	PRINTER=$PID
	echo "\$ tuncat${USER_OPTION:+ $USER_OPTION} -F text h1/tap0 h2/tap0 &"
	# shellcheck disable=SC2086
	background tuncat $USER_OPTION -F text h1/tap0 h2/tap0 \
		>$WORK/pipe </dev/null
	TUNCAT_PID=$PID
	wait_for eval "joined || tuncat_ended"
	joined || fail "tuncat did not join the hosts"
	title "What tuncat may still do (/proc/$TUNCAT_PID/status)"
	grep -E '^(Uid|CapPrm|CapEff|CapBnd|NoNewPrivs):' \
		/proc/$TUNCAT_PID/status | tee $WORK/status
}

ping_through() {
	title "ping, and the frames as they pass"
	on h1 ping -c 3 -i 0.2 10.0.0.2 >$WORK/ping || fail "no answer to ping"
	sleep 0.2		# the last frames are still being printed
	tail -n 2 $WORK/ping
}

listening() {
	on h2 ss -Hltn 'sport = :5000' | grep -q .
}

transfer() {
	title "$MEGABYTES MB over TCP"
	head -c "${MEGABYTES}M" /dev/urandom >$WORK/sent
	background nsenter --net=/run/netns/h2 socat -u -b 262144 \
		TCP-LISTEN:5000 OPEN:$WORK/received,creat
	receiver=$PID
	wait_for listening
	begin=$(date +%s%N)
	on h1 socat -u -b 262144 OPEN:$WORK/sent TCP:10.0.0.2:5000 ||
		fail "nothing sent"
	wait $receiver || fail "nothing received"
	MILLISECONDS=$((($(date +%s%N) - begin) / 1000000 + 1))
	cmp $WORK/sent $WORK/received || fail "it arrived changed"
	echo "arrived unchanged after $MILLISECONDS ms"
}

summary() {
	kill "$TUNCAT_PID"
	wait "$TUNCAT_PID" 2>/dev/null
	wait "$PRINTER"
	uid=$(awk '/^Uid:/ { print $2 }' $WORK/status)
	capabilities=$(awk '/^CapEff:/ { print $2 }' $WORK/status)
	title "Summary"
	echo "ping      $(grep -o '[0-9]* packets.*loss' $WORK/ping)," \
		"$(sed -n 's/^rtt.*= //p' $WORK/ping)"
	echo "TCP       $MEGABYTES MB in $MILLISECONDS ms," \
		"$((MEGABYTES * 8389 / MILLISECONDS)) Mbit/s, unchanged"
	echo "frames    $(wc -l <$WORK/frames) passed, $(grep -c ICMP \
		$WORK/frames) ICMP, $(grep -c TCP $WORK/frames) TCP"
	echo "tuncat    uid $uid, effective capabilities $capabilities"
	[ -n "$OWNER" ] ||
		echo "not shown a second user: this user namespace has one uid, so the" \
			"devices belong to it and tuncat could only give up capabilities"
	[ "$capabilities" = 0000000000000000 ] || fail "tuncat kept capabilities"
	[ -z "$OWNER" ] || [ "$uid" -ne 0 ] || fail "tuncat stayed root"
}

is_root && make_alice && OWNER="-u alice" USER_OPTION="-U alice"
make_hosts
join_hosts
ping_through
transfer
summary
