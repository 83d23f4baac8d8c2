# SPDX-License-Identifier: GPL-2.0-or-later
# zsh -f complete.zsh FOLDER LINE: what zsh would offer at the end of LINE, one
# a line. An interactive zsh on a terminal of its own, whose completions come
# from FOLDER, has the line typed and then a key that completes and keeps what
# compadd was given in a file.

zmodload zsh/zpty zsh/zselect || exit
out=$TMPDIR/complete.$$

zpty shell zsh -f -i
zpty -w shell "
OUT=$out
fpath=(${(q)1} \$fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
	local -a offered
	builtin compadd -A offered \"\$@\"
	print -rl -- \$offered >>\$OUT
	builtin compadd \"\$@\"
}
offer() {
	_main_complete
	compstate[insert]= compstate[list]=
	: >\$OUT.done
}
zle -C offer complete-word offer
bindkey '^X' offer
: >\$OUT.ready"

wait_for() {
	local left

	for left in {1..600}; do
		[[ ! -e $1 ]] || return 0
		zselect -t 5
		zpty -r -t shell discarded
	done
	print -u2 "zsh: gave up waiting"
	return 1
}

wait_for $out.ready || exit
zpty -w -n shell "$2"$'\x18'
wait_for $out.done || exit
zpty -d shell
[[ ! -s $out ]] || sort -u $out | sed '/^$/d'
rm -f $out*
