# SPDX-License-Identifier: GPL-2.0-or-later
# Lines of `complete` for fish, after the options that take an argument, which
# its own parts need to tell operands.

# In single quotes fish knows two escapes.
function fish_quoted(text) {
	gsub(/[\\']/, "\\\\&", text)
	return "'" text "'"
}

function candidates(kind, words) {
	if (kind == "choice")
		return " -a " fish_quoted(words)
	if (kind ~ /^(device|link|netns|process|queue)$/)
		return " -a '(__" tool "_" kind ")'"
	if (kind == "user" || kind == "group")
		return " -a '(__fish_complete_" kind "s)'"
	return ""
}

# When: with verb, and between least and most operands (of the verb) before.
function condition(least, most) {
	return " -n '__" tool "_at " verb " " least " " most "'"
}

function option_line(    line) {
	take(verb, i)
	line = "complete -c " tool condition(0, last_option)
	if (short != "")
		line = line " -s " short
	if (long != "")
		line = line " -l " long
	line = line " -d " fish_quoted(help)
	if (kind == "file")
		line = line " -r -F"
	else if (kind != "none" && kind != "command")
		line = line (optional ? "" : " -x") candidates(kind, words)
	print line
}

function operand_line(kind, least, most) {
	if (kind == "command")
		print "complete -c " tool condition(least, 999) \
			" -a '(__" tool "_command " least ")'"
	else if (kind == "file")
		print "complete -c " tool condition(least, most) " -F"
	else if (candidates(kind, choices[verb]) != "")
		print "complete -c " tool condition(least, most) \
			candidates(kind, choices[verb])
}

function print_verb_lines(    other) {
	last_option = 999
	if (operand[verb] == "command")
		last_option = 0
	else if (rest[verb] == "command")
		last_option = 1
	for (i = 1; i <= options[verb]; i++) {
		option_line()
		if (kind == "command")
			has_command = 1
	}
	if (operand[verb] == "choice") {
		for (other = 2; other <= verb_count; other++)
			print "complete -c " tool condition(0, 0) " -a " \
				verbs[other] " -d " \
				fish_quoted(summary[verbs[other]])
		return
	}
	operand_line(operand[verb], 0, rest[verb] == operand[verb] ? 999 : 0)
	if (rest[verb] != operand[verb] && rest[verb] != "none" &&
	    operand[verb] != "command")
		operand_line(rest[verb], 1, 999)
}

function print_takers(    line) {
	line = ""
	for (i = 1; i <= options[verb]; i++) {
		take(verb, i)
		if (kind == "command")
			line = line " !--" long
		if (kind == "none" || kind == "command" || optional)
			continue
		line = line (short == "" ? "" : " " short) \
			(long == "" ? "" : " " long)
	}
	print "\tcase " verb
	print "\t\tstring split ' ' --" (line == "" ? " ''" : " '" \
		substr(line, 2) "'")
}

END {
	print "function __" tool "_takes"
	print "\tswitch $argv[1]"
	for (v = 1; v <= verb_count; v++) {
		verb = verbs[v]
		print_takers()
	}
	print "\tend\nend\n"
	print "complete -c " tool " -f"
	for (v = 1; v <= verb_count; v++) {
		verb = verbs[v]
		print_verb_lines()
	}
	if (has_command)
		print "complete -c " tool " -n '__" tool "_at command 1 1'" \
			" -a '(__" tool "_command 0)'"
	print "\nfunction __" tool "_has_verbs\n\ttest " verb_count " -gt 1\nend\n"
}
