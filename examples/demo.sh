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

TOP=$(cd "$(dirname "$0")/.." && pwd)
BUILD=${BUILD:-$TOP/build}
PATH=$BUILD:$PATH:/usr/sbin:/sbin
MEGABYTES=${MEGABYTES:-32}
SHOWN=16			# frames that reach the terminal
WORK=/run/demo
ALICE=60001
OWNER=
USER_OPTION=
TUNCAT_PID=
JOBS=
LC_ALL=C
export PATH LC_ALL

fail() {
	echo "demo: $*" >&2
	exit 1
}

# ---- A world of its own -----------------------------------------------------

if [ -z "$DEMO_INSIDE" ]; then
	export DEMO_INSIDE=1
	if [ "$(id -u)" -eq 0 ] && unshare -nm true 2>/dev/null; then
		exec unshare -nm "$0"
	elif unshare -Urnm true 2>/dev/null; then
		exec unshare -Urnm "$0"
	fi
	[ "$(id -u)" -eq 0 ] || fail "no user namespaces for you here; run it as root"
	fail "no network namespaces here: $(unshare -nm true 2>&1)"
fi

# A node that everybody may open, whatever the machine's own is like.
make_node() {
	mkdir -p /run/net /dev/net &&
	mknod -m 666 /run/net/tun c 10 200 &&
	mount --bind /run/net /dev/net
} 2>/dev/null

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

set_up() {
	mount -t tmpfs -o mode=755 tunkit /run || fail "no tmpfs on /run"
	mkdir $WORK
	make_node
	(: <>/dev/net/tun) 2>/dev/null ||
		fail "/dev/net/tun cannot be opened; run it as root"
	is_root && make_alice && OWNER="-u alice" USER_OPTION="-U alice"
}

# On every way out. The namespaces go with the last process in them.
clean_up() {
	trap - EXIT
	trap '' INT TERM HUP
	for pid in $TUNCAT_PID $JOBS; do
		kill "$pid" 2>/dev/null
	done
	for pid in $TUNCAT_PID $JOBS; do
		wait "$pid" 2>/dev/null
	done
}

interrupted() {
	echo
	echo "demo: interrupted, cleaning up" >&2
	clean_up
	exit 130
}

# ---- Telling ----------------------------------------------------------------

title() {
	printf '\n== %s\n' "$*"
}

# show COMMAND...: printed, then run.
show() {
	echo "\$ $*"
	"$@"
}

wait_for() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || fail "gave up waiting for: $*"
		sleep 0.05
	done
}

on() {
	host=$1
	shift
	nsenter --net="/run/netns/$host" "$@"
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

has_carrier() {
	ip -n h1 -o link show tap0 | grep -q LOWER_UP &&
	ip -n h2 -o link show tap0 | grep -q LOWER_UP
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
	show_frames &
	PRINTER=$!
	JOBS="$JOBS $PRINTER"
	echo "\$ tuncat${USER_OPTION:+ $USER_OPTION} -F text h1/tap0 h2/tap0 &"
	# shellcheck disable=SC2086
	tuncat $USER_OPTION -F text h1/tap0 h2/tap0 >$WORK/pipe </dev/null &
	TUNCAT_PID=$!
	wait_for eval "has_carrier || tuncat_ended"
	has_carrier || fail "tuncat did not join the hosts"
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
	on h2 socat -u -b 262144 TCP-LISTEN:5000 OPEN:$WORK/received,creat &
	receiver=$!
	JOBS="$JOBS $receiver"
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
	TUNCAT_PID=
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

for tool in tunctl tuncat ip ping socat; do
	command -v $tool >/dev/null || fail "$tool is not there: ./bootstrap demo"
done
trap clean_up EXIT
trap interrupted INT TERM HUP
set_up
make_hosts
join_hosts
ping_through
transfer
summary
