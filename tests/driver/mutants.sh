# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Builds a driver for each deliberate mistake. Sourced, in the top folder; by
# its variables: patches (a folder, relative), folder (where the modules go),
# release and headers (of the kernel), top.

workers=${WORKERS:-2}

# Only what differs, so that what has been built of the rest stays.
sources_copy() { # TO
	local file

	while IFS= read -r file; do
		cmp -s "$file" "$1/$file" && continue
		mkdir -p "$1/${file%/*}" && cp "$file" "$1/$file" || return 1
	done < <(find kernel -type f)
}

is_fresh() { # MUTANT
	[ -e "$folder/$1.ko" ] &&
		[ -z "$(find kernel "$patches/$1.patch" -type f \
			-newer "$folder/$1.ko" -print -quit)" ]
}

# In a copy of the sources, of which only what a patch touches is built again.
# The first worker leaves the sound driver as well.
share_build() { # WORKER NAME...
	local worker=$1 copy=$folder/worker-$1 name file
	local make="${MAKE:-make} -s -C $copy/kernel RELEASE=$release KDIR=$headers"
	local result=$copy/build/kernel/$release/tun/tun.ko

	shift
	make+=" KCFLAGS=-g0 KFLAGS=CONFIG_DEBUG_INFO_BTF_MODULES="
	sources_copy "$copy" && $make >&2 || return 1
	[ "$worker" != 0 ] || cp "$result" "$folder/sound.ko" || return 1
	for name; do
		file=$top/$patches/$name.patch
		is_fresh "$name" && continue
		if ! patch -s -d "$copy" -p1 <"$file" >&2 || ! $make >&2; then
			echo "not ok - $name does not apply or build"
			return 1
		fi
		cp "$result" "$folder/$name.ko" || return 1
		sources_copy "$copy" || return 1
	done
}

mutants_build() { # NAME...
	local -a names=("$@") share pids=()
	local worker i pid status=0

	for ((worker = 0; worker < workers; worker++)); do
		share=()
		for ((i = worker; i < ${#names[@]}; i += workers)); do
			share+=("${names[i]}")
		done
		share_build $worker "${share[@]}" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || status=1
	done
	return $status
}

# Those that are asked for, or all that there are.
mutants_named() { # [NAME...]
	local patch

	[ $# = 0 ] || printf '%s\n' "$@"
	[ $# = 0 ] || return
	for patch in "$patches"/*.patch; do
		patch=${patch##*/}
		echo "${patch%.patch}"
	done
}
