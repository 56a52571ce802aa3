// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the KUnit suites call when they are a module of their own.
 */
#include <kunit/visibility.h>

#include "address.h"
#include "call.h"
#include "chardev.h"
#include "connection.h"
#include "datagram.h"
#include "ea.h"
#include "endpoint.h"
#include "event.h"
#include "file.h"
#include "info.h"
#include "ioctl.h"
#include "listen.h"
#include "notify.h"
#include "object.h"
#include "offer.h"
#include "request.h"
#include "sock.h"
#include "status.h"
#include "stream.h"
#include "taddr.h"

EXPORT_SYMBOL_IF_KUNIT(tdi_devices);
EXPORT_SYMBOL_IF_KUNIT(tdi_fops);

EXPORT_SYMBOL_IF_KUNIT(tdi_accept);
EXPORT_SYMBOL_IF_KUNIT(tdi_address_opens);
EXPORT_SYMBOL_IF_KUNIT(tdi_connect);
EXPORT_SYMBOL_IF_KUNIT(tdi_connection_announce);
EXPORT_SYMBOL_IF_KUNIT(tdi_connection_get);
EXPORT_SYMBOL_IF_KUNIT(tdi_connection_put);
EXPORT_SYMBOL_IF_KUNIT(tdi_deadline);
EXPORT_SYMBOL_IF_KUNIT(tdi_disconnect);
EXPORT_SYMBOL_IF_KUNIT(tdi_ea_parse);
EXPORT_SYMBOL_IF_KUNIT(tdi_endpoint_associate);
EXPORT_SYMBOL_IF_KUNIT(tdi_endpoint_disassociate);
EXPORT_SYMBOL_IF_KUNIT(tdi_endpoint_poll);
EXPORT_SYMBOL_IF_KUNIT(tdi_event_poll);
EXPORT_SYMBOL_IF_KUNIT(tdi_event_read);
EXPORT_SYMBOL_IF_KUNIT(tdi_event_reply);
EXPORT_SYMBOL_IF_KUNIT(tdi_event_set_handler);
EXPORT_SYMBOL_IF_KUNIT(tdi_file_cancel);
EXPORT_SYMBOL_IF_KUNIT(tdi_file_close);
EXPORT_SYMBOL_IF_KUNIT(tdi_file_create);
EXPORT_SYMBOL_IF_KUNIT(tdi_file_get);
EXPORT_SYMBOL_IF_KUNIT(tdi_file_open);
EXPORT_SYMBOL_IF_KUNIT(tdi_file_put);
EXPORT_SYMBOL_IF_KUNIT(tdi_ioctl);
EXPORT_SYMBOL_IF_KUNIT(tdi_listen);
EXPORT_SYMBOL_IF_KUNIT(tdi_notify_poll);
EXPORT_SYMBOL_IF_KUNIT(tdi_notify_read);
EXPORT_SYMBOL_IF_KUNIT(tdi_notify_set_handler);
EXPORT_SYMBOL_IF_KUNIT(tdi_object_query);
EXPORT_SYMBOL_IF_KUNIT(tdi_object_set);
EXPORT_SYMBOL_IF_KUNIT(tdi_query_information);
EXPORT_SYMBOL_IF_KUNIT(tdi_queue_kick);
EXPORT_SYMBOL_IF_KUNIT(tdi_receive);
EXPORT_SYMBOL_IF_KUNIT(tdi_receive_datagram);
EXPORT_SYMBOL_IF_KUNIT(tdi_request_end);
EXPORT_SYMBOL_IF_KUNIT(tdi_request_init);
EXPORT_SYMBOL_IF_KUNIT(tdi_send);
EXPORT_SYMBOL_IF_KUNIT(tdi_send_datagram);
EXPORT_SYMBOL_IF_KUNIT(tdi_send_unlock);
EXPORT_SYMBOL_IF_KUNIT(tdi_sock_create);
EXPORT_SYMBOL_IF_KUNIT(tdi_sock_has_datagram);
EXPORT_SYMBOL_IF_KUNIT(tdi_sock_local);
EXPORT_SYMBOL_IF_KUNIT(tdi_sock_peer);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_build);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_equal);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_is_any);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_is_group);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_length);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_matches);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_overlaps);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_parse_filter);
EXPORT_SYMBOL_IF_KUNIT(tdi_taddr_port);
EXPORT_SYMBOL_IF_KUNIT(tdi_time_left);
EXPORT_SYMBOL_IF_KUNIT(tdi_wait);
EXPORT_SYMBOL_IF_KUNIT(tdi_waiter_init);
