#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# All benchmarks of the tools, interleaved: each round measures everything
# once. As root; everything happens in namespaces of its own.
#
#	bench/tools.sh [ROUNDS [SECONDS]] >RAW
#
# First a line about the machine, then "BENCHMARK KIND VALUE [CPU]" a line, for
# bench/report.

TOP=$(cd "$(dirname "$0")/.." && pwd)
ROUNDS=${1:-7}
SECONDS_EACH=${2:-2}

say() {
	echo "bench: $*" >&2
}

if [ "$(id -u)" -ne 0 ]; then
	say "needs root, for network namespaces and the devices in them"
	exit 4
fi
for command in ip iperf3 jq python3 socat; do
	command -v $command >/dev/null && continue
	say "$command is not installed; ./bootstrap bench installs what is needed"
	exit 1
done

release=$(uname -r)
processors=$(nproc)
[ "$processors" -eq 1 ] && word=processor || word=processors
model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
echo "machine $processors $word${model:+ ($model)}, Linux ${release%%-*}," \
	"$ROUNDS round$([ "$ROUNDS" -eq 1 ] || echo s) of $SECONDS_EACH s"
# Who sends and who reads do not take turns on one processor.
[ "$processors" -eq 1 ] || export PIN=1
say "load $(cut -d ' ' -f 1-3 /proc/loadavg); of a busy machine the figures say little"

for round in $(seq "$ROUNDS"); do
	say "round $round of $ROUNDS"
	"$TOP/bench/tunctl.sh" 1 &&
	RAW=1 "$TOP/bench/tuncat.sh" bridge 1 "$SECONDS_EACH" &&
	RAW=1 KINDS="loop tuncat" WAYS=bypass \
		"$TOP/bench/tuncat.sh" pipe 1 "$SECONDS_EACH" || exit
done
