# SPDX-License-Identifier: GPL-2.0-or-later
# Made by completions/generate from the option table of tuncat: do not edit.

function __tuncat_takes
	switch $argv[1]
	case -
		string split ' ' -- 'F format w write f filter s snaplen !--exec r read speed loop c count i idle W time q quit N netns node U user'
	end
end

complete -c tuncat -f
complete -c tuncat -n '__tuncat_at - 0 999' -s F -l format -d 'Format of standard output and input' -x -a 'text raw hex len16 len32 pcap pcapng gso'
complete -c tuncat -n '__tuncat_at - 0 999' -s x -l hex -d 'The same as -F hex'
complete -c tuncat -n '__tuncat_at - 0 999' -s w -l write -d 'Write a capture of both directions: pcapng with -F pcapng or a name that ends so, else pcap; - is standard output' -r -F
complete -c tuncat -n '__tuncat_at - 0 999' -s f -l filter -d 'Show and inject only what this filter of pcap-filter(7) selects' -x
complete -c tuncat -n '__tuncat_at - 0 999' -s s -l snaplen -d 'Show at most this much of each frame' -x
complete -c tuncat -n '__tuncat_at - 0 999' -l pi -d 'Frames on standard output and input begin with packet information'
complete -c tuncat -n '__tuncat_at - 0 999' -s R -l recv-only -d 'Dump only, leave standard input alone'
complete -c tuncat -n '__tuncat_at - 0 999' -s S -l send-only -d 'Inject only, end with standard input'
complete -c tuncat -n '__tuncat_at - 0 999' -l sniff -d 'Show a copy of what passes through a device that is held'
complete -c tuncat -n '__tuncat_at - 0 999' -l gso -d 'Whole segments to another tuncat with --gso (-F gso)'
complete -c tuncat -n '__tuncat_at - 0 999' -l exec -d 'Run COMMAND, to the end of the line, as standard output and input'
complete -c tuncat -n '__tuncat_at - 0 999' -s r -l read -d 'Send a capture at its original timing, and end; - is standard input' -r -F
complete -c tuncat -n '__tuncat_at - 0 999' -l speed -d 'With -r: this many times as fast, or max' -x
complete -c tuncat -n '__tuncat_at - 0 999' -l loop -d 'With -r: send the file this often, 0 for ever' -x
complete -c tuncat -n '__tuncat_at - 0 999' -s c -l count -d 'End after this many frames' -x
complete -c tuncat -n '__tuncat_at - 0 999' -s i -l idle -d 'End when no frame has passed for TIME (10, 1.5s, 200ms, 3m, 1h)' -x
complete -c tuncat -n '__tuncat_at - 0 999' -s W -l time -d 'End after TIME' -x
complete -c tuncat -n '__tuncat_at - 0 999' -s q -l quit -d 'End TIME after the end of standard input' -x
complete -c tuncat -n '__tuncat_at - 0 999' -l create -d 'Make an absent device; it goes when tuncat ends'
complete -c tuncat -n '__tuncat_at - 0 999' -s n -l tun -d 'With --create: a TUN device'
complete -c tuncat -n '__tuncat_at - 0 999' -s p -l tap -d 'With --create: a TAP device'
complete -c tuncat -n '__tuncat_at - 0 999' -l up -d 'Set the devices up'
complete -c tuncat -n '__tuncat_at - 0 999' -s N -l netns -d 'Namespace of devices that are written without one' -x -a '(__tuncat_netns)'
complete -c tuncat -n '__tuncat_at - 0 999' -l node -d 'The clone node (default /dev/net/tun)' -r -F
complete -c tuncat -n '__tuncat_at - 0 999' -s U -l user -d 'Become USER once all is open; root: stay root' -x -a '(__fish_complete_users)'
complete -c tuncat -n '__tuncat_at - 0 999' -s v -l verbose -d 'Say more'
complete -c tuncat -n '__tuncat_at - 0 999' -l progress -d 'Print once a second how much passes'
complete -c tuncat -n '__tuncat_at - 0 999' -l quiet -d 'Say errors only'
complete -c tuncat -n '__tuncat_at - 0 999' -s h -l help -d 'Give this help list'
complete -c tuncat -n '__tuncat_at - 0 999' -l usage -d 'Give a short usage message'
complete -c tuncat -n '__tuncat_at - 0 999' -s V -l version -d 'Print program version'
complete -c tuncat -n '__tuncat_at - 0 999' -a '(__tuncat_device)'
complete -c tuncat -n '__tuncat_at command 1 1' -a '(__tuncat_command 0)'

