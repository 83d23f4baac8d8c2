# SPDX-License-Identifier: GPL-2.0-or-later
# Specifications for _arguments, in an array for the tool and for each verb.
# All begin with a star: an option never takes another one away.

function in_brackets(text) {
	gsub(/[][\\]/, "\\\\&", text)
	return text
}

function message(text) {
	gsub(/[:\\]/, "\\\\&", text)
	return text
}

function action(kind, words) {
	if (kind == "choice")
		return "(" words ")"
	if (kind ~ /^(device|link|netns|process|queue)$/)
		return "_" tool "_" kind
	if (kind == "user" || kind == "group")
		return "_" kind "s"
	if (kind == "file")
		return "_files"
	return " "
}

function argument() {
	return ":" message(name) ":" action(kind, words)
}

function specify(spec) {
	print "\t\t" quoted(spec)
}

function option_specs() {
	take(verb, i)
	text = "[" in_brackets(help) "]"
	if (kind == "command")
		specify("*--" long text ":*:::command:_" tool "_command")
	else if (kind == "none") {
		if (short != "") specify("*-" short text)
		if (long != "") specify("*--" long text)
	} else if (optional) {
		if (short != "") specify("*-" short "-" text ":" argument())
		if (long != "") specify("*--" long "=-" text ":" argument())
	} else {
		if (short != "") specify("*-" short "+" text argument())
		if (long != "") specify("*--" long "=" text argument())
	}
}

function operand_specs() {
	if (operand[verb] == "choice")
		specify("1:verb:_" tool "_verbs")
	else if (operand[verb] == "command")
		specify("*:::command:_" tool "_command")
	else
		specify("1:" operand[verb] ":" action(operand[verb]))
	if (operand[verb] == "command")
		return
	if (operand[verb] == "choice")
		specify("*::argument:_" tool "_verb")
	else if (rest[verb] == "command")
		specify("*:::command:_" tool "_command")
	else if (rest[verb] != "none")
		specify("*:" rest[verb] ":" action(rest[verb]))
}

END {
	printf("_%s_specs()\n{\n\tcase $1 in\n", tool)
	for (v = 1; v <= verb_count; v++) {
		verb = verbs[v]
		printf("\t%s) specs=(\n", verb)
		for (i = 1; i <= options[verb]; i++)
			option_specs()
		operand_specs()
		print "\t\t) ;;"
	}
	print "\tesac\n}\n"
	if (verb_count == 1)
		exit
	printf("_%s_verbs()\n{\n\tlocal -a verbs=(\n", tool)
	for (v = 2; v <= verb_count; v++)
		print "\t\t" quoted(verbs[v] ":" message(summary[verbs[v]]))
	print "\t)\n"
	print "\t_describe verb verbs\n}\n"
}
