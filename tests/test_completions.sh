#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rootless
# The completions: made from the tables of today, and what the shells say.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/queues.sh"

PATH=$BUILD:$PATH
COMPLETIONS=$TOP/completions

tearDown() {
	cleanup
}

# file_of SHELL TOOL
file_of() {
	case $1 in
	bash)	echo "bash/$2" ;;
	zsh)	echo "zsh/_$2" ;;
	fish)	echo "fish/$2.fish" ;;
	esac
}

# offers SHELL LINE: the candidates in one line, sorted, without descriptions
offers() {
	case $1 in
	bash)	bash "$TOP/tests/complete.bash" \
			"$COMPLETIONS/bash/${2%% *}" "${2%% *}" "$2" ;;
	zsh)	zsh -f "$TOP/tests/complete.zsh" "$COMPLETIONS/zsh" "$2" ;;
	fish)	fish -N -c 'set -p fish_complete_path $argv[1]
			complete -C $argv[2]' "$COMPLETIONS/fish" "$2" ;;
	esac 2>&1 | cut -f 1 | sort -u | xargs -d '\n'
}

# offered "CANDIDATE..." SHELL LINE
offered() {
	assertEquals "$2: $3" "$1" "$(offers "$2" "$3")"
}

test_files_are_those_of_the_tables() {
	for tool in tunctl tuncat tunq; do
		for shell in bash zsh fish; do
			file=$(file_of $shell $tool)
			"$COMPLETIONS/generate" $shell $tool "$BUILD/$tool" \
				>"$TMP/generated"
			assertTrue "$file: 'make completions' makes it new" \
				"cmp '$TMP/generated' '$COMPLETIONS/$file'"
		done
	done
}

# offer_devices SHELL NETNS: what is there at this moment
offer_devices() {
	ip tuntap add dev tcp0 mode tap
	ip tuntap add dev tcp1 mode tun
	netns_add far
	ip -n far tuntap add dev farther mode tap
	offered "$2 tcp0 tcp1" "$1" 'tuncat '
	offered "tcp0 tcp1" "$1" 'tunctl -d t'
	offered "farther" "$1" 'tunctl -N far -d '
	offered "far" "$1" 'tunctl --netns '
	offered "tcp0 tcp1" "$1" 'tunq run -n 2 tcp'
	offered "farther" "$1" 'tunq -N far set '
	offered "farther" "$1" 'tunq -q --netns=far list -v '
	offered "far" "$1" 'tunq -N '
}

# offer_queues SHELL: live, too
offer_queues() {
	requires jq || return 0
	multi_queue_tap tcp0
	holder one tcp0 2
	pid=$(pid_of one)
	offered "$(queue_of one 0) $(queue_of one 1)" "$1" 'tunq attach '
	offered "$pid" "$1" 'tunq detach --pid '
	offered "tcp0" "$1" "tunq detach -p $pid tc"
}

# offer_words SHELL: what the tables say
offer_words() {
	offered "--mac --master" "$1" 'tunctl --ma'
	offered "--keep" "$1" 'tunq detach --k'
	offered "" "$1" 'tunq attach --k'
	offered "attach detach hold list pass receive run set" "$1" 'tunq '
	offered "list" "$1" 'tunq -v -N far l'
	offered "len16 len32" "$1" 'tuncat -F l'
	offered "alice" "$1" 'tunctl -u ali'
	offered "bob" "$1" 'tunctl -g bo'
	: >"$TMP/file.pcap"
	cd "$TMP" || return
	offered "file.pcap" "$1" "tuncat -w file.p"
	offered "--pidfile" "$1" 'tunq hold --pid'
}

# After the operands of run a command is completed as a command.
offer_commands() {
	offered "setpriv" "$1" 'tunq run tcp0 -- setpri'
	offered "setpriv" "$1" 'tunq run -n 2 tcp0 setpri'
	offered "setpriv" "$1" 'tunq receive --socket x -- setpri'
}

test_bash() {
	requires bash || return 0
	offer_words bash
	offer_commands bash
	# What readline has cut at = and : is not repeated.
	offered "alice" bash 'tunctl --user=ali'
	offered "-ualice" bash 'tunctl -uali'
	offered "len16 len32" bash 'tuncat --format=l'
	offered "--help --netns --quiet --usage --verbose --version -N -V -h -q -v" \
		bash 'tunq -'
	offered "" bash 'tunctl -u alice --mac 02:00'
	offered "" bash 'tunctl -- --ma'
	# "tunctl -d" takes its name joined, or as any operand.
	offered "" bash 'tunctl --delete=none'
}

