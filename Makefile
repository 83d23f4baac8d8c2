# SPDX-License-Identifier: GPL-2.0-or-later
# `make help` lists the targets, mk/install.mk the directories.

VERSION := $(shell sed -n 's/^\#define TUNKIT_VERSION "\(.*\)"/\1/p' lib/tunkit.h)
SOVERSION := 0

PKG_CONFIG ?= pkg-config
FUZZ_CC ?= clang
B := build

LIB_LIBS := $(shell $(PKG_CONFIG) --libs libnl-3.0 libnl-route-3.0) -pthread
TOOL_LIBS := $(shell $(PKG_CONFIG) --libs libcap-ng)
PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags libnl-3.0 libnl-route-3.0 libcap-ng)

# Filters (tuncat -f) need libpcap; PCAP=0 leaves them out.
ifndef PCAP
PCAP := $(shell $(PKG_CONFIG) --exists libpcap 2>/dev/null && echo 1 || echo 0)
endif
ifeq ($(PCAP),1)
TOOL_LIBS += $(shell $(PKG_CONFIG) --libs libpcap)
PACKAGE_CFLAGS += -DHAVE_PCAP $(shell $(PKG_CONFIG) --cflags libpcap)
endif

# Warnings about flags count: clang only warns of what it does not know.
cc_option = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null 2>/dev/null && echo $(1))

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes \
	-Wshadow -Wformat=2 -Wundef
HARDENING := -fstack-protector-strong $(call cc_option,-fstack-clash-protection) \
	$(call cc_option,-fcf-protection) \
	$(if $(filter -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
ifeq ($(SANITIZE),1)
B := build/sanitize
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
HARDENING :=
endif

BASE_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Ilib $(PACKAGE_CFLAGS) $(WARNINGS) \
	-fvisibility=hidden -pthread -MMD -MP $(CPPFLAGS)
ALL_CFLAGS = $(BASE_CFLAGS) $(HARDENING) -fPIC $(SANITIZERS) $(CFLAGS)
ALL_LDFLAGS = $(SANITIZERS) -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)
FUZZ_CFLAGS = $(BASE_CFLAGS) -g -O1 -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined

ifneq ($(V),1)
Q := @
ifeq ($(findstring s,$(firstword -$(MAKEFLAGS))),)
say = @printf '  %-7s %s\n' $(1) $(2)
endif
endif

TOOLS := tunctl tuncat tunq
LIB_SOURCES := $(wildcard lib/*.c)
TOOL_SOURCES := $(wildcard tools/*.c)
TEST_SOURCES := $(wildcard tests/unit_*.c tests/helper_*.c)
FUZZ_SOURCES := $(wildcard tests/fuzz/fuzz_*.c)
# What is not TOOL.c or TOOL-*.c belongs to all tools.
COMMON_SOURCES := $(filter-out $(foreach t,$(TOOLS),tools/$(t).c tools/$(t)-%.c),$(TOOL_SOURCES))
OBJECTS := $(patsubst %.c,$(B)/%.o,$(LIB_SOURCES) $(TOOL_SOURCES) $(TEST_SOURCES))

HAVE_TOOLS := $(foreach t,$(TOOLS),$(if $(wildcard tools/$(t).c),$(t)))
UNIT_TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(TEST_SOURCES))
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SOURCES))
SHARED := $(B)/libtunkit.so.$(VERSION)

all: $(B)/libtunkit.a $(SHARED) $(addprefix $(B)/,$(HAVE_TOOLS))

tests: $(UNIT_TESTS)

$(B)/libtunkit.a: $(LIB_SOURCES:%.c=$(B)/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(SHARED): $(LIB_SOURCES:%.c=$(B)/%.o) lib/libtunkit.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libtunkit.so.$(SOVERSION) \
		-Wl,--version-script,lib/libtunkit.map -o $@ $(filter %.o,$^) $(LIB_LIBS)
	$(Q)ln -sf $(@F) $(B)/libtunkit.so.$(SOVERSION)
	$(Q)ln -sf libtunkit.so.$(SOVERSION) $(B)/libtunkit.so

# The tools take the static library: they run from the build directory too.
define tool_rule
$(B)/$(1): $$(patsubst %.c,$(B)/%.o,$$(wildcard tools/$(1).c tools/$(1)-*.c) $(COMMON_SOURCES)) $(B)/libtunkit.a
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -pie -o $$@ $$^ $$(LIB_LIBS) $$(TOOL_LIBS)
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rule,$(t))))

completions: all
	$(call say,WRITE,completions/)
	$(Q)set -e; for t in $(TOOLS); do \
		for file in bash/$$t zsh/_$$t fish/$$t.fish; do \
			completions/generate $${file%%/*} $$t $(B)/$$t \
				>completions/$$file; \
		done; done

# Tests of what the tools share, not of the library.
$(B)/tests/unit_batch: $(B)/tools/words.o

$(B)/tests/%: $(B)/tests/%.o $(B)/libtunkit.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ $(LIB_LIBS)

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Another compiler or other flags: everything is made again.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' >$@

# An archive, so that a target takes in what it calls and no more.
$(B)/fuzz/objects.a: $(patsubst %.c,$(B)/fuzz/%.o,$(LIB_SOURCES) \
		$(filter-out $(TOOLS:%=tools/%.c),$(TOOL_SOURCES)))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/fuzz/fuzz_%: $(B)/fuzz/tests/fuzz/fuzz_%.o $(B)/fuzz/objects.a
	$(call say,LINK,$@)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIB_LIBS) $(TOOL_LIBS)

$(B)/fuzz/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,FUZZCC,$<)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -Itools -fsanitize=fuzzer-no-link -c -o $@ $<

fuzz:
	@if echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
		$(FUZZ_CC) -fsanitize=fuzzer -x c - -o /dev/null 2>/dev/null; \
	then $(MAKE) --no-print-directory fuzz-targets; \
	else echo "$(FUZZ_CC) has no libFuzzer: the fuzz targets are left out"; fi

fuzz-targets: $(FUZZ_TARGETS)

objects: $(OBJECTS)

check: all tests fuzz
	+@BUILD=$(abspath $(B)) MAKE=$(MAKE) tests/run $(TESTS)

lint:
	+@MAKE=$(MAKE) tests/lint

check-bootstrap:
	tests/bootstrap-chroot.sh

demo: all
	@BUILD=$(abspath $(B)) examples/demo.sh

dist:
	@mkdir -p $(B)
	git archive --prefix=tunkit-$(VERSION)/ -o $(B)/tunkit-$(VERSION).tar.gz HEAD

clean:
	rm -rf build

help:
	@cat mk/help.txt

include mk/install.mk
include mk/driver.mk
include mk/bench.mk
include mk/package.mk

FORCE:
.PHONY: all tests fuzz fuzz-targets objects check lint completions check-bootstrap demo dist clean help FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(B) -type f -name '*.d' 2>/dev/null)
