#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# packaging/build-deb.sh VERSION DIRECTORY: Debian packages of this tree, as it
# is, in DIRECTORY; `make deb`. They are built in a copy, so that the tree stays
# clean. DEBFULLNAME and DEBEMAIL name who releases them.

TOP=$(cd "$(dirname "$0")/.." && pwd)
VERSION=$1
DIRECTORY=$2
COPY=$DIRECTORY/tunkit-$VERSION
LC_ALL=C
export LC_ALL

maintainer() {
	if [ -n "$DEBEMAIL" ]; then
		echo "${DEBFULLNAME:-$DEBEMAIL} <$DEBEMAIL>"
	else
		sed -n 's/^Maintainer: //p' "$TOP/packaging/debian/control"
	fi
}

# The same tree gets the same date, and so the same packages.
date_of_tree() {
	git -C "$TOP" log -1 --format=%cD 2>/dev/null ||
		date -R -r "$TOP/lib/tunkit.h"
}

changelog() {
	printf 'tunkit (%s) unstable; urgency=medium\n\n' "$VERSION"
	printf '  * Built from the tree, which has the history.\n\n'
	printf ' -- %s  %s\n' "$(maintainer)" "$(date_of_tree)"
}

copy_tree() {
	rm -rf "$DIRECTORY" &&
	mkdir -p "$COPY" &&
	(cd "$TOP" && tar -cf - --exclude=./build --exclude=./.git .) |
		tar -C "$COPY" --no-same-owner -xf - &&
	cp -r "$COPY/packaging/debian" "$COPY/debian" &&
	mkdir "$COPY/debian/source" &&
	echo '3.0 (native)' >"$COPY/debian/source/format" &&
	changelog >"$COPY/debian/changelog"
}

# show LOG: why it failed, without the thousand lines before it.
show() {
	tail -n 30 "$1" >&2
	echo "make deb: failed; all of it is in $1" >&2
	return 1
}

for program in dpkg-buildpackage dh dh_dkms; do
	command -v $program >/dev/null && continue
	echo "make deb: $program is not installed; ./bootstrap deb installs it" >&2
	exit 1
done

copy_tree || exit 1
LOG=$DIRECTORY/build.log
(cd "$COPY" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
	dpkg-buildpackage -us -uc -j"$(nproc)") >"$LOG" 2>&1 || show "$LOG" || exit 1
rm -rf "$COPY"
for package in "$DIRECTORY"/*.deb; do
	echo "$package"
done
