# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the guest does once the host's root is mounted; vm_guest_script() puts
# the command before it, as vm_command().
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=${TERM:-dumb}
out=/run/out

say_goodbye() {
	echo "$1" >$out/status
	dmesg >$out/dmesg 2>/dev/null
	sync
	# isa-debug-exit: qemu ends with (value << 1) | 1.
	# shellcheck disable=SC2059
	printf "\\x$(printf %02x "$(($1 & 127))")" |
		dd of=/dev/port bs=1 seek=244 count=1 conv=notrunc 2>/dev/null
	echo o >/proc/sysrq-trigger
	sleep 100
}

hostname tunkit
ip link set lo up
if ! modprobe tun; then
	say_goodbye 200
fi
if [ "$TUNKIT_DRIVER" = both ]; then
	modprobe tunkit || say_goodbye 200
	chmod 666 /dev/net/tunkit
fi
chmod 666 /dev/net/tun
modinfo -F filename tun >$out/module
vm_command >$out/stdout 2>$out/stderr </dev/null
status=$?
# The driver must be able to leave: nothing may still hold it. The namespaces
# of the last test end after its program.
driver_leaves() {
	local try

	for try in {1..100}; do
		modprobe -r vhost_net tun 2>$out/unload && return
		sleep 0.1
	done
	cat $out/unload >>$out/stderr
	return "$try"
}
if [ -e /proc/modules ] && ! driver_leaves; then
	echo 'vm: the driver did not unload' >>$out/stderr
	[ $status = 0 ] && status=203
fi
[ "$TUNKIT_DRIVER" = both ] && ! modprobe -r tunkit 2>>$out/stderr && status=203
say_goodbye $status
