# SPDX-License-Identifier: GPL-2.0-or-later
# The option table in memory: verbs[1..n] ("-" first), and for each verb its
# options as rows of option[verb, 1..options[verb]], and its operands.

$2 == "-" && $3 == "-" {
	if (!($1 in operand)) {
		operand[$1] = $4
		choices[$1] = $6
		summary[$1] = $8
		metavar[$1] = $5
	} else
		rest[$1] = $4
	next
}
$7 ~ /hidden/ { next }
{
	if (!($1 in options))
		verbs[++verb_count] = $1
	option[$1, ++options[$1]] = $0
}

# Takes row i of verb apart: sets short, long ("" where there is none), kind,
# name, words, optional and help.
function take(verb, i,    field) {
	split(option[verb, i], field, "\t")
	short = field[2] == "-" ? "" : field[2]
	long = field[3] == "-" ? "" : field[3]
	kind = field[4]
	name = field[5]
	words = field[6] == "-" ? "" : field[6]
	optional = field[7] ~ /optional/
	help = field[8]
}

# In single quotes, for a shell.
function quoted(text) {
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}
