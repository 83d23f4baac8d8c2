# SPDX-License-Identifier: GPL-2.0-or-later
# The driver and the virtual machine that it is tested in.
#
# KERNEL	6.1 (the newest that is installed), 6.12 (backports, unpacked in
#		the cache), debug (built from source, in the cache)
# DRIVER	ours, kernel or both
# RUN		a command for `make vm`; without one: a shell

KERNEL ?= 6.1
DRIVER ?= ours
DRIVER_TESTS := $(patsubst %.c,$(B)/%,$(filter-out tests/driver/driver.c,$(wildcard tests/driver/*.c)))
DRIVER_PROGRAMS := $(patsubst %.c,$(B)/%,$(wildcard tests/driver/programs/*.c))
# Those of the ioctls once more as 32-bit programs, which come in by another
# door of the kernel; static, for the guest need not have their library.
DRIVER_TESTS_32 := $(patsubst %,$(B)/tests/driver/%-32,attach create flags \
	link netns nonblock offload permission poll queues read sndbuf \
	txfilter vnet write)
HAVE_32 := $(shell echo 'int main(void) { return 0; }' | \
	$(CC) $(SANITIZERS) -m32 -static -x c -o /dev/null - 2>/dev/null && echo y)

driver-tests: $(DRIVER_TESTS) $(DRIVER_PROGRAMS) $(if $(HAVE_32),$(DRIVER_TESTS_32))

# Requests of ioctls with what follows their head.
$(B)/tests/driver/%.o $(B)/tests/driver/%.32.o: private WARNINGS += \
	-Wno-gnu-variable-sized-type-not-at-end

$(B)/tests/driver/%: $(B)/tests/driver/%.o $(B)/tests/driver/driver.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ -pthread

$(B)/tests/driver/%-32: $(B)/tests/driver/%.32.o $(B)/tests/driver/driver.32.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -m32 -static -o $@ $^ -pthread

$(B)/%.32.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -m32 -c -o $@ $<

# Programs that the tests use, no tests.
$(B)/tests/driver/programs/%: $(B)/tests/driver/programs/%.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^

$(B)/bench/%: $(B)/bench/%.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ -pthread

# Both names, for the kernel that KERNEL names.
driver:
	+@MAKE="$(MAKE)" vm/kernel $(KERNEL) build

vm: driver
	@vm/kernel $(KERNEL) run -d $(DRIVER) $(if $(RUN),sh -c '$(RUN)')

# The versions of what vhost_net imports, against the kernel's own.
check-symbols: driver
	@vm/kernel $(KERNEL) symbols

check-driver: driver driver-tests $(addprefix $(B)/,$(HAVE_TOOLS))
	@BUILD=$(abspath $(B)) KERNEL=$(KERNEL) tests/run driver

# Programs of others on it, OpenVPN to QEMU.
check-programs: driver driver-tests $(addprefix $(B)/,$(HAVE_TOOLS))
	@vm/kernel $(KERNEL) run -d $(DRIVER) -t 1200 env BUILD=$(abspath $(B)) \
		UML_TUNCTL="$$(vm/fetch-tunctl)" tests/driver/programs/all

check-matrix: all driver-tests
	@set -e; for kernel in 6.1 6.12; do \
		$(MAKE) --no-print-directory check-driver KERNEL=$$kernel; done

# A quarter of an hour, once.
debug-kernel:
	@vm/build-debug

# On the debug kernel, with races and faults; a skip where it is not built.
check-debug: driver-tests
	+@BUILD=$(abspath $(B)) MAKE="$(MAKE)" tests/driver/debug

# Each patch of tests/mutants must be noticed: by a test, or by the debug kernel
# where that is built.
check-mutants: driver-tests
	+@BUILD=$(abspath $(B)) MAKE="$(MAKE)" tests/driver/mutants
	+@BUILD=$(abspath $(B)) MAKE="$(MAKE)" tests/driver/mutants-debug

# Instructions, so the figures do not depend on what else this machine does;
# beside them a look at two processors, by the clock.
bench-driver: driver $(B)/bench/driver
	@vm/kernel $(KERNEL) run -i -d both -a "nokaslr norandmaps" \
		$(abspath $(B))/bench/driver /dev/net/tun /dev/net/tunkit \
		>$(B)/bench/driver.out
	@vm/kernel $(KERNEL) run -d both -p 2 $(abspath $(B))/bench/driver \
		--wall /dev/net/tun /dev/net/tunkit >$(B)/bench/driver-wall.out
	@{ cat bench/driver.head.md && \
	   echo "Linux $$(vm/kernel $(KERNEL) release)." && echo && \
	   cat $(B)/bench/driver.out bench/driver.wall.md \
	   $(B)/bench/driver-wall.out; } >docs/driver.md
	@cat docs/driver.md

.PHONY: driver-tests driver vm check-symbols check-driver check-programs check-matrix \
	debug-kernel check-debug check-mutants bench-driver
