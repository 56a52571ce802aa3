# SPDX-License-Identifier: GPL-2.0-only
# Of a client outside the project: TDI is its directory.
obj-m     := first.o
ccflags-y := -I$(TDI)/include -I$(TDI)/include/uapi

# The last one: type information would need pahole.
all:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules \
		KBUILD_EXTRA_SYMBOLS=$(SYMBOLS) \
		CONFIG_DEBUG_INFO_BTF_MODULES=
