# SPDX-License-Identifier: GPL-2.0-or-later
# Made by completions/generate from the option table of tunq: do not edit.

function __tunq_takes
	switch $argv[1]
	case -
		string split ' ' -- 'N netns'
	case list
		string split ' ' -- 'N netns'
	case attach
		string split ' ' -- 'p pid N netns'
	case detach
		string split ' ' -- 'p pid keep N netns'
	case set
		string split ' ' -- 'N netns'
	case run
		string split ' ' -- 'n queues N netns f node'
	case hold
		string split ' ' -- 'n queues pidfile N netns f node'
	case pass
		string split ' ' -- 'socket fd U user timeout n queues N netns f node'
	case receive
		string split ' ' -- 'socket timeout'
	end
end

complete -c tunq -f
complete -c tunq -n '__tunq_at - 0 999' -s N -l netns -d 'Devices of the network namespace NETNS: a name, pid:NUMBER or a path' -x -a '(__tunq_netns)'
complete -c tunq -n '__tunq_at - 0 999' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at - 0 999' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at - 0 999' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at - 0 999' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at - 0 999' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at - 0 0' -a list -d 'Shows which process holds which queue, and whether it is attached.'
complete -c tunq -n '__tunq_at - 0 0' -a attach -d 'Lets queues of running processes get frames.'
complete -c tunq -n '__tunq_at - 0 0' -a detach -d 'Lets queues of running processes get no frames, and drops those that wait in them; the carrier stays.'
complete -c tunq -n '__tunq_at - 0 0' -a set -d 'Keeps exactly N queues of DEV attached, over all the processes that hold it.'
complete -c tunq -n '__tunq_at - 0 0' -a run -d 'Opens queues of DEV and becomes COMMAND, which inherits them from descriptor 3 on.'
complete -c tunq -n '__tunq_at - 0 0' -a hold -d 'Keeps the carrier of the multi-queue device DEV with a queue that gets no frames, until it is ended by a signal.'
complete -c tunq -n '__tunq_at - 0 0' -a pass -d 'Opens queues of DEV and hands them to the first client of a UNIX socket.'
complete -c tunq -n '__tunq_at - 0 0' -a receive -d 'Takes queues from a UNIX socket and becomes COMMAND, which inherits them as from \'tunq run\'.'
complete -c tunq -n '__tunq_at list 0 999' -l json -d 'Print JSON'
complete -c tunq -n '__tunq_at list 0 999' -s N -l netns -d 'Devices of the network namespace NETNS: a name, pid:NUMBER or a path' -x -a '(__tunq_netns)'
complete -c tunq -n '__tunq_at list 0 999' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at list 0 999' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at list 0 999' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at list 0 999' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at list 0 999' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at list 0 999' -a '(__tunq_device)'
complete -c tunq -n '__tunq_at attach 0 999' -s p -l pid -d 'All queues that process PID holds of DEV' -x -a '(__tunq_process)'
complete -c tunq -n '__tunq_at attach 0 999' -s N -l netns -d 'Devices of the network namespace NETNS: a name, pid:NUMBER or a path' -x -a '(__tunq_netns)'
complete -c tunq -n '__tunq_at attach 0 999' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at attach 0 999' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at attach 0 999' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at attach 0 999' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at attach 0 999' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at attach 0 999' -a '(__tunq_queue)'
complete -c tunq -n '__tunq_at detach 0 999' -s p -l pid -d 'All queues that process PID holds of DEV' -x -a '(__tunq_process)'
complete -c tunq -n '__tunq_at detach 0 999' -l keep -d 'With --pid, leave its first N attached queues attached' -x
complete -c tunq -n '__tunq_at detach 0 999' -s N -l netns -d 'Devices of the network namespace NETNS: a name, pid:NUMBER or a path' -x -a '(__tunq_netns)'
complete -c tunq -n '__tunq_at detach 0 999' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at detach 0 999' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at detach 0 999' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at detach 0 999' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at detach 0 999' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at detach 0 999' -a '(__tunq_queue)'
complete -c tunq -n '__tunq_at set 0 999' -s N -l netns -d 'Devices of the network namespace NETNS: a name, pid:NUMBER or a path' -x -a '(__tunq_netns)'
complete -c tunq -n '__tunq_at set 0 999' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at set 0 999' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at set 0 999' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at set 0 999' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at set 0 999' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at set 0 0' -a '(__tunq_device)'
complete -c tunq -n '__tunq_at run 0 1' -s n -l queues -d 'Open N queues (1)' -x
complete -c tunq -n '__tunq_at run 0 1' -l vnet-hdr -d 'Frames begin with a virtio-net header (QEMU needs it)'
complete -c tunq -n '__tunq_at run 0 1' -l pi -d 'Frames begin with packet information'
complete -c tunq -n '__tunq_at run 0 1' -l create -d 'Make the device if it is absent; it goes with its last queue'
complete -c tunq -n '__tunq_at run 0 1' -l tun -d 'With --create, make a TUN device, not a TAP device'
complete -c tunq -n '__tunq_at run 0 1' -s N -l netns -d 'Devices of the network namespace NETNS: a name, pid:NUMBER or a path' -x -a '(__tunq_netns)'
complete -c tunq -n '__tunq_at run 0 1' -s f -l node -d 'Open NODE instead of /dev/net/tun' -r -F
complete -c tunq -n '__tunq_at run 0 1' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at run 0 1' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at run 0 1' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at run 0 1' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at run 0 1' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at run 0 0' -a '(__tunq_device)'
complete -c tunq -n '__tunq_at run 1 999' -a '(__tunq_command 1)'
complete -c tunq -n '__tunq_at hold 0 999' -s n -l queues -d 'Hold N queues (1)' -x
complete -c tunq -n '__tunq_at hold 0 999' -l daemon -d 'Go into the background once the hold is in force'
complete -c tunq -n '__tunq_at hold 0 999' -l pidfile -d 'Write the process id to FILE once the hold is in force' -r -F
complete -c tunq -n '__tunq_at hold 0 999' -s N -l netns -d 'Devices of the network namespace NETNS: a name, pid:NUMBER or a path' -x -a '(__tunq_netns)'
complete -c tunq -n '__tunq_at hold 0 999' -s f -l node -d 'Open NODE instead of /dev/net/tun' -r -F
complete -c tunq -n '__tunq_at hold 0 999' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at hold 0 999' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at hold 0 999' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at hold 0 999' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at hold 0 999' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at hold 0 0' -a '(__tunq_device)'
complete -c tunq -n '__tunq_at pass 0 999' -l socket -d 'Wait for a client at a new UNIX socket PATH' -r -F
complete -c tunq -n '__tunq_at pass 0 999' -l fd -d 'Pass them through the open socket FD, as QEMU\'s helper does' -x
complete -c tunq -n '__tunq_at pass 0 999' -s U -l user -d 'The client may be USER, too, and gets the socket' -x -a '(__fish_complete_users)'
complete -c tunq -n '__tunq_at pass 0 999' -l timeout -d 'Give up when no client was served for TIME (10, 1.5s, 200ms, 3m, 1h)' -x
complete -c tunq -n '__tunq_at pass 0 999' -s n -l queues -d 'Open N queues (1)' -x
complete -c tunq -n '__tunq_at pass 0 999' -l vnet-hdr -d 'Frames begin with a virtio-net header (QEMU needs it)'
complete -c tunq -n '__tunq_at pass 0 999' -l pi -d 'Frames begin with packet information'
complete -c tunq -n '__tunq_at pass 0 999' -l create -d 'Make the device if it is absent; it goes with its last queue'
complete -c tunq -n '__tunq_at pass 0 999' -l tun -d 'With --create, make a TUN device, not a TAP device'
complete -c tunq -n '__tunq_at pass 0 999' -s N -l netns -d 'Devices of the network namespace NETNS: a name, pid:NUMBER or a path' -x -a '(__tunq_netns)'
complete -c tunq -n '__tunq_at pass 0 999' -s f -l node -d 'Open NODE instead of /dev/net/tun' -r -F
complete -c tunq -n '__tunq_at pass 0 999' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at pass 0 999' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at pass 0 999' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at pass 0 999' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at pass 0 999' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at pass 0 0' -a '(__tunq_device)'
complete -c tunq -n '__tunq_at receive 0 0' -l socket -d 'The UNIX socket where \'tunq pass\' waits' -r -F
complete -c tunq -n '__tunq_at receive 0 0' -l timeout -d 'Wait for the socket, too, and give up when the queues did not come in TIME (10, 1.5s, 200ms, 3m, 1h)' -x
complete -c tunq -n '__tunq_at receive 0 0' -s q -l quiet -d 'Print no notes'
complete -c tunq -n '__tunq_at receive 0 0' -s v -l verbose -d 'Say what is done, and what helps after a failure'
complete -c tunq -n '__tunq_at receive 0 0' -s h -l help -d 'Give this help list'
complete -c tunq -n '__tunq_at receive 0 0' -l usage -d 'Give a short usage message'
complete -c tunq -n '__tunq_at receive 0 0' -s V -l version -d 'Print program version'
complete -c tunq -n '__tunq_at receive 0 999' -a '(__tunq_command 0)'

