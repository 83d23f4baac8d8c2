# SPDX-License-Identifier: GPL-2.0-or-later
# One list of MODE:SOURCE:DESTINATION serves install and uninstall; with the
# mode "link" the source is what the symbolic link holds.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
EXAMPLEDIR ?= $(DATADIR)/doc/tunkit/examples
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
BASHCOMPDIR ?= $(DATADIR)/bash-completion/completions
ZSHCOMPDIR ?= $(DATADIR)/zsh/site-functions
FISHCOMPDIR ?= $(DATADIR)/fish/vendor_completions.d

MAN_PAGES := $(wildcard man/*.[1-8])
man_dir = $(MANDIR)/man$(subst .,,$(suffix $(1)))
man_page = 644:$(1):$(call man_dir,$(1))/$(notdir $(1))
# A page is found by each name of its section NAME.
man_names = $(shell sed -n '/^.Nd/q; s/^.Nm \([^ ]*\).*/\1/p' $(1))
man_links = $(foreach name,$(filter-out $(basename $(notdir $(1))),$(call man_names,$(1))), \
	link:$(notdir $(1)):$(call man_dir,$(1))/$(name)$(suffix $(1)))

INSTALLED := \
	755:$(B)/tunctl:$(SBINDIR)/tunctl \
	755:$(B)/tunq:$(SBINDIR)/tunq \
	755:$(B)/tuncat:$(BINDIR)/tuncat \
	644:lib/tunkit.h:$(INCLUDEDIR)/tunkit.h \
	644:$(B)/libtunkit.a:$(LIBDIR)/libtunkit.a \
	755:$(SHARED):$(LIBDIR)/$(notdir $(SHARED)) \
	link:$(notdir $(SHARED)):$(LIBDIR)/libtunkit.so.$(SOVERSION) \
	link:libtunkit.so.$(SOVERSION):$(LIBDIR)/libtunkit.so \
	644:$(B)/libtunkit.pc:$(PKGCONFIGDIR)/libtunkit.pc \
	$(foreach page,$(MAN_PAGES),$(call man_page,$(page))) \
	$(foreach page,$(MAN_PAGES),$(call man_links,$(page))) \
	$(foreach t,$(TOOLS), \
		644:completions/bash/$(t):$(BASHCOMPDIR)/$(t) \
		644:completions/zsh/_$(t):$(ZSHCOMPDIR)/_$(t) \
		644:completions/fish/$(t).fish:$(FISHCOMPDIR)/$(t).fish) \
	644:examples/common.sh:$(EXAMPLEDIR)/common.sh \
	$(foreach file,$(filter-out %/common.sh,$(wildcard examples/*.sh)), \
		755:$(file):$(EXAMPLEDIR)/$(notdir $(file)))

# The directories may differ from those of the last run.
$(B)/libtunkit.pc: lib/libtunkit.pc.in FORCE
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' $< >$@

install: all $(B)/libtunkit.pc
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)set -e; for row in $(INSTALLED); do \
		mode=$${row%%:*}; row=$${row#*:}; to=$(DESTDIR)$${row#*:}; \
		mkdir -p "$${to%/*}"; \
		if [ $$mode = link ]; then ln -sfn "$${row%%:*}" "$$to"; \
		else install -m $$mode "$${row%%:*}" "$$to"; fi; \
	done

uninstall:
	$(call say,REMOVE,$(DESTDIR)$(PREFIX))
	$(Q)for row in $(INSTALLED); do rm -f "$(DESTDIR)$${row##*:}"; done

.PHONY: install uninstall
