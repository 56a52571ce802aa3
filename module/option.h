/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_OPTION_H
#define _TDI_OPTION_H

#include "file.h"

u32 tdi_option_set_address(struct tdi_file *file, u32 id, void *value,
			   size_t length);
u32 tdi_option_get_address(struct tdi_file *file, u32 id, u32 *value);
u32 tdi_option_set_connection(struct tdi_endpoint *ep, u32 id,
			      const void *value, size_t length);
u32 tdi_option_get_connection(struct tdi_endpoint *ep, u32 id,
			      struct tdi_keepalive *value, size_t *length);

void tdi_options_apply(const struct tdi_options *options, struct socket *sock);

#endif /* _TDI_OPTION_H */