function __tunq_has_verbs
	test 9 -gt 1
end

# A program that may be where the path of a user does not look.
function __tunq_call
	set -lx PATH $PATH /usr/local/sbin /usr/sbin /sbin
	command $argv 2>/dev/null
end

# What of the words before the cursor is no option: the verb ("-" where the
# tool has none, or none yet), then INDEX:WORD for each operand of it. After an
# option that begins a command the verb is "command", and the one operand that.
function __tunq_operands
	set -l words (commandline -opc)
	set -l verb -
	set -l takes (__tunq_takes -)
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
		else if __tunq_has_verbs; and test $verb = -
			set verb $word
			set takes (__tunq_takes $verb)
		else
			set -a found $i:$word
		end
	end
	printf '%s\n' $verb $found
end

# __tunq_at VERB LEAST MOST: the verb, and the number of operands before
function __tunq_at
	set -l found (__tunq_operands)
	set -l count (math (count $found) - 1)
	test "$found[1]" = $argv[1] -a $count -ge $argv[2] -a $count -le $argv[3]
end

# __tunq_option SHORT LONG: the argument that an option before was given
function __tunq_option
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

function __tunq_netns
	for at in /run/netns/*
		basename $at
	end
end

# [NETNS/]DEV
function __tunq_device
	set -l token (string replace -r '^--[^=]*=' '' -- (commandline -ct))
	set -l netns (__tunq_option N netns)
	set -l prefix
	if string match -q '*/*' -- $token
		set netns (string replace -r '/[^/]*$' '' -- $token)
		set prefix $netns/
	else if test -z "$netns"
		string replace -r '$' '/\tnetwork namespace' -- (__tunq_netns)
	end
	set -q netns[1]; and set netns -N $netns[-1]
	for name in (__tunq_call tunctl -q -l -b $netns)
		printf '%s%s\n' "$prefix" $name
	end
end

# PID:FD
function __tunq_holders
	set -l netns (__tunq_option N netns)
	set -q netns[1]; and set netns -N $netns[-1]
	__tunq_call tunq list $netns | awk '
		NR > 1 && !NF { exit }
		NR > 1 { print $2 ":" $5 "\t" $1 ", " $3 }'
end

function __tunq_process
	__tunq_holders | string replace -r ':.*' '' | sort -u
end

function __tunq_queue
	set -l pid (__tunq_option p pid)
	if set -q pid[1]
		__tunq_device
	else
		__tunq_holders
	end
end

# What a device can be put into.
function __tunq_link
	for type in bridge bond
		__tunq_call ip -o link show type $type
	end | string replace -r '^\d+: ([^:@]*).*' '$1'
end

# __tunq_command N: the command line that begins after N operands
function __tunq_command
	set -l words (commandline -opc)
	set -l found (__tunq_operands)
	set -l first (string replace -r ':.*' '' -- $found[(math $argv[1] + 2)])
	set -l command
	if test -n "$first"; and test $first -le (count $words)
		set command (string escape -- $words[$first..-1])
		test "x$command[1]" = x--; and set -e command[1]
	end
	complete -C (string join ' ' -- $command (commandline -ct))
end
