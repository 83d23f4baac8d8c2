# SPDX-License-Identifier: GPL-2.0-or-later
# Rows for bash: SHORT LONG KIND [WORDS...], "-" for none; "?KIND" where the
# argument may be left out.

END {
	printf "_%s_rows()\n{\n\tcase $1 in\n", tool
	for (v = 1; v <= verb_count; v++) {
		verb = verbs[v]
		printf("\t%s)\n\t\toperands=%s\n\t\trows='", verb,
		       quoted(operand[verb] " " rest[verb] \
			      (choices[verb] == "-" ? "" : " " choices[verb])))
		for (i = 1; i <= options[verb]; i++) {
			take(verb, i)
			printf("%s%s %s %s%s%s", i == 1 ? "" : "\n",
			       short == "" ? "-" : "-" short,
			       long == "" ? "-" : "--" long,
			       optional ? "?" : "", kind,
			       words == "" ? "" : " " words)
		}
		printf "'\n\t\t;;\n"
	}
	print "\tesac\n}\n"
}
