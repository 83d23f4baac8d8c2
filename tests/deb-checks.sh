#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What holds of the packages in /debs; deb-chroot.sh runs it in a Debian that
# is thrown away. The checks build on each other, in this order.

CHECKS='
	node_is_made_where_there_is_none
	node_keeps_the_mode_that_the_system_gave_it
	owner_gets_a_device
	owner_sees_frames
	program_builds_and_runs_with_the_library
	manual_is_found
	examples_run
	dkms_builds_for_the_kernel_headers
	dkms_leaves_out_a_kernel_with_tun_built_in
	uml_utilities_goes_beside
	ifup_works_with_ours
	upgrade_of_either_changes_nothing
	ours_stays_when_uml_utilities_goes
	uml_utilities_is_whole_when_ours_goes
	ifup_works_with_theirs
	ours_comes_after_uml_utilities
	failed_installation_leaves_theirs
	both_go_at_once
	purge_leaves_no_file
'
AS_ALICE='setpriv --reuid 60001 --regid 60001 --clear-groups'
OURS="tunkit libtunkit0 libtunkit-dev tunkit-dkms"
TMP=/tmp/checks
ASIDE=/usr/bin/tunctl.uml-utilities
ASIDE_PAGE=/usr/share/man/man8/tunctl.uml-utilities.8.gz
PAGE=/usr/share/man/man8/tunctl.8.gz
HOOK=/etc/network/if-pre-up.d/uml-utilities

# deb PACKAGE: its file.
deb() {
	for file in /debs/"$1"_*.deb; do
		echo "$file"
	done
}

install_debs() {
	for package; do
		files="$files $(deb "$package")"
	done
	# shellcheck disable=SC2086
	dpkg -i $files
	status=$?
	files=
	return $status
}

# ---- What is there ----------------------------------------------------------

tunctl_is_ours() {
	tunctl --version | grep tunkit &&
	/usr/bin/tunctl --version | grep tunkit &&
	zcat "$PAGE" | grep -- --quiet-link
}

tunctl_is_theirs() {
	[ "$(dpkg -S /usr/bin/tunctl)" = "uml-utilities: /usr/bin/tunctl" ] &&
	! command -v /usr/sbin/tunctl &&
	! tunctl --version && dpkg -S "$PAGE" | grep uml-utilities &&
	! zcat "$PAGE" | grep -- --quiet-link
}

theirs_is_aside() {
	[ -x $ASIDE ] && [ -s $ASIDE_PAGE ] && ! $ASIDE --version
}

nothing_is_aside() {
	! ls $ASIDE $ASIDE_PAGE &&
	! dpkg-divert --list | grep tunkit
}

# The package manager finds nothing amiss.
whole() {
	[ -z "$(dpkg --audit)" ] && [ -z "$(dpkg --verify "$@")" ]
}

# Without what package managers and their helpers keep for themselves.
files_of_the_system() {
	find / -xdev ! -path '/tmp/*' ! -path '/debs/*' ! -path '/var/log/*' \
		! -path '/var/lib/dpkg/*' ! -path '/var/cache/*' \
		! -path '/etc/ld.so.cache' ! -path '/var/lib/dkms/mok.*' \
		! -path '/var/lib/systemd/deb-systemd-helper-*' \
		! -path '/usr/lib/modules/*/modules.*' ! -path '/etc/*-' | sort
}

# ---- Tools, library, driver -------------------------------------------------

node_is_made_where_there_is_none() {
	[ ! -e /dev/net/tun ] &&
	install_debs tunkit libtunkit0 libtunkit-dev &&
	[ "$(stat -c '%F %a %t:%T' /dev/net/tun)" = \
		"character special file 666 a:c8" ] &&
	whole tunkit libtunkit0 libtunkit-dev
}

node_keeps_the_mode_that_the_system_gave_it() {
	chmod 660 /dev/net/tun &&
	systemd-tmpfiles --create tunkit.conf &&
	[ "$(stat -c %a /dev/net/tun)" = 660 ] &&
	chmod 666 /dev/net/tun
}

owner_gets_a_device() {
	said=$(tunctl -u alice -t tap0) &&
	[ "$said" = "Set 'tap0' persistent and owned by uid 60001" ] &&
	[ "$(cat /sys/class/net/tap0/owner)" = 60001 ]
}

owner_sees_frames() {
	ip address add 10.9.0.1/24 dev tap0 && ip link set tap0 up || return
	$AS_ALICE timeout 20 tuncat -c 1 -F text tap0 >$TMP/frames &
	tuncat=$!
	while kill -0 $tuncat 2>/dev/null; do
		ping -c 1 -W 1 10.9.0.2 >/dev/null
	done
	wait $tuncat && [ -s $TMP/frames ] &&
	tunq list tap0 &&
	tunctl -d tap0
}

program_builds_and_runs_with_the_library() {
	cat >$TMP/program.c <<-END
		#include <stdio.h>
		#include <tunkit.h>
		int main(void) { return puts(tunkit_version()) < 0; }
	END
	# shellcheck disable=SC2046
	gcc -Wall -Werror -o $TMP/program $TMP/program.c \
		$(pkg-config --cflags --libs libtunkit) &&
	[ "$($TMP/program)" = "$(pkg-config --modversion libtunkit)" ] &&
	ldd $TMP/program | grep 'libtunkit.so.0 => /'
}

manual_is_found() {
	[ "$(man -w tunctl)" = $PAGE ] &&
	man -w tuncat && man -w tunq
}

