# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced: builds the helper of the benchmarks, $FRAMES.

BUILD=${BUILD:-$TOP/build}
FRAMES=$BUILD/bench-frames

build_frames() {
	mkdir -p "$BUILD" &&
	${CC:-cc} -O2 -D_GNU_SOURCE -o "$FRAMES" "$TOP/bench/frames.c"
}