function __tuncat_has_verbs
	test 1 -gt 1
end

# A program that may be where the path of a user does not look.
function __tuncat_call
	set -lx PATH $PATH /usr/local/sbin /usr/sbin /sbin
	command $argv 2>/dev/null
end

# What of the words before the cursor is no option: the verb ("-" where the
# tool has none, or none yet), then INDEX:WORD for each operand of it. After an
# option that begins a command the verb is "command", and the one operand that.
function __tuncat_operands
	set -l words (commandline -opc)
	set -l verb -
	set -l takes (__tuncat_takes -)
	set -l waits
	set -l ended
	set -l found
	for i in (seq 2 (count $words))
		set -l word $words[$i]
		if test -n "$waits"
			set waits
		else if test -z "$ended"; and test "x$word" = x--
			set ended yes
		else if contains -- "!$word" $takes
			set verb command
			set found (math $i + 1):
			break
		else if test -z "$ended"; and string match -q -- '--*' $word
			contains -- (string sub -s 3 -- $word) $takes
			and set waits yes
		else if test -z "$ended"; and string match -q -- '-?*' $word
			set -l letters (string split '' -- (string sub -s 2 -- $word))
			for at in (seq (count $letters))
				contains -- $letters[$at] $takes; or continue
				test $at -lt (count $letters); or set waits yes
				break
			end
		else if __tuncat_has_verbs; and test $verb = -
			set verb $word
			set takes (__tuncat_takes $verb)
		else
			set -a found $i:$word
		end
	end
	printf '%s\n' $verb $found
end

# __tuncat_at VERB LEAST MOST: the verb, and the number of operands before
function __tuncat_at
	set -l found (__tuncat_operands)
	set -l count (math (count $found) - 1)
	test "$found[1]" = $argv[1] -a $count -ge $argv[2] -a $count -le $argv[3]
end

# __tuncat_option SHORT LONG: the argument that an option before was given
function __tuncat_option
	set -l words (commandline -opc)
	for i in (seq 2 (count $words))
		switch $words[$i]
		case -$argv[1] --$argv[2]
			echo -- $words[(math $i + 1)]
		case "--$argv[2]=*" "-$argv[1]*"
			string replace -r '^(--[^=]*=|-.)' '' -- $words[$i]
		end
	end 2>/dev/null
end

function __tuncat_netns
	for at in /run/netns/*
		basename $at
	end
end

# [NETNS/]DEV
function __tuncat_device
	set -l token (string replace -r '^--[^=]*=' '' -- (commandline -ct))
	set -l netns (__tuncat_option N netns)
	set -l prefix
	if string match -q '*/*' -- $token
		set netns (string replace -r '/[^/]*$' '' -- $token)
		set prefix $netns/
	else if test -z "$netns"
		string replace -r '$' '/\tnetwork namespace' -- (__tuncat_netns)
	end
	set -q netns[1]; and set netns -N $netns[-1]
	for name in (__tuncat_call tunctl -q -l -b $netns)
		printf '%s%s\n' "$prefix" $name
	end
end

# PID:FD
function __tuncat_holders
	set -l netns (__tuncat_option N netns)
	set -q netns[1]; and set netns -N $netns[-1]
	__tuncat_call tunq list $netns | awk '
		NR > 1 && !NF { exit }
		NR > 1 { print $2 ":" $5 "\t" $1 ", " $3 }'
end

function __tuncat_process
	__tuncat_holders | string replace -r ':.*' '' | sort -u
end

function __tuncat_queue
	set -l pid (__tuncat_option p pid)
	if set -q pid[1]
		__tuncat_device
	else
		__tuncat_holders
	end
end

# What a device can be put into.
function __tuncat_link
	for type in bridge bond
		__tuncat_call ip -o link show type $type
	end | string replace -r '^\d+: ([^:@]*).*' '$1'
end

# __tuncat_command N: the command line that begins after N operands
function __tuncat_command
	set -l words (commandline -opc)
	set -l found (__tuncat_operands)
	set -l first (string replace -r ':.*' '' -- $found[(math $argv[1] + 2)])
	set -l command
	if test -n "$first"; and test $first -le (count $words)
		set command (string escape -- $words[$first..-1])
		test "x$command[1]" = x--; and set -e command[1]
	end
	complete -C (string join ' ' -- $command (commandline -ct))
end
