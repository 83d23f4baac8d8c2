#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ./bootstrap all and ./bootstrap demo in a minimal Debian that has neither
# make nor a compiler; `make check-bootstrap`. Needs root and mmdebstrap, and
# takes the package sources of this machine. Not part of make check: it
# fetches a few hundred megabytes.
#
# DIRECTORY=... keeps the tree for a second look.

TOP=$(cd "$(dirname "$0")/.." && pwd)
SUITE=${SUITE:-bookworm}
KEPT=$DIRECTORY
DIRECTORY=${DIRECTORY:-$(mktemp -d)}

if [ "$(id -u)" -ne 0 ] || ! command -v mmdebstrap >/dev/null; then
	echo "needs root and mmdebstrap"
	exit 1
fi
if [ -z "$TUNKIT_CHROOT" ]; then
	TUNKIT_CHROOT=1 DIRECTORY=$DIRECTORY unshare -m "$0"
	status=$?
	[ -n "$KEPT" ] || rm -rf --one-file-system "$DIRECTORY"
	exit $status
fi

sources() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
	    /etc/apt/sources.list.d/*.sources 2>/dev/null
}

proxy_settings() {
	apt-config dump | grep -iE '^Acquire::(http|https)::Proxy'
}

make_tree() {
	sources >"$DIRECTORY.sources"
	proxy_settings >"$DIRECTORY.conf"
	mmdebstrap --quiet --variant=minbase --include=ca-certificates \
		--aptopt="$DIRECTORY.conf" "$SUITE" "$DIRECTORY" \
		"$DIRECTORY.sources" || return
	cp /etc/resolv.conf "$DIRECTORY/etc/" 2>/dev/null
	rm -f "$DIRECTORY.sources"
	cp "$DIRECTORY.conf" "$DIRECTORY/etc/apt/apt.conf.d/99proxy"
	rm -f "$DIRECTORY.conf"
	! chroot "$DIRECTORY" sh -c 'command -v make || command -v cc'
}

# unshare(1) wants the root to be a mount point, as it is on a real system.
mount_tree() {
	mount --bind "$DIRECTORY" "$DIRECTORY" &&
	mount -t proc proc "$DIRECTORY/proc" &&
	mount --rbind /dev "$DIRECTORY/dev" &&
	mount -t tmpfs tunkit "$DIRECTORY/run"
}

copy_project() {
	mkdir -p "$DIRECTORY/tunkit" &&
	(cd "$TOP" && tar -cf - --exclude=./build --exclude=./.git .) |
		tar -C "$DIRECTORY/tunkit" --no-same-owner -xf -
}

# in_tree TARGET: says how long it took.
in_tree() {
	begin=$(date +%s)
	chroot "$DIRECTORY" /tunkit/bootstrap "$@" || {
		echo "not ok: ./bootstrap $*"
		exit 1
	}
	echo "ok: ./bootstrap $* in $(($(date +%s) - begin)) s"
}

stranger_is_told_the_command() {
	chroot --userspec=65534:65534 "$DIRECTORY" /tunkit/bootstrap all \
		2>"$DIRECTORY/said" && return 1
	grep 'sudo apt-get install' "$DIRECTORY/said"
}

make_tree && mount_tree && copy_project || exit 1
stranger_is_told_the_command || exit 1
in_tree all
in_tree demo
