#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An Ethernet cable through ssh, encrypted:
#
#	left/tap0 = tuncat = ssh ~~~~ sshd = tuncat = right/tap0
#
# Between two real hosts it is the one line with --exec, near the end, and the
# name of the other host instead of "right". Here both are this machine: a
# private sshd on the loopback device of a namespace, with keys that are thrown
# away.
# Needs root, as sshd does.

. "$(dirname "$0")/common.sh"
need tunctl tuncat ip ping ssh ssh-keygen sshd ss
need_root
own_world "$@"

# The other host: its sshd.
mkdir -m 755 /run/sshd
for key in host user; do
	ssh-keygen -q -t ed25519 -N '' -f $WORK/$key || exit
done
cat >$WORK/sshd_config <<END
ListenAddress 127.0.0.1:2222
HostKey $WORK/host
AuthorizedKeysFile $WORK/user.pub
PasswordAuthentication no
StrictModes no
UsePAM no
PidFile none
END
background "$(command -v sshd)" -D -e -f $WORK/sshd_config 2>$WORK/log
listening() {
	ss -Hltn 'sport = :2222' | grep -q .
}
wait_for listening

# This host: how to reach the other, and the key by which it is known.
echo "[127.0.0.1]:2222 $(cat $WORK/host.pub)" >$WORK/known_hosts
cat >$WORK/ssh_config <<END
Host right
	HostName 127.0.0.1
	Port 2222
	User root
	IdentityFile $WORK/user
	UserKnownHostsFile $WORK/known_hosts
	LogLevel ERROR
END
ssh -F $WORK/ssh_config right true || {
	cat $WORK/log >&2
	skip "this machine's sshd lets nobody in"
}

# A network and a device on each side.
ip netns add left && ip netns add right || exit
tunctl --up --quiet-link left/tap0 right/tap0 || exit
ip -n left address add 10.0.0.1/24 dev tap0
ip -n right address add 10.0.0.2/24 dev tap0

# The tunnel. --gso keeps frames apart in a stream of bytes and carries whole
# segments of TCP; --exec runs the other end of the stream. As root, who may
# read the key. The path of tuncat is given because a built one is not in the
# path of a login.
set -- tuncat -U root --gso left/tap0 --exec ssh -F $WORK/ssh_config right \
	"$(command -v tuncat)" --gso right/tap0
echo "\$ $*"
background "$@"
wait_for has_carrier right tap0
show on left ping -c 3 -i 0.2 -w 10 10.0.0.2 || exit

echo
echo "What the frames travelled in:"
ss -tnH 'dport = :2222'
