# SPDX-License-Identifier: GPL-2.0-only
# The front door for people. The module itself is described in Kbuild.
#
# KERNEL=6.1|6.12   one of the fetched Debian kernels instead of both
# KDIR=FOLDER       headers of another kernel for "make modules" and "install"
# TESTS="..."       test areas or files for "make check"
# MUTANTS="..."     names from selftests/mutants/list.txt for "make mutants"

MAKEFLAGS += --no-print-directory
Q := $(if $(V),,@)

RUNNING := /lib/modules/$(shell uname -r)/build
KDIR ?= $(if $(KERNEL),,$(wildcard $(RUNNING)))
KERNELS := $(if $(KERNEL),$(KERNEL),6.1 6.12)
MODULE := selftests/qemu/module.sh
DEPS := selftests/qemu/deps.sh

DESTDIR :=
PREFIX := /usr
INCLUDEDIR := $(PREFIX)/include
MANDIR := $(PREFIX)/share/man
INSTALL := install

MAN := $(wildcard Documentation/man/*.[1-8])
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

.PHONY: all modules guest-modules tools peers check check-build check-debug mutants demo bench bench-ike \
	bench-show \
	lint \
	format unit install uninstall dkms dkms-remove clean distclean help vm \
	kernels debug-kernel regen deps

all: modules tools

# The running kernel when its headers are there, else the fetched ones.
ifneq ($(KDIR),)
modules:
	$(Q)$(MODULE) $(abspath $(KDIR))
else
modules: guest-modules
endif

guest-modules: kernels
	$(Q)set -e; for k in $(KERNELS); do $(MODULE) $$k W=1; done

tools:
	$(Q)$(MAKE) -C tools all

deps:
	$(Q)$(DEPS)

kernels:
	$(Q)$(DEPS) build guest
	$(Q)selftests/qemu/kernels.sh $(KERNELS)

debug-kernel:
	$(Q)$(DEPS) build guest debug
	$(Q)selftests/qemu/kernels.sh debug

peers: deps
	$(Q)selftests/qemu/peers.sh

check-build: deps guest-modules tools peers

check: check-build
	$(Q)KERNEL="$(KERNELS)" selftests/check.sh

check-debug: deps debug-kernel tools peers
	$(Q)$(MODULE) debug W=1
	$(Q)KERNEL=debug SUITES=guest selftests/check.sh

mutants: deps kernels tools
	$(Q)KERNEL="$(firstword $(KERNELS))" selftests/mutants/run.sh $(MUTANTS)

unit: tools
	$(Q)TESTS=unit selftests/check.sh

lint: deps kernels
	$(Q)selftests/lint.sh

format:
	$(Q)selftests/lint/format.sh --fix $(FILES)

demo: deps guest-modules tools
	$(Q)KERNEL=$(firstword $(KERNELS)) QUIET=1 \
		selftests/qemu/run.sh selftests/demo/demo.sh

bench: deps guest-modules tools
	$(Q)selftests/bench/run.sh

bench-ike: deps tools peers
	$(Q)selftests/bench/ike/run.sh

bench-show: tools
	$(Q)$(MAKE) -s -C selftests/bench/show
	$(Q)build/bench/show/show build/bench/show.json

vm: kernels
	$(Q)KERNEL=$(firstword $(KERNELS)) selftests/qemu/run.sh -i

regen:
	$(Q)Documentation/netlink/regen.sh
	$(Q)Documentation/schema/gen.py

install: modules tools
	$(if $(KDIR),,$(error no headers of the running kernel: give KDIR=))
	$(Q)$(MAKE) -C $(KDIR) M=$(CURDIR)/build/modules/native/src \
		INSTALL_MOD_DIR=updates INSTALL_MOD_STRIP=1 CONFIG_MODULE_SIG_ALL= \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) \
		modules_install
	$(Q)$(if $(DESTDIR),,depmod $$(modinfo -F vermagic \
		build/modules/native/src/ipsecgw.ko | cut -d ' ' -f 1))
	$(Q)$(MAKE) install-user

.PHONY: install-user
install-user: tools
	$(Q)$(MAKE) -C tools install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)
	$(Q)$(INSTALL) -D -m 644 -t $(DESTDIR)$(INCLUDEDIR)/linux \
		include/uapi/linux/ipsecgw.h
	$(Q)set -e; for m in $(MAN); do $(INSTALL) -D -m 644 -t \
		$(DESTDIR)$(MANDIR)/man$${m##*.} $$m; done

uninstall:
	$(Q)set -e; rm -f $(DESTDIR)/lib/modules/*/updates/ipsecgw.ko* \
		$(DESTDIR)$(PREFIX)/sbin/ipsecctl \
		$(DESTDIR)$(PREFIX)/sbin/ikehelper \
		$(DESTDIR)$(PREFIX)/lib/systemd/system/ikehelper.service \
		$(DESTDIR)$(INCLUDEDIR)/linux/ipsecgw.h
	$(Q)rm -rf $(DESTDIR)$(PREFIX)/share/ipsecgw
	$(Q)set -e; for m in $(MAN); do \
		rm -f $(DESTDIR)$(MANDIR)/man$${m##*.}/$${m##*/}; done
	$(Q)$(if $(DESTDIR),,depmod -a)

DKMS_SRC := $(DESTDIR)/usr/src/ipsecgw-$(VERSION)

dkms: dkms-source
	$(Q)dkms add ipsecgw/$(VERSION)
	$(Q)dkms build ipsecgw/$(VERSION)
	$(Q)dkms install ipsecgw/$(VERSION)

dkms-remove:
	$(Q)dkms remove ipsecgw/$(VERSION) --all
	$(Q)rm -rf $(DKMS_SRC)

.PHONY: dkms-source
dkms-source:
	$(Q)rm -rf $(DKMS_SRC)
	$(Q)mkdir -p $(DKMS_SRC)
	$(Q)cp -a Kbuild Makefile kernel include dkms.conf $(DKMS_SRC)

# Fetched kernels stay; "distclean" drops them too.
clean:
	$(Q)[ ! -e tools/Makefile ] || $(MAKE) -C tools clean
	$(Q)rm -rf build/modules build/selftests build/check build/guest build/lint

distclean: clean
	$(Q)rm -rf build

help:
	@echo 'make               the module and the tools'
	@echo 'make modules       the module; for the running kernel, else for the fetched ones'
	@echo '                   (KERNEL=6.1, KERNEL=6.12 or KDIR=FOLDER choose)'
	@echo 'make tools         the programs'
	@echo 'make check         build, lint and all tests, guests of both kernels'
	@echo '                   (KERNEL=6.1 TESTS="esp nl/policy.sh" select, VERBOSE=1 shows all)'
	@echo 'make check-debug   the guest tests on a kernel with KASAN, lockdep, kmemleak'
	@echo 'make mutants       break the module on purpose: the tests must notice (MUTANTS="NAME...")'
	@echo 'make lint          warnings, sparse, checkpatch, format, sizes, layers, man, spelling'
	@echo 'make unit          the tests of the host only'
	@echo 'make format        rewrite C files in the project format (FILES="...", default all)'
	@echo 'make demo          show it at work in a guest'
	@echo 'make bench         measure the cost per packet in a guest'
	@echo 'make bench-ike     measure the IKE daemon, beside strongSwan'
	@echo 'make bench-show    measure the views with many tunnels'
	@echo 'make vm            a root shell in a guest with the module installed (KERNEL=)'
	@echo 'make kernels       fetch the Debian kernels of the guests'
	@echo 'make debug-kernel  build the debug kernel (ten minutes)'
	@echo 'make deps          install the Debian packages all this needs'
	@echo 'make regen         generate the netlink code from its specification, and the JSON schemas'
	@echo 'make install       module, tools, manual pages, header (DESTDIR=, PREFIX=, KDIR=)'
	@echo 'make uninstall     the reverse'
	@echo 'make dkms          register, build and install the module with DKMS'
	@echo 'make dkms-remove   the reverse'
	@echo 'make clean         remove what was built'
	@echo 'make distclean     and what was fetched'
