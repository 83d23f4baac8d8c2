#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages and README say what the tools and the driver do: the options are
# those of the tools' tables, the names of the driver's interface those of its
# header, and the examples of the pages run.
#
# An example is a display (.Bd or .Dl) of a section EXAMPLES. All of a page
# are run in order, in one namespace, as root where there is one. A display
# after the line
#	.\" not run: REASON
# is left out; one after
#	.\" file: NAME
# becomes the file NAME, for the displays after it to compile.

. "$(dirname "$0")/lib.sh"

PAGES=$(cd "$TOP/man" && echo *.[1-8])
TOOL_PAGES="tunctl.8 tuncat.1 tunq.8"

tearDown() {
	cleanup
}

tool_of() {
	case $1 in
	tunctl)	echo "$TUNCTL" ;;
	tuncat)	echo "$TUNCAT" ;;
	tunq)	echo "$TUNQ" ;;
	esac
}

# The rows of a tool's table; of all verbs for one that has verbs.
rows_of() {
	tool=$(tool_of "$1")
	"$tool" --options
	for verb in $("$tool" --options | awk -F '\t' \
			'$1 $2 == "--" && $3 == "choice" { print $5 }'); do
		"$tool" "$verb" --options
	done
}

# "-x" and "--long", one a line; without what is hidden.
options_of() {
	rows_of "$1" | awk -F '\t' '$6 !~ /hidden/ {
		if ($1 != "-") print "-" $1
		if ($2 != "-") print "--" $2
	}' | sort -u
}

# Of the lines with which a page begins the paragraph of an option. -? is
# argp's, and not in the table.
documented_in() {
	awk '/^\.It Fl / {
		for (i = 3; i <= NF && $i !~ /^(Ar|Ns|Op|Oo|Oc|Cm)$/; i++) {
			if ($i == "," || $i == "Fl" || $i == "\\&?")
				continue
			print "-" $i
		}
		rest = $0
		while (match(rest, /, Fl [^ ]+/)) {
			print "-" substr(rest, RSTART + 5, RLENGTH - 5)
			rest = substr(rest, RSTART + RLENGTH)
		}
	}' "$1" | sort -u
}

test_pages_document_the_options_of_their_tool() {
	for page in $TOOL_PAGES; do
		options_of "${page%.*}" >"$TMP/table"
		documented_in "$TOP/man/$page" >"$TMP/page"
		assertTrue "$page: the table is read" "[ -s '$TMP/table' ]"
		assertEquals "$page: < in the tool, > in the page" "" \
			"$(diff "$TMP/table" "$TMP/page")"
	done
}

# The words after TOOL in the commands of a text: up to a |, ;, & or quote.
long_options_used() {
	grep -oE "(^|[^a-z/-])$2 [^|;&'\`]*" "$1" |
		grep -oE -e ' --[a-z][a-z-]*' | tr -d ' ' | sort -u
}

test_texts_use_options_that_exist() {
	for name in tunctl tuncat tunq; do
		options_of "$name" >"$TMP/table"
		for text in "$TOP"/README.md "$TOP"/man/*.[1-8]; do
			long_options_used "$text" "$name" >"$TMP/used"
			assertEquals "$text, $name: no such option" "" \
				"$(comm -13 "$TMP/table" "$TMP/used")"
		done
	done
}

test_pages_pass_mandoc() {
	requires mandoc || return 0
	for page in "$TOP"/man/*.[1-8]; do
		assertEquals "" "$(mandoc -Tlint -W warning "$page" 2>&1)"
	done
}

# The displays as one script, with roff's escapes undone.
examples_of() {
	awk '
	/^\.Sh / { inside = $2 == "EXAMPLES" }
	!inside { next }
	/^\.\\" not run:/ { skip = 1; next }
	/^\.\\" file:/ { file = $3; next }
	/^\.Bd/ { display = 1
		  if (file != "") print "cat >" file " <<\\END_OF_FILE"
		  next }
	/^\.Ed/ { if (file != "") print "END_OF_FILE"
		  display = skip = 0; file = ""; next }
	/^\.Dl/ { if (!skip) print substr($0, 5); skip = 0; next }
	display && !skip
	' "$1" | sed -e 's/\\e/\\/g' -e 's/\\&//g' -e 's/\\(aq/'"'"'/g' \
		     -e 's/\\-/-/g' -e 's/\\(dq/"/g' -e 's/^"\(.*\)"$/\1/'
}

# A user namespace has one uid, so there everybody is root.
as_who_we_are() {
	if [ "$TUNKIT_TEST" = root ]; then
		cat
	else
		sed -E 's/(-[ugU]|user) (alice|bob)/\1 0/g'
	fi
}

# A compiler that lets nothing pass, and the library as if it were installed.
make_compiler() {
	mkdir -p "$TMP/bin" "$TMP/include" "$TMP/pkgconfig"
	sanitizers=$(grep -o -m 1 -e '-fsanitize=[a-z,]*' "$BUILD/flags")
	cat >"$TMP/bin/cc" <<-END
		#!/bin/sh
		exec $(command -v cc) -Wall -Wextra -Werror $sanitizers "\$@"
	END
	chmod +x "$TMP/bin/cc"
	cp "$TOP/lib/tunkit.h" "$TMP/include/"
	cat >"$TMP/pkgconfig/libtunkit.pc" <<-END
		Name: libtunkit
		Description: as built
		Version: 0
		Cflags: -I$TMP/include
		Libs: -L$BUILD -ltunkit
	END
}

run_examples() {
	make_compiler
	for tool in "$TUNCTL" "$TUNCAT" "$TUNQ"; do
		ln -sf "$tool" "$TMP/bin/"
	done
	{
		echo 'set -e'
		echo "PATH=$TMP/bin:\$PATH"
		echo "export PKG_CONFIG_PATH=$TMP/pkgconfig LD_LIBRARY_PATH=$BUILD"
		echo "cd $TMP"
		examples_of "$1" | as_who_we_are
	} >"$TMP/examples"
	assertTrue "no examples" "[ $(wc -l <"$TMP/examples") -gt 3 ]"
	RUN_TIMEOUT=60 assert_run 0 sh -x "$TMP/examples"
}

# The names that a header of the driver defines.
names_defined() {
	sed -nE 's/^#define[[:space:]]+((TUN|IFF_)[A-Z0-9_]+).*/\1/p' "$1" | sort -u
}

