# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154 # here and work are the caller's
# The parts of a virtual machine: kernel, module tree, initramfs, boot, verdict.

vm_cache=${TUNKIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tunkit}

# What the guest's kernel must never say.
vm_complaints='BUG:|WARNING:|Oops|KASAN|UBSAN|possible .*(lock|recursion)|'
vm_complaints+='suspicious RCU|unreferenced object|unregister_netdevice: waiting|'
vm_complaints+='refcount_t:|Kernel panic|inconsistent lock state|kernel BUG at|'
vm_complaints+='general protection|ODEBUG:|blocked for more than|bad: scheduling'

# Modules that the initramfs needs to reach the root over 9p.
vm_boot_modules='virtio_pci 9pnet_virtio 9p overlay'
# Modules that the tests need, beside the driver.
vm_test_modules='tun tap vhost_net veth bridge dummy 8021q sch_fq_codel
	sch_prio cls_matchall act_gact ipv6 af_packet tcp_diag nf_conntrack'

vm_default_release() {
	local image newest=''

	for image in /boot/vmlinuz-6.1.*-amd64; do
		[ -e "$image" ] && newest=${image#/boot/vmlinuz-}
	done
	if [ -z "$newest" ]; then
		echo 'vm: no kernel in /boot: ./bootstrap vm installs one' >&2
		return 1
	fi
	echo "$newest"
}

vm_kernel_image() { # ROOT RELEASE
	local image

	for image in "$1/boot/vmlinuz-$2" "$1/usr/lib/modules/$2/vmlinuz" \
		"$1/boot/bzImage-$2"; do
		[ -e "$image" ] || continue
		echo "$image"
		return
	done
	echo "vm: no kernel image of $2 in ${1:-/}" >&2
	return 1
}

# A program of a package that is unpacked in the cache, and not installed.
vm_unpacked() { # PACKAGE PROGRAM
	local at=$vm_cache/$2 download=$vm_cache/download-$1

	if [ ! -x "$at" ]; then
		mkdir -p "$download" || return 1
		(cd "$download" && apt-get -q download "$1" &&
			dpkg -x "$1"_*.deb unpacked &&
			find unpacked -path "*bin/$2" -exec mv {} "$at" \;) \
			>&2 || return 1
		rm -rf "$download"
	fi
	echo "$at"
}

# A statically linked busybox of our own: the installed one may be dynamic.
vm_busybox() {
	vm_unpacked busybox-static busybox
}

vm_show_depends() { # ROOT RELEASE MODULE...
	local root=$1 release=$2 module

	shift 2
	for module; do
		modprobe -d "${root:-/}" -S "$release" --show-depends "$module" \
			2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++'
}

# A tree of the modules that tests use, ours in updates/: depmod of a whole
# kernel's takes minutes in the guest.
vm_module_tree() { # ROOT RELEASE TO [DRIVER.ko]
	local root=$1 release=$2 to=$3/lib/modules/$2 file
	local from=$1/lib/modules/$2

	mkdir -p "$to/updates" || return 1
	# shellcheck disable=SC2086
	vm_show_depends "$root" "$release" $vm_test_modules |
		while read -r file; do
			local at=$to/${file##*/lib/modules/"$release"/}

			mkdir -p "${at%/*}" && cp "$file" "$at" || return 1
		done || return 1
	cp "$from"/modules.{builtin,builtin.modinfo,order} "$to" 2>/dev/null
	if [ -n "${4-}" ]; then
		# A file of any name, of the module that it is.
		cp "$4" "$to/updates/$(modinfo -F name "$4").ko" || return 1
	fi
	depmod -b "$3" "$release"
}

vm_initramfs() { # ROOT RELEASE TO
	local tree=$work/initramfs.d busybox number=0 file name

	busybox=$(vm_busybox) || return 1
	mkdir -p "$tree"/{bin,modules,dev,proc,sys,root,lower,upper} || return 1
	cp "$busybox" "$tree/bin/busybox"
	ln -s busybox "$tree/bin/sh"
	cp "$here/init" "$tree/init"
	# shellcheck disable=SC2086
	for file in $(vm_show_depends "$1" "$2" $vm_boot_modules); do
		number=$((number + 1))
		name=$(printf '%02d-%s' "$number" "${file##*/}")
		case $file in
		*.xz) xz -dc "$file" >"$tree/modules/${name%.xz}" ;;
		*) cp "$file" "$tree/modules/$name" ;;
		esac
	done
	(cd "$tree" && find . | cpio -o -H newc --quiet | gzip -1) >"$3"
}

