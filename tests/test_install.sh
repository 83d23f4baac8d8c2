#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What make install puts where, that it can be used from there, and that
# make uninstall takes all of it away.

. "$(dirname "$0")/lib.sh"

ROOT=$TMP/root

make_to() {
	(cd "$TOP" &&
	 make -s B="$BUILD" DESTDIR="$ROOT" PREFIX=/usr "$@") >"$TMP/log" 2>&1
}

oneTimeSetUp() {
	make_to install || cat "$TMP/log"
}

test_tools_and_library_are_in_place() {
	for file in sbin/tunctl sbin/tunq bin/tuncat include/tunkit.h \
		    lib/libtunkit.a lib/libtunkit.so lib/libtunkit.so.0 \
		    lib/pkgconfig/libtunkit.pc; do
		assertTrue "/usr/$file" "[ -s '$ROOT/usr/$file' ]"
	done
	for page in "$TOP"/man/*.[1-8]; do
		section=${page##*.}
		assertTrue "$page" "[ -s '$ROOT/usr/share/man/man$section/${page##*/}' ]"
	done
}

test_completions_are_where_the_shells_look() {
	for tool in tunctl tuncat tunq; do
		for file in bash-completion/completions/$tool \
			    zsh/site-functions/_$tool \
			    fish/vendor_completions.d/$tool.fish; do
			assertTrue "$file" "[ -s '$ROOT/usr/share/$file' ]"
		done
	done
}

# The others mount an empty /run, and so hide what is installed here.
test_examples_run_with_the_installed_tools() {
	requires tun ping || return 0
	examples=$ROOT/usr/share/doc/tunkit/examples
	assertEquals "" "$(diff -r "$TOP/examples" "$examples")"
	run env -u BUILD PATH="$ROOT/usr/bin:$ROOT/usr/sbin:$PATH" \
		"$examples/rootless.sh"
	[ "$STATUS" -ne 77 ] || { skip "${ERR##*: not run: }"; return 0; }
	assertEquals "$OUT$ERR" 0 "$STATUS"
}

# The driver's pages by both names, the library's by every function's.
test_pages_are_found_by_all_their_names() {
	man=$ROOT/usr/share/man
	assertEquals "" "$(diff "$man/man4/tun.4" "$man/man4/tap.4")"
	for page in "$TOP"/man/*.[1-8]; do
		section=${page##*.}
		for name in $(sed -n '/^.Nd/q; s/^.Nm \([^ ]*\).*/\1/p' "$page"); do
			assertTrue "$name($section)" \
				"[ -s '$man/man$section/$name.$section' ]"
		done
	done
}

test_installed_tools_run() {
	assert_run 0 "$ROOT/usr/bin/tuncat" --version
	assert_run 0 "$ROOT/usr/sbin/tunctl" --version
	assert_run 0 "$ROOT/usr/sbin/tunq" --version
}

test_a_program_builds_against_the_installed_library() {
	cat >"$TMP/program.c" <<-END
		#include <stdio.h>
		#include <tunkit.h>
		int main(void) { return puts(tunkit_version()) < 0; }
	END
	PKG_CONFIG_PATH=$ROOT/usr/lib/pkgconfig
	PKG_CONFIG_SYSROOT_DIR=$ROOT
	export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
	sanitizers=$(grep -o -m 1 -e '-fsanitize=[a-z,]*' "$BUILD/flags")
	# shellcheck disable=SC2046,SC2086
	assert_run 0 cc $sanitizers -o "$TMP/program" "$TMP/program.c" \
		$(pkg-config --cflags --libs libtunkit)
	assert_run 0 env LD_LIBRARY_PATH="$ROOT/usr/lib" "$TMP/program"
	assertEquals "$(pkg-config --modversion libtunkit)" "$OUT"
}

test_the_header_is_clean_c_and_cplusplus() {
	cat >"$TMP/clean.c" <<-END
		#include <tunkit.h>
		int main(void)
		{
			struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
			return opts.size != sizeof(opts) || opts.flags;
		}
	END
	cp "$TMP/clean.c" "$TMP/clean.cc"
	flags="-Wall -Wextra -Werror -pedantic -I$ROOT/usr/include"
	# shellcheck disable=SC2086
	assert_run 0 cc -std=c99 $flags -o "$TMP/clean" "$TMP/clean.c"
	assert_run 0 "$TMP/clean"
	command -v c++ >/dev/null || { skip "no C++ compiler"; return 0; }
	# shellcheck disable=SC2086
	assert_run 0 c++ -std=c++11 $flags -o "$TMP/clean" "$TMP/clean.cc"
	assert_run 0 "$TMP/clean"
}

test_uninstall_leaves_nothing() {
	make_to uninstall || cat "$TMP/log"
	assertEquals "" "$(find "$ROOT" ! -type d)"
}

. shunit2
