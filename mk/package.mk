# SPDX-License-Identifier: GPL-2.0-or-later
# Packages of Debian; packaging/debian/ says what is in them.

deb:
	@packaging/build-deb.sh $(VERSION) $(abspath build/deb)

check-deb: deb
	lintian --allow-root --fail-on error,warning build/deb/*.changes
	tests/deb-chroot.sh

.PHONY: deb check-deb
