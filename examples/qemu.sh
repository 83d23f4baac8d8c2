#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two virtual machines, each on a tap that belongs to the user who runs it:
#
#	QEMU of alice  10.0.0.1 eth0 = tap0 \
#	                                     br0
#	QEMU of bob    10.0.0.2 eth0 = tap1 /
#
# tunctl makes the devices once, as root. From then on tunq opens the queue
# and hands it to QEMU as a descriptor: QEMU is started by the user, and no
# helper is set-user-ID root. The guests are a kernel of this machine
# (KERNEL=...) with busybox, and alice's pings bob's.
# Needs root, for two users and to read the kernel and its modules.

. "$(dirname "$0")/common.sh"
need tunctl tunq ip setpriv busybox cpio gzip ldd modprobe qemu-system-x86_64
need_root
for KERNEL in ${KERNEL:-/boot/vmlinuz-*}; do :; done	# the last one
[ -r "$KERNEL" ] || skip "no kernel in /boot; KERNEL=... names one"
RELEASE=${KERNEL##*/vmlinuz-}
own_world "$@"

# ---- The guest: a kernel, and a root of busybox and what it needs -----------

GUEST=$WORK/guest
mkdir -p $GUEST/bin $GUEST/modules $GUEST/proc || exit
busybox=$(readlink -f "$(command -v busybox)")
cp "$busybox" $GUEST/bin/busybox && ln -s busybox $GUEST/bin/sh
ldd "$busybox" 2>/dev/null | grep -o '/[^ ]*' | cpio -pdL --quiet $GUEST
modprobe -S "$RELEASE" -a --show-depends virtio_pci virtio_net 2>/dev/null |
awk '/^insmod/ && !seen[$2]++ { print $2 }' |
while read -r module; do
	number=$((number + 1))		# they are loaded in this order
	case $module in
	*.xz)	xz -dc "$module" ;;
	*.zst)	zstd -dc "$module" ;;
	*)	cat "$module" ;;
	esac >"$GUEST/modules/$(printf %02d $number).ko"
done

# The kernel's command line says which address is ours, and whom to ping.
cat >$GUEST/init <<'END'
#!/bin/sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
for module in /modules/*; do insmod $module; done
ip link set eth0 up
ip address add "$address/24" dev eth0
if [ "$peer" ]; then
	until ping -c 1 -W 1 "$peer" >/proc/self/fd/2; do sleep 1; done
	echo "guest $address: $peer has answered"
	poweroff -f
fi
echo "guest $address: waiting"
exec sleep 3600
END
chmod +x $GUEST/init
(cd $GUEST && find . | cpio -o -H newc --quiet | gzip -1) >$WORK/initrd || exit
cp "$KERNEL" $WORK/kernel && chmod 644 $WORK/kernel || exit

# ---- The machine they run on ------------------------------------------------

# Any two users will do; these have no names here.
ALICE=60001
BOB=60002
ip link add br0 type bridge && ip link set br0 up || exit
show tunctl -u $ALICE --vnet-hdr --up --quiet-link --master br0 tap0 &&
show tunctl -u $BOB --vnet-hdr --up --quiet-link --master br0 tap1 || exit

# KVM where the users may use it, else the slow way.
ACCELERATOR="-accel tcg"
! setpriv --reuid $ALICE --regid $ALICE --clear-groups test -w /dev/kvm ||
	ACCELERATOR="-accel kvm -accel tcg"

# guest UID TAP MAC WORDS: {fds} becomes the descriptor that tunq has opened.
guest() {
	# shellcheck disable=SC2086
	exec setpriv --reuid "$1" --regid "$1" --clear-groups --inh-caps=-all \
	tunq run --vnet-hdr "$2" -- qemu-system-x86_64 \
		$ACCELERATOR -cpu max -m 128 -nodefaults \
		-display none -no-reboot -serial stdio \
		-kernel $WORK/kernel -initrd $WORK/initrd \
		-append "console=ttyS0 quiet panic=-1 $4" \
		-netdev tap,id=n,fds='{fds}' \
		-device virtio-net-pci,netdev=n,romfile=,mac="$3" </dev/null
}

echo "$ tunq run --vnet-hdr tap0 -- qemu-system-x86_64 -netdev tap,fds={fds} ..."
background guest $BOB tap1 52:54:00:00:00:02 "address=10.0.0.2" >$WORK/bob
background guest $ALICE tap0 52:54:00:00:00:01 "address=10.0.0.1 peer=10.0.0.2"
ALICES=$PID
holders() {
	tunq list | grep -c qemu | grep -qx 2
}
wait_for holders
show tunq list
wait "$ALICES" || fail "alice's guest did not end well"
