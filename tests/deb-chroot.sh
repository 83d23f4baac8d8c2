#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The packages that `make deb` built, installed, used and removed in a minimal
# Debian; `make check-deb`. Needs root and mmdebstrap, and takes the package
# sources of this machine: once, then the system is in the cache. What the
# packages do to it stays in memory and in namespaces.
#
# TAP: one line a check; deb-checks.sh has them.

TOP=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=tests/chroot.sh
. "$TOP/tests/chroot.sh"

DEBS=$TOP/build/deb
CACHE=${TUNKIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tunkit}
BASE=$CACHE/packages-$SUITE
WORK=/run/tunkit-deb
ROOT=$WORK/root

# What ours and uml-utilities depend on, and what the checks need.
PACKAGES=ca-certificates,libcap-ng0,libnl-3-dev,libnl-route-3-dev
PACKAGES=$PACKAGES,libpcap0.8,dkms
PACKAGES=$PACKAGES,linux-headers-amd64,adduser,lsb-base,libfuse2,libreadline8
PACKAGES=$PACKAGES,gcc,libc6-dev,pkg-config,man-db,iproute2,iputils-ping
PACKAGES=$PACKAGES,ifupdown,systemd-standalone-tmpfiles

cached_base() {
	[ "$(cat "$BASE/packages" 2>/dev/null)" = "$PACKAGES" ] && return
	echo "# making $BASE"
	rm -rf --one-file-system "$BASE" "$BASE.new"
	mkdir -p "$CACHE" &&
	make_tree "$BASE.new" "$PACKAGES" &&
	mkdir "$BASE.new/debs" &&
	chroot "$BASE.new" sh -c 'apt-get update -q &&
		cd /debs && apt-get download uml-utilities' >&2 &&
	echo "$PACKAGES" >"$BASE.new/packages" &&
	mv "$BASE.new" "$BASE"
}

# Nodes of its own: the host's /dev has what the packages are to make.
make_nodes() {
	mount -t tmpfs -o mode=755 tunkit "$ROOT/dev" || return
	for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
		name=${node%%:*}
		node=${node#*:}
		mknod -m 666 "$ROOT/dev/$name" c "${node%:*}" "${node#*:}" || return
	done
	ln -s /proc/self/fd "$ROOT/dev/fd"
}

mount_system() {
	mount -t tmpfs -o mode=755 tunkit /run &&
	mkdir -p "$ROOT" "$WORK/upper" "$WORK/work" &&
	mount -t overlay -o \
		"lowerdir=$BASE,upperdir=$WORK/upper,workdir=$WORK/work" \
		tunkit "$ROOT" &&
	make_nodes &&
	mount -t proc proc "$ROOT/proc" &&
	mount -t sysfs sysfs "$ROOT/sys" &&
	mount -t tmpfs -o mode=755 tunkit "$ROOT/run"
}

fill_system() {
	cp "$DEBS"/*.deb "$ROOT/debs/" &&
	cp "$TOP/tests/deb-checks.sh" "$ROOT/" &&
	printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d" &&
	chmod +x "$ROOT/usr/sbin/policy-rc.d" &&
	echo "alice:x:60001:60001::/:/bin/sh" >>"$ROOT/etc/passwd" &&
	echo "alice:x:60001:" >>"$ROOT/etc/group"
}

chroot_needs || exit 1
if [ -z "$TUNKIT_CHROOT" ]; then
	cached_base >&2 || exit 1
	TUNKIT_CHROOT=1 exec unshare -nmpf --kill-child "$0"
fi
mount_system && fill_system || exit 1
LC_ALL=C DEBIAN_FRONTEND=noninteractive
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL DEBIAN_FRONTEND PATH
chroot "$ROOT" /deb-checks.sh
