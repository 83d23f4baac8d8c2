# SPDX-License-Identifier: GPL-2.0-or-later
# Made by completions/generate from the option table of tunctl: do not edit.

function __tunctl_takes
	switch $argv[1]
	case -
		string split ' ' -- 'batch t name count N netns f node u user g group mtu mac master'
	end
end

complete -c tunctl -f
complete -c tunctl -n '__tunctl_at - 0 999' -s d -l delete -d 'Delete the devices; the name may stand anywhere' -a '(__tunctl_device)'
complete -c tunctl -n '__tunctl_at - 0 999' -s l -l list -d 'List devices'
complete -c tunctl -n '__tunctl_at - 0 999' -l batch -d 'Carry out each line of FILE (- is standard input)' -r -F
complete -c tunctl -n '__tunctl_at - 0 999' -s t -l name -d 'The same as NAME without an option' -x -a '(__tunctl_device)'
complete -c tunctl -n '__tunctl_at - 0 999' -l count -d 'Make N devices from a template such as lab%d' -x
complete -c tunctl -n '__tunctl_at - 0 999' -s N -l netns -d 'Work in a network namespace: a name, pid:NUMBER or a path' -x -a '(__tunctl_netns)'
complete -c tunctl -n '__tunctl_at - 0 999' -s f -l node -d 'The clone node (default /dev/net/tun)' -r -F
complete -c tunctl -n '__tunctl_at - 0 999' -s u -l user -d 'The owner (default at creation, without -g: you)' -x -a '(__fish_complete_users)'
complete -c tunctl -n '__tunctl_at - 0 999' -s g -l group -d 'The group; with an owner, both must match' -x -a '(__fish_complete_groups)'
complete -c tunctl -n '__tunctl_at - 0 999' -l anyone -d 'Make it without owner: any user may attach'
complete -c tunctl -n '__tunctl_at - 0 999' -s n -l tun -d 'Make a TUN device (IP packets)'
complete -c tunctl -n '__tunctl_at - 0 999' -s p -l tap -d 'Make a TAP device (Ethernet frames; the default)'
complete -c tunctl -n '__tunctl_at - 0 999' -s m -l multi-queue -d 'Several queues may be attached at once'
complete -c tunctl -n '__tunctl_at - 0 999' -l pi -d 'Frames begin with packet information'
complete -c tunctl -n '__tunctl_at - 0 999' -l vnet-hdr -d 'Frames begin with a virtio-net header'
complete -c tunctl -n '__tunctl_at - 0 999' -l up -d 'Set the link up'
complete -c tunctl -n '__tunctl_at - 0 999' -l mtu -d 'Set the MTU' -x
complete -c tunctl -n '__tunctl_at - 0 999' -l mac -d 'Set the hardware address of a TAP' -x
complete -c tunctl -n '__tunctl_at - 0 999' -l master -d 'Put it into a bridge or bond (\'\': take it out)' -x -a '(__tunctl_link)'
complete -c tunctl -n '__tunctl_at - 0 999' -l quiet-link -d 'No automatic IPv6 address, so no traffic of its own'
complete -c tunctl -n '__tunctl_at - 0 999' -l strict -d 'Fail when the device to make exists, or the one to delete does not'
complete -c tunctl -n '__tunctl_at - 0 999' -l unused -d 'With -d: pass over devices that a process holds'
complete -c tunctl -n '__tunctl_at - 0 999' -l force -d 'With -d: held devices too; with --batch: go on after a failure'
complete -c tunctl -n '__tunctl_at - 0 999' -s b -l brief -d 'Print names only'
complete -c tunctl -n '__tunctl_at - 0 999' -l json -d 'Print JSON'
complete -c tunctl -n '__tunctl_at - 0 999' -s v -l verbose -d 'Say more; with -l: who holds the devices'
complete -c tunctl -n '__tunctl_at - 0 999' -s q -l quiet -d 'No notes and no sentences'
complete -c tunctl -n '__tunctl_at - 0 999' -s h -l help -d 'Give this help list'
complete -c tunctl -n '__tunctl_at - 0 999' -l usage -d 'Give a short usage message'
complete -c tunctl -n '__tunctl_at - 0 999' -s V -l version -d 'Print program version'
complete -c tunctl -n '__tunctl_at - 0 999' -a '(__tunctl_device)'

function __tunctl_has_verbs
	test 1 -gt 1
end

# A program that may be where the path of a user does not look.
function __tunctl_call
	set -lx PATH $PATH /usr/local/sbin /usr/sbin /sbin
	command $argv 2>/dev/null
end

# What of the words before the cursor is no option: the verb ("-" where the
# tool has none, or none yet), then INDEX:WORD for each operand of it. After an
# option that begins a command the verb is "command", and the one operand that.
function __tunctl_operands
	set -l words (commandline -opc)
	set -l verb -
	set -l takes (__tunctl_takes -)
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
		else if __tunctl_has_verbs; and test $verb = -
			set verb $word
			set takes (__tunctl_takes $verb)
		else
			set -a found $i:$word
		end
	end
	printf '%s\n' $verb $found
end

# __tunctl_at VERB LEAST MOST: the verb, and the number of operands before
function __tunctl_at
	set -l found (__tunctl_operands)
	set -l count (math (count $found) - 1)
	test "$found[1]" = $argv[1] -a $count -ge $argv[2] -a $count -le $argv[3]
end

# __tunctl_option SHORT LONG: the argument that an option before was given
function __tunctl_option
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

function __tunctl_netns
	for at in /run/netns/*
		basename $at
	end
end

# [NETNS/]DEV
function __tunctl_device
	set -l token (string replace -r '^--[^=]*=' '' -- (commandline -ct))
	set -l netns (__tunctl_option N netns)
	set -l prefix
	if string match -q '*/*' -- $token
		set netns (string replace -r '/[^/]*$' '' -- $token)
		set prefix $netns/
	else if test -z "$netns"
		string replace -r '$' '/\tnetwork namespace' -- (__tunctl_netns)
	end
	set -q netns[1]; and set netns -N $netns[-1]
	for name in (__tunctl_call tunctl -q -l -b $netns)
		printf '%s%s\n' "$prefix" $name
	end
end

# PID:FD
function __tunctl_holders
	set -l netns (__tunctl_option N netns)
	set -q netns[1]; and set netns -N $netns[-1]
	__tunctl_call tunq list $netns | awk '
		NR > 1 && !NF { exit }
		NR > 1 { print $2 ":" $5 "\t" $1 ", " $3 }'
end

function __tunctl_process
	__tunctl_holders | string replace -r ':.*' '' | sort -u
end

function __tunctl_queue
	set -l pid (__tunctl_option p pid)
	if set -q pid[1]
		__tunctl_device
	else
		__tunctl_holders
	end
end

# What a device can be put into.
function __tunctl_link
	for type in bridge bond
		__tunctl_call ip -o link show type $type
	end | string replace -r '^\d+: ([^:@]*).*' '$1'
end

# __tunctl_command N: the command line that begins after N operands
function __tunctl_command
	set -l words (commandline -opc)
	set -l found (__tunctl_operands)
	set -l first (string replace -r ':.*' '' -- $found[(math $argv[1] + 2)])
	set -l command
	if test -n "$first"; and test $first -le (count $words)
		set command (string escape -- $words[$first..-1])
		test "x$command[1]" = x--; and set -e command[1]
	end
	complete -C (string join ' ' -- $command (commandline -ct))
end
