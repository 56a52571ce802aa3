/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout that the interface has on every machine.  Compiled into abi, and
 * once more for a 32-bit machine, where the compiler knows one.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>
#include <linux/tdi.h>

#define SIZE(type, size) \
	_Static_assert(sizeof(struct type) == (size), "size of " #type)
#define OFFSET(type, field, offset) \
	_Static_assert(offsetof(struct type, field) == (offset), \
		       "offset of " #field " in " #type)
#define NUMBER(command, number) \
	_Static_assert((command) == (number), "number of " #command)

SIZE(tdi_head, 32);
OFFSET(tdi_head, size, 0);
OFFSET(tdi_head, flags, 4);
OFFSET(tdi_head, cookie, 8);
OFFSET(tdi_head, information, 16);
OFFSET(tdi_head, status, 24);
OFFSET(tdi_head, __reserved, 28);

SIZE(tdi_connection_information, 40);
OFFSET(tdi_connection_information, remote_address_length, 8);
OFFSET(tdi_connection_information, user_data, 16);
OFFSET(tdi_connection_information, options, 24);
OFFSET(tdi_connection_information, remote_address, 32);

SIZE(tdi_create, 56);
OFFSET(tdi_create, ea_buffer, 32);
OFFSET(tdi_create, ea_length, 40);
OFFSET(tdi_create, share_access, 44);
OFFSET(tdi_create, protocol, 48);
SIZE(tdi_associate_address, 40);
OFFSET(tdi_associate_address, address_handle, 32);
SIZE(tdi_disassociate_address, 32);
SIZE(tdi_connect, 120);
OFFSET(tdi_connect, timeout, 32);
OFFSET(tdi_connect, request, 40);
OFFSET(tdi_connect, ret, 80);
SIZE(tdi_listen, 112);
OFFSET(tdi_listen, request, 32);
OFFSET(tdi_listen, ret, 72);
SIZE(tdi_accept, 128);
OFFSET(tdi_accept, offer, 32);
OFFSET(tdi_accept, connection_context, 40);
OFFSET(tdi_accept, request, 48);
OFFSET(tdi_accept, ret, 88);
SIZE(tdi_disconnect, 120);
SIZE(tdi_data, 56);
OFFSET(tdi_data, buffer, 32);
OFFSET(tdi_data, length, 40);
OFFSET(tdi_data, iov_count, 48);
SIZE(tdi_set_event_handler, 48);
OFFSET(tdi_set_event_handler, event_context, 32);
OFFSET(tdi_set_event_handler, event_type, 40);
OFFSET(tdi_set_event_handler, lookahead, 44);
SIZE(tdi_event_reply, 48);
OFFSET(tdi_event_reply, cookie, 32);
OFFSET(tdi_event_reply, status, 40);
SIZE(tdi_event, 64);
OFFSET(tdi_event, event_context, 8);
OFFSET(tdi_event, connection_context, 16);
OFFSET(tdi_event, sequence, 24);
OFFSET(tdi_event, cookie, 32);
OFFSET(tdi_event, status, 40);
OFFSET(tdi_event, flags, 44);
OFFSET(tdi_event, bytes_indicated, 48);
OFFSET(tdi_event, bytes_available, 52);
OFFSET(tdi_event, address_length, 56);
OFFSET(tdi_event, data_offset, 60);
OFFSET(tdi_event, address, 64);
SIZE(tdi_query_information, 48);
OFFSET(tdi_query_information, buffer, 32);
OFFSET(tdi_query_information, length, 40);
OFFSET(tdi_query_information, query_type, 44);
SIZE(tdi_cancel, 40);
SIZE(tdi_query_caps, 56);
OFFSET(tdi_query_caps, capabilities, 40);
OFFSET(tdi_query_caps, commands, 48);

SIZE(tdi_connection_info, 56);
OFFSET(tdi_connection_info, throughput, 24);
OFFSET(tdi_connection_info, unreliable, 48);
SIZE(tdi_address_ip, 14);
SIZE(tdi_address_ip6, 26);
SIZE(tdi_ta_address, 4);
SIZE(tdi_transport_address, 4);
SIZE(tdi_address_info, 4);
SIZE(tdi_full_ea_information, 8);
OFFSET(tdi_full_ea_information, ea_name, 8);

NUMBER(TDI_IOC_QUERY_CAPS, 0xd180);
NUMBER(TDI_IOC_ASSOCIATE_ADDRESS, 0xd181);
NUMBER(TDI_IOC_DISASSOCIATE_ADDRESS, 0xd182);
NUMBER(TDI_IOC_CONNECT, 0xd183);
NUMBER(TDI_IOC_LISTEN, 0xd184);
NUMBER(TDI_IOC_ACCEPT, 0xd185);
NUMBER(TDI_IOC_DISCONNECT, 0xd186);
NUMBER(TDI_IOC_SEND, 0xd187);
NUMBER(TDI_IOC_RECEIVE, 0xd188);
NUMBER(TDI_IOC_SET_EVENT_HANDLER, 0xd18b);
NUMBER(TDI_IOC_QUERY_INFORMATION, 0xd18c);
NUMBER(TDI_IOC_CREATE, 0xd190);
NUMBER(TDI_IOC_CANCEL, 0xd191);
NUMBER(TDI_IOC_EVENT_REPLY, 0xd192);

#endif /* LAYOUT_H */
