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
SIZE(tdi_datagram, 136);
OFFSET(tdi_datagram, buffer, 32);
OFFSET(tdi_datagram, length, 40);
OFFSET(tdi_datagram, iov_count, 48);
OFFSET(tdi_datagram, request, 56);
OFFSET(tdi_datagram, ret, 96);
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
SIZE(tdi_set_information, 48);
OFFSET(tdi_set_information, buffer, 32);
OFFSET(tdi_set_information, length, 40);
OFFSET(tdi_set_information, set_type, 44);
SIZE(tdi_action, 48);
OFFSET(tdi_action, buffer, 32);
OFFSET(tdi_action, length, 40);
SIZE(tdi_object_id, 20);
OFFSET(tdi_object_id, tei_instance, 4);
OFFSET(tdi_object_id, toi_class, 8);
OFFSET(tdi_object_id, toi_type, 12);
OFFSET(tdi_object_id, toi_id, 16);
SIZE(tdi_query_information_ex, 80);
OFFSET(tdi_query_information_ex, id, 32);
OFFSET(tdi_query_information_ex, length, 52);
OFFSET(tdi_query_information_ex, buffer, 56);
OFFSET(tdi_query_information_ex, context, 64);
SIZE(tdi_set_information_ex, 64);
OFFSET(tdi_set_information_ex, id, 32);
OFFSET(tdi_set_information_ex, length, 52);
OFFSET(tdi_set_information_ex, buffer, 56);
SIZE(tdi_cancel, 40);
SIZE(tdi_query_caps, 56);
OFFSET(tdi_query_caps, capabilities, 40);
OFFSET(tdi_query_caps, commands, 48);

SIZE(tdi_connection_info, 56);
OFFSET(tdi_connection_info, throughput, 24);
OFFSET(tdi_connection_info, unreliable, 48);
SIZE(tdi_provider_info, 40);
OFFSET(tdi_provider_info, start_time, 32);
SIZE(tdi_provider_statistics, 200);
OFFSET(tdi_provider_statistics, datagram_bytes_sent, 64);
OFFSET(tdi_provider_statistics, data_frame_bytes_sent, 104);
OFFSET(tdi_provider_statistics, response_timer_expirations, 160);
OFFSET(tdi_provider_statistics, number_of_resources, 196);
SIZE(tdi_datagram_info, 8);
SIZE(tdi_max_datagram_info, 4);
SIZE(tdi_action_header, 8);
SIZE(tdi_entity_id, 8);
SIZE(tdi_ip_snmp_info, 92);
SIZE(tdi_ip_addr_entry, 24);
SIZE(tdi_if_entry, 92);
OFFSET(tdi_if_entry, if_adminstatus, 28);
OFFSET(tdi_if_entry, if_descr, 92);
SIZE(tdi_ip_interface_info, 16);
SIZE(tdi_keepalive, 12);
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
NUMBER(TDI_IOC_SEND_DATAGRAM, 0xd189);
NUMBER(TDI_IOC_RECEIVE_DATAGRAM, 0xd18a);
NUMBER(TDI_IOC_SET_EVENT_HANDLER, 0xd18b);
NUMBER(TDI_IOC_QUERY_INFORMATION, 0xd18c);
NUMBER(TDI_IOC_SET_INFORMATION, 0xd18d);
NUMBER(TDI_IOC_ACTION, 0xd18e);
NUMBER(TDI_IOC_CREATE, 0xd190);
NUMBER(TDI_IOC_CANCEL, 0xd191);
NUMBER(TDI_IOC_EVENT_REPLY, 0xd192);
NUMBER(TDI_IOC_SEND_BATCH, 0xd193);
NUMBER(TDI_IOC_QUERY_INFORMATION_EX, 0xd194);
NUMBER(TDI_IOC_SET_INFORMATION_EX, 0xd195);

#endif /* LAYOUT_H */