# The others need programs that are not here.
examples_run() {
	examples=/usr/share/doc/tunkit/examples
	[ -s $examples/common.sh ] || return
	for name in demo lab qemu replay rootless ssh-tunnel wireshark; do
		[ -x $examples/$name.sh ] || return
	done
	$examples/lab.sh >$TMP/lab &&
	[ "$(grep -c ' 0% packet loss' $TMP/lab)" -eq 2 ]
}

headers() {
	for tree in /lib/modules/*-amd64; do
		echo "${tree##*/}"
	done | sort -V | tail -n 1
}

dkms_builds_for_the_kernel_headers() {
	install_debs tunkit-dkms &&
	dkms status tunkit -k "$(headers)" | grep ': installed' &&
	modinfo -k "$(headers)" -n tun | grep 'updates/dkms/tun\.ko' &&
	modinfo -k "$(headers)" -F alias tun | grep devname:net/tun
}

dkms_leaves_out_a_kernel_with_tun_built_in() {
	mkdir $TMP/built-in &&
	ln -s "/lib/modules/$(headers)/build"/* $TMP/built-in/ &&
	sed 's/^CONFIG_TUN=.*/CONFIG_TUN=y/' \
		"/lib/modules/$(headers)/build/.config" >$TMP/built-in/.config
	dkms build tunkit/"$(version)" -k 6.1.0-built-in \
		--kernelsourcedir $TMP/built-in
	[ $? -eq 77 ] && ! dkms status tunkit | grep built-in
}

version() {
	dpkg-query -W -f '${Version}' tunkit
}

# ---- Beside uml-utilities ---------------------------------------------------

uml_utilities_goes_beside() {
	install_debs uml-utilities &&
	tunctl_is_ours && theirs_is_aside && whole tunkit uml-utilities
}

# Up and down twice: the hook leaves the device, and meets it again.
ifup_and_down() {
	mkdir -p /run/network
	cat >/etc/network/interfaces <<-END
		iface tap7 inet static
			address 10.7.0.1/24
			tunctl_user alice
	END
	for round in 1 2; do
		ifup tap7 &&
		[ "$(cat /sys/class/net/tap7/owner)" = 60001 ] &&
		ip -4 address show dev tap7 up | grep 'inet 10.7.0.1/24' &&
		ifdown tap7 &&
		! ip -4 address show dev tap7 | grep inet ||
			return
	done
	$AS_ALICE tunctl -d tap7 && [ ! -e /sys/class/net/tap7 ]
}

ifup_works_with_ours() {
	grep '/usr/bin/tunctl -u' $HOOK && tunctl_is_ours && ifup_and_down
}

# The same package with a later version, as dpkg sees it.
later_tunkit() {
	dpkg-deb -R "$(deb tunkit)" $TMP/later &&
	sed -i 's/^Version: .*/&+later/' $TMP/later/DEBIAN/control &&
	dpkg-deb -b $TMP/later $TMP/later.deb
}

upgrade_of_either_changes_nothing() {
	later_tunkit && dpkg -i $TMP/later.deb &&
	tunctl_is_ours && theirs_is_aside &&
	install_debs uml-utilities &&
	tunctl_is_ours && theirs_is_aside && whole tunkit uml-utilities
}

ours_stays_when_uml_utilities_goes() {
	dpkg -r uml-utilities &&
	tunctl_is_ours && ! ls $ASIDE $ASIDE_PAGE && whole tunkit
}

uml_utilities_is_whole_when_ours_goes() {
	install_debs uml-utilities && dpkg -r tunkit &&
	tunctl_is_theirs && nothing_is_aside && whole uml-utilities
}

ifup_works_with_theirs() {
	tunctl_is_theirs && ifup_and_down
}

ours_comes_after_uml_utilities() {
	install_debs tunkit &&
	tunctl_is_ours && theirs_is_aside && whole tunkit uml-utilities &&
	ifup_and_down
}

# A file of another package is in the way: dpkg has to undo all it did.
failed_installation_leaves_theirs() {
	dpkg -P tunkit && tunctl_is_theirs && nothing_is_aside &&
	rm -rf $TMP/later/usr/lib && mkdir -p $TMP/later/etc/default &&
	touch $TMP/later/etc/default/uml-utilities &&
	dpkg-deb -b $TMP/later $TMP/broken.deb || return
	dpkg -i $TMP/broken.deb && return 1
	tunctl_is_theirs && nothing_is_aside && whole uml-utilities &&
	install_debs tunkit && tunctl_is_ours && theirs_is_aside
}

both_go_at_once() {
	dpkg -P uml-utilities tunkit && nothing_is_aside &&
	! ls /usr/bin/tunctl /usr/sbin/tunctl $PAGE
}

purge_leaves_no_file() {
	# shellcheck disable=SC2086
	install_debs tunkit && dpkg -P $OURS || return
	files_of_the_system >$TMP/after
	diff $TMP/before $TMP/after
}

# ---- One after the other ----------------------------------------------------

mkdir $TMP
cp /etc/network/interfaces $TMP/interfaces
files_of_the_system >$TMP/before
# shellcheck disable=SC2086
set -- $CHECKS
echo "1..$#"
FAILED=0
for check; do
	number=$((number + 1))
	if "$check" >$TMP/log 2>&1; then
		echo "ok $number - $check"
	else
		echo "not ok $number - $check"
		sed 's/^/# /' $TMP/log
		FAILED=1
	fi
done
exit $FAILED
