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
KEPT=$DIRECTORY
DIRECTORY=${DIRECTORY:-$(mktemp -d)}

# shellcheck source=tests/chroot.sh
. "$TOP/tests/chroot.sh"

chroot_needs || exit 1
if [ -z "$TUNKIT_CHROOT" ]; then
	TUNKIT_CHROOT=1 DIRECTORY=$DIRECTORY unshare -m "$0"
	status=$?
	[ -n "$KEPT" ] || rm -rf --one-file-system "$DIRECTORY"
	exit $status
fi

has_no_tools() {
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

make_tree "$DIRECTORY" ca-certificates && has_no_tools &&
	mount_tree && copy_project || exit 1
stranger_is_told_the_command || exit 1
in_tree all
in_tree demo
