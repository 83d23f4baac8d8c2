#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU on queues that tunq opened: a guest with four of them, and tunq pass in
# the place of QEMU's own helper.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/queues.sh"

tearDown() {
	cleanup
}

# The newest kernel that is installed with modules as files; sets RELEASE.
find_kernel() {
	RELEASE=
	for image in /boot/vmlinuz-*; do
		release=${image#/boot/vmlinuz-}
		module=/lib/modules/$release/kernel/drivers/net/virtio_net.ko
		[ -r "$image" ] && [ -e "$module" ] && RELEASE=$release
	done
	[ -n "$RELEASE" ]
}

# make_initramfs FILE: an init that loads virtio and answers ping
make_initramfs() {
	mkdir -p "$TMP/guest/modules"
	cc -static -O1 -o "$TMP/guest/init" "$TOP/tests/guest_init.c" || return
	number=10
	for file in $(for module in virtio_pci virtio_net; do
		modprobe -S "$RELEASE" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'); do
		cp "$file" "$TMP/guest/modules/$number-${file##*/}"
		number=$((number + 1))
	done
	(cd "$TMP/guest" && find . | cpio -o -H newc --quiet) >"$1"
}

# qemu WORD...: what all of them have in common
qemu() {
	set -- -accel tcg -smp 1 -m 192 -nodefaults -no-user-config \
		-display none -no-reboot "$@"
	QEMU="$*"
}

# holds COUNT: as many queues of tq0 in QEMU's hands, by tunq's own word
holds() {
	[ "$("$TUNQ" list --json tq0 | jq '[.devices[].processes[] |
		select(.name | startswith("qemu"))] | length')" = "$1" ]
}

ping_guest() {
	ping -c "${1:-1}" -W 2 -i 0.2 10.9.0.2
}

counter() {
	ip -s -j link show dev tq0 | jq ".[0].stats64.$1.packets"
}

test_four_queues() {
	requires tun jq qemu-system-x86_64 modprobe cpio ping || return 0
	find_kernel || { skip "no kernel with virtio_net.ko in /boot"; return 0; }
	make_initramfs "$TMP/initramfs" || {
		skip "no static C library"
		return 0
	}
	owner=
	! has root || owner="as_user alice"
	ip tuntap add dev tq0 mode tap multi_queue vnet_hdr \
		${owner:+user alice}
	ip link set tq0 addrgenmode none up
	ip addr add 10.9.0.1/24 dev tq0
	cp "/boot/vmlinuz-$RELEASE" "$TMP/kernel"
	chmod 644 "$TMP/kernel" "$TMP/initramfs"
	: >"$TMP/console"
	chmod 666 "$TMP/console"
	qemu -kernel "$TMP/kernel" -initrd "$TMP/initramfs" \
		-serial "file:$TMP/console" \
		-netdev 'tap,id=n,fds={fds},vhost=off' -device \
		virtio-net-pci,netdev=n,mq=on,vectors=10,romfile=
	# shellcheck disable=SC2086
	spawn $owner "$TUNQ" run -n 4 --vnet-hdr tq0 -- qemu-system-x86_64 \
		$QEMU -append "console=ttyS0 quiet panic=-1 no_timer_check"
	WAIT=120 wait_for grep -q '^guest: 4 queues' "$TMP/console" || {
		fail "the guest does not come up: $(tail -5 "$TMP/console")"
		return
	}
	assertTrue "held by QEMU" "holds 4"
	assertTrue "all attached" "wait_for has_queues tq0 '4 0'"
	assertTrue "frames pass" "WAIT=20 wait_for ping_guest"
	from=$(counter rx) to=$(counter tx)
	assertTrue "three answers" "ping_guest 3 >/dev/null"
	assertTrue "from the guest" "[ $(counter rx) -ge $((from + 3)) ]"
	assertTrue "to the guest" "[ $(counter tx) -ge $((to + 3)) ]"

	assert_run 0 "$TUNQ" set tq0 2
	assertEquals "2 2" "$(queues tq0)"
	assertTrue "still held" "holds 4"
	assertTrue "frames pass on two" "WAIT=20 wait_for ping_guest 3"
	assert_run 0 "$TUNQ" set tq0 4
	assertTrue "frames pass on four again" "WAIT=20 wait_for ping_guest 3"
	kill "$PID"
	wait_for has_queues tq0 "0 0"
	assertEquals "they go with QEMU" "0 0" "$(queues tq0)"
}

test_pass_as_qemus_helper() {
	requires tun jq qemu-system-x86_64 || return 0
	for netdev in tap,id=n bridge,id=n,br=unused; do
		ip tuntap add dev tq0 mode tap
		qemu -device virtio-net-pci,netdev=n,romfile= -S
		# shellcheck disable=SC2086
		spawn qemu-system-x86_64 $QEMU \
			-netdev "$netdev,helper=$TUNQ pass tq0" 2>"$TMP/qemu"
		assertTrue "$netdev: $(cat "$TMP/qemu")" \
			"WAIT=20 wait_for holds 1"
		assertEquals "$netdev: with a virtio-net header" true \
			"$(ip -d -j link show dev tq0 |
				jq '.[0].linkinfo.info_data.vnet_hdr')"
		cleanup
	done
}

test_qemu_on_received_queues() {
	requires tun jq qemu-system-x86_64 || return 0
	multi_queue_tap tq0
	spawn "$TUNQ" pass -n 2 --vnet-hdr --socket "$TMP/queues" tq0
	wait_for test -S "$TMP/queues"
	qemu -netdev 'tap,id=n,fds={fds}' -S \
		-device virtio-net-pci,netdev=n,mq=on,romfile=
	# shellcheck disable=SC2086
	spawn "$TUNQ" receive --socket "$TMP/queues" -- qemu-system-x86_64 $QEMU
	assertTrue "WAIT=20 wait_for holds 2"
}

. shunit2
