# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# A minimal Debian in a directory, from the package sources of this machine;
# for the tests that install into one.

SUITE=${SUITE:-bookworm}

chroot_needs() {
	[ "$(id -u)" -eq 0 ] && command -v mmdebstrap >/dev/null && return
	echo "needs root and mmdebstrap"
	return 1
}

sources() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
	    /etc/apt/sources.list.d/*.sources 2>/dev/null
}

proxy_settings() {
	apt-config dump | grep -iE '^Acquire::(http|https)::Proxy'
}

# make_tree DIRECTORY PACKAGE,...
make_tree() {
	sources >"$1.sources"
	proxy_settings >"$1.conf"
	mmdebstrap --quiet --variant=minbase --include="$2" \
		--aptopt="$1.conf" "$SUITE" "$1" "$1.sources" || return
	cp /etc/resolv.conf "$1/etc/" 2>/dev/null
	rm -f "$1.sources"
	cp "$1.conf" "$1/etc/apt/apt.conf.d/99proxy"
	rm -f "$1.conf"
}
