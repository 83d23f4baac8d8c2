# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC1090
# bash complete.bash COMPLETION TOOL LINE: what bash would offer at the end of
# LINE, one a line: COMPREPLY after COMP_WORDS, cut as readline cuts.

. "$1" || exit
tool=$2
COMP_LINE=$3
COMP_POINT=${#COMP_LINE}
COMP_WORDS=()
left=$COMP_LINE
while [[ $left =~ ^[[:blank:]]*([=:]+|[^[:blank:]=:]+)(.*)$ ]]; do
	COMP_WORDS+=("${BASH_REMATCH[1]}")
	left=${BASH_REMATCH[2]}
done
[[ $COMP_LINE != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
[[ $(complete -p "$tool") == "complete -F _$tool $tool" ]] || exit
"_$tool" "$tool" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
[[ ${#COMPREPLY[@]} == 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