test_bash_devices() {
	requires bash tun || return 0
	offer_devices bash far/
	offered "" bash 'tunq hold tcp0 '
	offered "" bash 'tunq set tcp0 '
	offered "far/farther" bash 'tuncat far/'
	offered "tcp0 tcp1" bash 'tunctl --name=tcp'
	offered "-dtcp0 -dtcp1" bash 'tunctl -dtcp'
	offered "far/farther" bash 'tunctl --name=far/'
}

test_bash_queues() {
	requires bash tun || return 0
	offer_queues bash
	offered "$(fds_of one)" bash "tunq attach $(pid_of one):"
}

# What others called a device is not run, and comes quoted.
test_bash_hostile_names() {
	requires bash tun || return 0
	ip tuntap add dev '$(>ran)' mode tap
	ip tuntap add dev 't;>ran' mode tap
	ip link add 'b;>ran' type bridge 2>/dev/null
	cd "$TMP" || return
	assertEquals '\$\(\>ran\)
t\;\>ran' "$(bash "$TOP/tests/complete.bash" "$COMPLETIONS/bash/tuncat" \
		tuncat 'tuncat ')"
	offers bash 'tunctl --master ' >/dev/null
	assertFalse "ran" "[ -e ran ]"
	ip link del 'b;>ran' 2>/dev/null
}

# With bash-completion, a command's own completion takes over.
test_bash_with_its_library() {
	requires bash || return 0
	library=/usr/share/bash-completion/bash_completion
	[ -r $library ] || { skip "bash-completion is not installed"; return 0; }
	cat >"$TMP/both" <<-END
		. $library
		. "$COMPLETIONS/bash/tunctl"
		. "$COMPLETIONS/bash/tunq"
	END
	assertEquals "--mac --master" "$(bash "$TOP/tests/complete.bash" \
		"$TMP/both" tunq 'tunq run -n 2 tcp0 -- tunctl --ma' |
		sort | xargs)"
}

test_zsh() {
	requires zsh || return 0
	offer_words zsh
	offer_commands zsh
	offered "--mac --master" zsh 'tunq run tcp0 -- tunctl --ma'
}

test_zsh_devices() {
	requires zsh tun || return 0
	offer_devices zsh far
	offered "farther" zsh 'tuncat far/'
}

test_zsh_queues() {
	requires zsh tun || return 0
	offer_queues zsh
}

test_fish() {
	requires fish || return 0
	offer_words fish
	offer_commands fish
	offered "--mac --master" fish 'tunq run tcp0 -- tunctl --ma'
	offered "--user=alice" fish 'tunctl --user=ali'
}

test_fish_devices() {
	requires fish tun || return 0
	offer_devices fish far/
	offered "" fish 'tunq hold tcp0 '
	offered "" fish 'tunq set tcp0 '
	offered "far/farther" fish 'tuncat far/'
}

test_fish_queues() {
	requires fish tun || return 0
	offer_queues fish
}

# Not all interfaces that there are.
test_masters_are_what_takes_devices() {
	requires tun || return 0
	ip tuntap add dev tcp0 mode tap
	ip link add br7 type bridge 2>/dev/null ||
		{ skip "no bridges here"; return 0; }
	masters=br7
	ip link add bond7 type bond 2>/dev/null && masters="bond7 br7"
	for shell in bash zsh fish; do
		has $shell || continue
		offered "$masters" $shell 'tunctl --master '
		offered "br7" $shell 'tunctl tcp0 --master br'
	done
	ip link del br7
	[ "$masters" = br7 ] || ip link del bond7
}

# An option that begins a command, whichever tool will have one.
test_option_with_a_command() {
	mkdir -p "$TMP/new/bash" "$TMP/new/zsh" "$TMP/new/fish"
	cat >"$TMP/new/tool" <<-END
		#!/bin/sh
		"$BUILD/tuncat" "\$@"
		printf -- '-\tlaunch\tcommand\tCMD\t-\t-\tLaunch it\n'
	END
	chmod +x "$TMP/new/tool"
	for shell in bash zsh fish; do
		has $shell || continue
		file=$(file_of $shell tuncat)
		"$COMPLETIONS/generate" $shell tuncat "$TMP/new/tool" \
			>"$TMP/new/$file"
		COMPLETIONS=$TMP/new
		offered "--launch" $shell 'tuncat tcp0 --lau'
		offered "setpriv" $shell 'tuncat tcp0 --launch setpri'
		offered "setpriv" $shell 'tuncat tcp0 --launch -- setpri'
		COMPLETIONS=$TOP/completions
	done
}

. shunit2