names_in_page() {
	grep -oE '\<(TUN|IFF_)[A-Z0-9_]+' "$TOP/man/tun.4" | sort -u
}

# The header may be older than the page.
NEWER_NAMES="TUN_F_USO4 TUN_F_USO6 TUN_F_UDP_TUNNEL_GSO TUN_F_UDP_TUNNEL_GSO_CSUM"

test_tun_page_has_the_names_of_the_header() {
	header=/usr/include/linux/if_tun.h
	names_defined $header >"$TMP/header"
	assertTrue "names were found" "[ $(wc -l <"$TMP/header") -gt 50 ]"
	names_in_page >"$TMP/page"
	assertEquals "in $header, not in tun.4" "" \
		"$(comm -23 "$TMP/header" "$TMP/page")"
	echo "$NEWER_NAMES" | tr ' ' '\n' | sort -u - "$TMP/header" >"$TMP/known"
	assertEquals "in tun.4, not in $header" "" \
		"$(grep -xvE 'TUN' "$TMP/page" | comm -13 "$TMP/known" -)"
}

# Requests as our driver has them, also those of other headers.
test_tun_page_has_the_requests_of_the_driver() {
	grep -oE '\<(TUN[A-Z]|SIOC)[A-Z0-9]+' "$TOP/kernel/ioctl.c" | sort -u |
	while read -r name; do
		grep -q "$name" "$TOP/man/tun.4" || echo "$name"
	done >"$TMP/missing"
	assertEquals "in kernel/ioctl.c, not in tun.4" "" "$(cat "$TMP/missing")"
}

# The errors that a page speaks of, before its ERRORS; there, with their texts.
errors_spoken_of() {
	awk '/^\.Sh / { there = /ERRORS/ } !there' "$1" |
		sed -n 's/^\.\(It \|Pq \)*Er \(E[A-Z0-9]*\).*/\2/p' | sort -u
}

errors_listed() {
	mandoc -T ascii "$1" | col -bx |
		sed -n 's/^ *\(E[A-Z0-9]*\) ("\(.*\)")$/\1 \2/p' | sort -u
}

test_tun_page_lists_every_error_with_its_text() {
	requires mandoc python3 || return 0
	page=$TOP/man/tun.4
	errors_listed "$page" >"$TMP/listed"
	assertTrue "a list" "[ -s '$TMP/listed' ]"
	python3 -c 'import errno, os, sys
for line in sys.stdin:
	name = line.split()[0]
	print(name, os.strerror(getattr(errno, name)))' \
		<"$TMP/listed" >"$TMP/true"
	assertEquals "$(cat "$TMP/true")" "$(cat "$TMP/listed")"
	for error in $(errors_spoken_of "$page") \
			ENOENT ENODEV ENXIO EACCES EPERM EMFILE; do
		assertTrue "$error is not under ERRORS" \
			"grep -q '^$error ' '$TMP/listed'"
	done
}

# What the page says of opening, where a node can be made to be like that.
test_opening_fails_as_the_tun_page_says() {
	requires root python3 || return 0
	mkdir -p "$TMP/nodev"
	mount -t tmpfs -o nodev none "$TMP/nodev" ||
		{ skip "tmpfs may not be mounted"; return 0; }
	mknod -m 666 "$TMP/minor" c 10 254 2>/dev/null &&
	mknod -m 666 "$TMP/major" c 300 1 &&
	mknod -m 666 "$TMP/nodev/tun" c 10 200 ||
		{ umount "$TMP/nodev"; skip "no nodes may be made"; return 0; }
	while read -r error node; do
		assertEquals "$node" "$error" "$(python3 -c 'import errno, os, sys
try:
	os.open(sys.argv[1], os.O_RDWR)
except OSError as e:
	print(errno.errorcode[e.errno])' "$TMP/$node")"
	done <<-END
		ENOENT none
		ENODEV minor
		ENXIO major
		EACCES nodev/tun
	END
	umount "$TMP/nodev"
	rm "$TMP/minor" "$TMP/major"
}

# run_pages PAGE...
run_pages() {
	for page; do
		run_examples "$TOP/man/$page"
		cleanup
	done
}

test_examples_of_the_tools_pages_run() {
	requires tun jq ping || return 0
	# shellcheck disable=SC2086
	run_pages $TOOL_PAGES
}

# Their examples are programs.
test_examples_of_the_other_pages_run() {
	requires tun jq ping cc pkg-config || return 0
	for page in $PAGES; do
		case " $TOOL_PAGES " in *" $page "*) ;; *) run_pages "$page" ;; esac
	done
}

. shunit2
