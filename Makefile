# SPDX-License-Identifier: GPL-2.0-only
#
# Read twice: by kbuild, as an external module or inside a kernel tree, and
# by people, whose targets "make help" lists.

ifneq ($(KERNELRELEASE),)

obj-y += module/ kunit/

else

# The kernel of tools/vm to build for: 6.12, 6.1, debug.  Or name a kernel build
# directory:	make KDIR=/lib/modules/$(uname -r)/build
KERNEL ?= 6.12
KDIR ?=

ROOT := $(CURDIR)
OUT ?= $(ROOT)/build
VM := $(ROOT)/tools/vm
LANES := build uml stock default debug

.PHONY: all module examples tools libtdi tdictl selftests setup demo coverage clean \
	help check stress $(addprefix check-,$(LANES))

all: module tools

module:
	+@$(VM)/module $(if $(KDIR),--kdir $(KDIR),--kernel $(KERNEL))

# With tdi.ko, whose symbols they need.
examples:
	+@$(VM)/module $(if $(KDIR),--kdir $(KDIR),--kernel $(KERNEL)) CONFIG_TDI_EXAMPLES=m

tools: libtdi tdictl

# The selftests need the kernel's source package, for its test harness.
libtdi tdictl selftests:
	@echo '  MAKE    tools/$@'
	+@$(MAKE) $(if $(V),,-s) --no-print-directory -C tools/$@ O=$(OUT)/tools

tdictl selftests: libtdi

setup:
	@$(VM)/setup check

check:
	@$(VM)/check

$(addprefix check-,$(LANES)): check-%:
	@$(VM)/check $*

stress:
	@$(VM)/check stress

demo:
	@$(VM)/demo

coverage:
	@$(VM)/coverage

clean:
	rm -rf $(OUT)

help:
	@echo 'make [KERNEL=6.12|6.1|debug] tdi.ko and the tools, for a kernel of tools/vm'
	@echo 'make KDIR=DIR                the same for the kernel built in DIR:'
	@echo '                             /lib/modules/$$(uname -r)/build is your own'
	@echo 'make module, make tools      one of the two; W=1, C=1, V=1 as in a kernel tree'
	@echo 'make examples                tdi.ko, and clients of it in the kernel (module/examples)'
	@echo 'make selftests               the test programs (tools/selftests/run, in a guest)'
	@echo 'make demo                    boot a kernel in QEMU and show the main job'
	@echo 'make check                   every test, in every lane'
	@echo 'make check-LANE              one lane: build, uml, stock, default, debug'
	@echo 'make stress                  races on the debug kernel, for an hour:'
	@echo '                             TDI_STRESS_MINUTES, TDI_STRESS_ROUNDS of each pair'
	@echo 'make coverage                line coverage of the tests of lane debug'
	@echo 'make setup                   install the build tools that are missing (apt)'
	@echo 'make clean                   remove build/; the cache stays (tools/vm/README.md)'

endif
