# SPDX-License-Identifier: GPL-2.0-or-later
# The tools beside others, on this machine; as root.
#
# ROUNDS	how often everything is measured
# SECONDS	how long what takes as long as one likes

ROUNDS ?= 7
SECONDS ?= 2

bench: all
	@BUILD=$(abspath $(B)) bench/tools.sh $(ROUNDS) $(SECONDS) >$(B)/bench.raw
	@bench/report $(B)/bench.raw docs/tools-performance.md docs/tools-performance.svg
	@cat docs/tools-performance.md

.PHONY: bench