# The command as the guest's shell reads it, with its words quoted.
vm_guest_script() { # TO DRIVER [COMMAND...]
	local to=$1 driver=$2

	shift 2
	{
		echo "export TUNKIT_DRIVER=$driver"
		printf 'vm_command() {\n\t'
		if [ $# -gt 0 ]; then printf '%q ' "$@"; else printf 'setsid -c bash -l'; fi
		printf '\n}\ncd %q\n' "$PWD"
		cat "$here/guest.sh"
	} >"$to"
}

# norandmaps: translated code is found again by its address, so a process that
# starts elsewhere each time is translated anew; that is nine tenths of a start.
# nohz=off highres=off: on a busy host an interrupt of the timer can be late or
# lost. One that comes periodically makes up for it; a single shot never comes.
vm_append='console=ttyS0 panic=-1 quiet loglevel=4 no_timer_check norandmaps'
vm_append+=' nohz=off highres=off'

vm_boot() { # IMAGE INITRAMFS OUT MODULES TIMEOUT ICOUNT APPEND WORDS PROCESSORS
	local -a machine=(-accel "tcg,thread=multi" -smp "$9" -m "${MEM:-1024}")
	local -a serial=(-serial "file:$3/console")

	[ "$6" ] && machine=(-accel tcg -icount "shift=1,sleep=off" -smp 1
		-seed 42 -rtc "base=2026-01-01,clock=vm" -m 1024)
	[ "$8" -gt 0 ] || serial=(-serial "file:$3/console" -serial mon:stdio)
	# Without ERMS and FSRM: TCG emulates rep movsb a byte at a time. Without
	# LA57: an interrupt while the kernel patches its code for five levels of
	# page tables finds half of it patched, which KASAN reports; and a walk
	# of four levels is shorter.
	timeout -k 5 "$5" qemu-system-x86_64 "${machine[@]}" \
		-cpu max,-erms,-fsrm,-la57 -nodefaults -no-user-config -display none \
		-no-reboot -kernel "$1" -initrd "$2" \
		-append "$vm_append modules=$4 $7" \
		-virtfs "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap" \
		-virtfs "local,path=$3,mount_tag=out,security_model=none,multidevs=remap" \
		-device isa-debug-exit,iobase=0xf4,iosize=0x4 \
		"${serial[@]}"
}

# qemu's status is odd when the guest said goodbye by the debug port.
vm_verdict() { # OUT QEMU-STATUS WORDS
	local status

	[ "$3" -gt 0 ] && cat "$1/stdout" 2>/dev/null
	[ "$3" -gt 0 ] && cat "$1/stderr" >&2 2>/dev/null
	if grep -qE "$vm_complaints" "$1/console" "$1/dmesg" 2>/dev/null; then
		echo 'vm: the kernel complained:' >&2
		grep -hE -A 25 "$vm_complaints" "$1/console" "$1/dmesg" 2>/dev/null |
			head -n 60 >&2
		return 202
	fi
	if [ "$2" = 124 ] || [ "$2" = 137 ]; then
		echo 'vm: out of time' >&2
		tail -n 20 "$1/console" >&2
		return 124
	fi
	if [ $(($2 & 1)) = 0 ] || [ ! -s "$1/status" ]; then
		echo "vm: no verdict (qemu ended with $2)" >&2
		tail -n 20 "$1/console" >&2
		return 201
	fi
	status=$(cat "$1/status")
	return "$status"
}
