# SPDX-License-Identifier: GPL-2.0-or-later
# tunkit: `make help` lists the targets.

VERSION := $(shell sed -n 's/^\#define TUNKIT_VERSION "\(.*\)"/\1/p' lib/tunkit.h)
SOVERSION := 0

CC ?= cc
PKG_CONFIG ?= pkg-config
B := build

LIBS_PACKAGES := libnl-3.0 libnl-route-3.0 libcap-ng
PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(LIBS_PACKAGES))
LIB_LIBS := $(shell $(PKG_CONFIG) --libs libnl-3.0 libnl-route-3.0) -pthread
TOOL_LIBS := $(shell $(PKG_CONFIG) --libs libcap-ng)

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes \
	-Wshadow -Wformat=2 -Wundef
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
ifeq ($(SANITIZE),1)
B := build/sanitize
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
HARDENING := -fPIE
endif
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -Ilib $(PACKAGE_CFLAGS) $(WARNINGS) \
	$(HARDENING) $(SANITIZERS) -pthread -MMD -MP $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(SANITIZERS) -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS)

ifneq ($(V),1)
Q := @
say = @printf '  %-7s %s\n' $(1) $(2)
endif

TOOLS := tunctl tuncat tunq
LIB_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard lib/*.c))
TOOL_SOURCES := $(wildcard tools/*.c)
COMMON_SOURCES := $(filter-out $(foreach t,$(TOOLS),tools/$(t).c tools/$(t)-%.c),$(TOOL_SOURCES))
COMMON_OBJECTS := $(patsubst %.c,$(B)/%.o,$(COMMON_SOURCES))
UNIT_TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/unit_*.c))

HAVE_TOOLS := $(foreach t,$(TOOLS),$(if $(wildcard tools/$(t).c),$(t)))

all: $(B)/libtunkit.a $(addprefix $(B)/,$(HAVE_TOOLS)) $(UNIT_TESTS)

$(B)/libtunkit.a: $(LIB_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

define tool_rule
$(B)/$(1): $$(patsubst %.c,$(B)/%.o,$$(wildcard tools/$(1).c tools/$(1)-*.c)) $(COMMON_OBJECTS) $(B)/libtunkit.a
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -pie -o $$@ $$^ $$(LIB_LIBS) $$(TOOL_LIBS)
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rule,$(t))))

$(B)/tests/%: $(B)/tests/%.o $(B)/libtunkit.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ $(LIB_LIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -fvisibility=hidden -c -o $@ $<

clean:
	rm -rf build

.PHONY: all clean
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
