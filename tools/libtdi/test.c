// SPDX-License-Identifier: LGPL-2.1-or-later
/* What libtdi does without a module: builders, parsers, statuses; KTAP */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>
#include "libtdi.h"
#include "test.h"

int failures;

/* The module's functions of these names, see test_module.c */
int module_status_to_errno(uint32_t status);
uint32_t module_status_from_errno(int error);

static void test_ea_address(void)
{
	static const uint8_t expected[47] = {
		0, 0, 0, 0, 0, 16, 22, 0,
		'T', 'r', 'a', 'n', 's', 'p', 'o', 'r', 't',
		'A', 'd', 'd', 'r', 'e', 's', 's', 0,
		1, 0, 0, 0, 14, 0, 2, 0,
		0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	uint8_t raw[64];
	struct tdi_taddr ta;
	struct tdi_ea ea;

	CHECK(!tdi_taddr_parse(&ta, "127.0.0.1:8080"));
	CHECK(ta.length == TDI_TA_LENGTH_IP);
	/* an odd buffer address, exactly as long as needed, and a byte less */
	memset(raw, 0xee, sizeof(raw));
	tdi_ea_init(&ea, raw + 1, 46);
	CHECK(tdi_ea_add_address(&ea, &ta) == STATUS_INVALID_BUFFER_SIZE);
	CHECK(errno == EMSGSIZE && !ea.length && raw[1] == 0xee);
	tdi_ea_init(&ea, raw + 1, 47);
	CHECK(!tdi_ea_add_address(&ea, &ta));
	CHECK(ea.length == 47 && !memcmp(raw + 1, expected, 47));
	CHECK(raw[0] == 0xee && raw[48] == 0xee);
}

static void test_ea_several(void)
{
	uint8_t raw[256], value[3] = { 1, 2, 3 };
	uint32_t next;
	struct tdi_ea ea;

	memset(raw, 0xee, sizeof(raw));
	tdi_ea_init(&ea, raw, sizeof(raw));
	CHECK(!tdi_ea_add(&ea, "x", value, sizeof(value)));
	CHECK(ea.length == 13);
	CHECK(!tdi_ea_add_context(&ea, 0x1122334455667788));
	memcpy(&next, raw, sizeof(next));
	CHECK(next == 16 && !raw[13] && !raw[14] && !raw[15]);
	memcpy(&next, raw + 16, sizeof(next));
	CHECK(!next && raw[21] == 17 && raw[22] == 8 && !raw[23]);
	CHECK(!memcmp(raw + 24, "ConnectionContext", 18));
	CHECK(ea.length == 16 + 34 && raw[16 + 26] == 0x88 &&
	      raw[16 + 33] == 0x11);
	CHECK(tdi_ea_add(&ea, "", value, 1) == STATUS_INVALID_EA_NAME);
	CHECK(tdi_ea_add(&ea, "x", value, 65536) == STATUS_INVALID_PARAMETER);
	CHECK(ea.length == 16 + 34);
}

static void test_taddr_text(void)
{
	static const struct {
		const char *text, *back;
		uint16_t port;
	} good[] = {
		{ "127.0.0.1:80", "127.0.0.1:80", 80 },
		{ "*:0", "0.0.0.0:0", 0 },
		{ "255.255.255.255:65535", "255.255.255.255:65535", 65535 },
		{ "[::]:1", "[::]:1", 1 },
		{ "[::1]:65535", "[::1]:65535", 65535 },
		{ "[fe80::1%7]:80", "[fe80::1%7]:80", 80 },
	};
	static const char too_long[] =
		"[1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:"
		"1111:1111:1111:1111]:80";
	static const char *const bad[] = {
		"", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
		"127.0.0.1:-1", "127.0.0.1:8 ", "127.0.0.1: 8", "::1:80",
		"[::1]", "[::1]80", "[::1:80", "[127.0.0.1]:80", "[]:80",
		"[fe80::1%]:80", "[fe80::1%7x]:80", "localhost:80",
		"127.0.0.1:99999999999999999999",
		too_long,
	};
	char text[TDI_TADDR_STRLEN];
	struct tdi_taddr ta;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(!tdi_taddr_parse(&ta, good[i].text));
		CHECK(!tdi_taddr_format(&ta, text, sizeof(text)));
		CHECK(!strcmp(text, good[i].back));
		CHECK(tdi_taddr_port(&ta) == good[i].port);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		CHECK(tdi_taddr_parse(&ta, bad[i]) ==
		      STATUS_INVALID_ADDRESS_COMPONENT);
		CHECK(errno == EAFNOSUPPORT && !ta.length);
	}
	CHECK(!tdi_taddr_parse(&ta, "127.0.0.1:80"));
	CHECK(tdi_taddr_format(&ta, text, 12) == STATUS_INVALID_BUFFER_SIZE);
	CHECK(!tdi_taddr_format(&ta, text, 13));
}

static void test_taddr_several(void)
{
	/* a NetBIOS entry before the one that counts */
	static const uint8_t two[] = {
		2, 0, 0, 0,
		18, 0, 17, 0, 0, 0, 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A',
		'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A',
		14, 0, 2, 0, 0, 80, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
	};
	struct sockaddr_storage ss;
	struct sockaddr_in sin;
	struct tdi_taddr ta;
	uint32_t length;
	socklen_t salen;

	memcpy(ta.bytes, two, sizeof(two));
	for (length = 0; length < sizeof(two); length++) {
		ta.length = length;
		CHECK(tdi_taddr_to_sockaddr(&ta, &ss, NULL) ==
		      STATUS_INVALID_ADDRESS_COMPONENT);
		CHECK(tdi_taddr_port(&ta) == 0);
	}
	ta.length = sizeof(two);
	CHECK(!tdi_taddr_to_sockaddr(&ta, &ss, &salen));
	memcpy(&sin, &ss, sizeof(sin));
	CHECK(salen == sizeof(sin) && sin.sin_family == AF_INET &&
	      sin.sin_port == htons(80) &&
	      sin.sin_addr.s_addr == htonl(0x0a000001));
	ta.length = TDI_TADDR_MAX + 1;
	CHECK(tdi_taddr_to_sockaddr(&ta, &ss, NULL));
	ta.length = sizeof(two);
	ta.bytes[3] = 0x80;		/* a negative count */
	CHECK(tdi_taddr_to_sockaddr(&ta, &ss, NULL));
}

static void test_taddr_ipv6(void)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 }, back6;
	struct sockaddr_storage ss;
	struct tdi_taddr ta;
	socklen_t salen;

	sin6.sin6_port = htons(443);
	sin6.sin6_flowinfo = htonl(0x12345);
	sin6.sin6_addr = in6addr_loopback;
	sin6.sin6_scope_id = 9;
	CHECK(!tdi_taddr_from_sockaddr(&ta, (struct sockaddr *)&sin6,
				       sizeof(sin6)));
	CHECK(ta.length == TDI_TA_LENGTH_IP6);
	CHECK(!tdi_taddr_to_sockaddr(&ta, &ss, &salen));
	memcpy(&back6, &ss, sizeof(back6));
	CHECK(salen == sizeof(sin6) && !memcmp(&sin6, &back6, sizeof(sin6)));
	CHECK(tdi_taddr_from_sockaddr(&ta, (struct sockaddr *)&sin6,
				      sizeof(sin6) - 1));
	CHECK(!ta.length);
}

static void test_status(void)
{
	uint32_t status;

	CHECK(!strcmp(tdi_status_name(STATUS_SUCCESS), "STATUS_SUCCESS"));
	CHECK(!strcmp(tdi_status_name(0xC0000236), "STATUS_CONNECTION_REFUSED"));
	CHECK(!strcmp(tdi_status_name(0xC0000350), "STATUS_HOST_DOWN"));
	CHECK(!strcmp(tdi_status_name(0xdeadbeef), "unknown NTSTATUS"));
	CHECK(!tdi_status_from_name("STATUS_IO_TIMEOUT", &status) &&
	      status == STATUS_IO_TIMEOUT);
	CHECK(!tdi_status_from_name("PENDING", &status) &&
	      status == STATUS_PENDING);
	CHECK(tdi_status_from_name("IO_TIME", &status) ==
	      STATUS_OBJECT_NAME_NOT_FOUND && errno == ENOENT);
	CHECK(tdi_status_from_name("", &status));
	CHECK(tdi_status_to_errno(STATUS_SUCCESS) == 0);
	CHECK(tdi_status_to_errno(STATUS_GRACEFUL_DISCONNECT) == EPIPE);
	CHECK(tdi_status_to_errno(STATUS_LINK_FAILED) == EIO);
	CHECK(tdi_status_from_errno(0) == STATUS_SUCCESS);
	CHECK(tdi_status_from_errno(ENOTCONN) == STATUS_INVALID_CONNECTION);
	CHECK(tdi_status_from_errno(EINVAL) == STATUS_INVALID_PARAMETER);
	CHECK(tdi_status_from_errno(EXDEV) == STATUS_UNSUCCESSFUL);
}

/* ---- The table of statuses, against the module's and the header's ---- */

static const char *const status_names[] = {
#include "status_list.inc"	/* all of <linux/tdi_status.h> */
};

/* Rows of the comments in <linux/tdi.h> */
static const struct documented {
	const char *errno_name;
	const char *status_name;
	int own;	/* what the status is reported as; 0: also a status for it */
} documented[] = {
#include "documented.inc"
};

static int errno_number(const char *name)
{
	int error;

	for (error = 0; error < 256; error++)
		if (strerrorname_np(error) &&
		    !strcmp(strerrorname_np(error), name))
			return error;
	return -1;
}

static int is_documented(uint32_t status, int error)
{
	uint32_t known;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(documented); i++)
		if (!tdi_status_from_name(documented[i].status_name, &known) &&
		    known == status &&
		    errno_number(documented[i].errno_name) == error)
			return 1;
	return 0;
}

static int has_row(uint32_t status)
{
	uint32_t known;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(documented); i++)
		if (!tdi_status_from_name(documented[i].status_name, &known) &&
		    known == status)
			return 1;
	return 0;
}

/* Every row holds, and what has no row is EIO */
static void test_header_table(void)
{
	const struct documented *row;
	uint32_t status;
	size_t i;
	int error;

	CHECK(ARRAY_SIZE(documented) > 40);
	for (i = 0; i < ARRAY_SIZE(documented); i++) {
		row = &documented[i];
		error = errno_number(row->errno_name);
		CHECK_FOR(row->errno_name, error >= 0);
		CHECK_FOR(row->status_name,
			  !tdi_status_from_name(row->status_name, &status));
		CHECK_FOR(row->status_name,
			  !row->own || tdi_status_to_errno(status) == error);
		CHECK_FOR(row->errno_name,
			  is_documented(tdi_status_from_errno(error), error));
	}
	for (i = 0; i < ARRAY_SIZE(status_names); i++) {
		tdi_status_from_name(status_names[i], &status);
		CHECK_FOR(status_names[i], has_row(status) ||
			  tdi_status_to_errno(status) == EIO);
	}
}

/* Both ways, with every status and every errno that there is */
static void test_module_table(void)
{
	uint32_t status;
	size_t i;
	int error;

	CHECK(ARRAY_SIZE(status_names) > 50);
	for (i = 0; i < ARRAY_SIZE(status_names); i++) {
		CHECK_FOR(status_names[i],
			  !tdi_status_from_name(status_names[i], &status));
		CHECK_FOR(status_names[i], tdi_status_to_errno(status) ==
			  -module_status_to_errno(status));
	}
	CHECK(module_status_to_errno(0xdeadbeef) == -EIO);
	for (error = 0; error < 256; error++) {
		/* the library's own: calls that never reach the module */
		if (error == ENOTTY || error == ENXIO)
			CHECK_FOR(strerrorname_np(error),
				  module_status_from_errno(-error) ==
				  STATUS_UNSUCCESSFUL);
		/* of a node there; of an interface here */
		else if (error == ENODEV)
			CHECK(module_status_from_errno(-error) ==
			      STATUS_INVALID_ADDRESS);
		else
			CHECK_FOR(strerrorname_np(error),
				  tdi_status_from_errno(error) ==
				  module_status_from_errno(-error));
	}
}

/* Calls on files that are no TDI files: a status where the kernel wrote none */
static void test_foreign(void)
{
	struct tdi_io io = { .information = 5 };
	struct tdi_taddr ta = { 0 };
	struct tdi_ea ea;
	uint8_t raw[8];
	int fd;

	CHECK(tdi_open("/nonexistent/tcp", 0, &fd) ==
	      STATUS_OBJECT_NAME_NOT_FOUND && errno == ENOENT && fd == -1);
	CHECK(tdi_open_endpoint("/nonexistent/tcp", 0, 1, &fd) ==
	      STATUS_OBJECT_NAME_NOT_FOUND && fd == -1);
	CHECK(tdi_open_address("/dev/null", 0, &ta, 0, &fd) ==
	      STATUS_INVALID_DEVICE_REQUEST && errno == ENOTTY && fd == -1);
	fd = open("/dev/null", O_RDWR);
	CHECK(tdi_send(fd, "x", 1, 0, &io) == STATUS_INVALID_DEVICE_REQUEST);
	CHECK(errno == ENOTTY && io.error == ENOTTY && !io.information &&
	      io.status == STATUS_INVALID_DEVICE_REQUEST);
	close(fd);
	CHECK(tdi_disconnect(-1, 0, 0, NULL) == STATUS_INVALID_HANDLE &&
	      errno == EBADF);
	tdi_ea_init(&ea, raw, sizeof(raw));
	ta.length = TDI_TADDR_MAX + 1;
	CHECK(tdi_ea_add_address(&ea, &ta) == STATUS_INVALID_PARAMETER);
	CHECK(tdi_timeout_ms(1) == -10000 &&
	      tdi_timeout_ms(UINT64_MAX) == INT64_MIN);
}

/* What no argument has room for goes nowhere; a driver that is none refuses */
static void test_information(void)
{
	const struct tdi_object_id id = { .tei_entity = TDI_ENTITY_CL_NL };
	struct tdi_io io = { .information = 5 };
	struct tdi_taddr ta = { 0 };
	const size_t much = (size_t)UINT32_MAX + 1;
	char bytes[4];
	int fd;

	CHECK(tdi_query_information(-1, 1, bytes, much, 0, &io) ==
	      STATUS_INVALID_PARAMETER && errno == EINVAL && !io.information);
	CHECK(tdi_set_information(-1, 1, bytes, much, 0, NULL) ==
	      STATUS_INVALID_PARAMETER);
	CHECK(tdi_action(-1, bytes, much, 0, NULL) == STATUS_INVALID_PARAMETER);
	CHECK(tdi_query_information_ex(-1, &id, NULL, bytes, much, 0, NULL) ==
	      STATUS_INVALID_PARAMETER);
	CHECK(tdi_set_information_ex(-1, &id, bytes, much, 0, NULL) ==
	      STATUS_INVALID_PARAMETER);
	CHECK(tdi_set_information(-1, 1, bytes, 4, 0, &io) ==
	      STATUS_INVALID_HANDLE && io.error == EBADF);
	CHECK(tdi_action(-1, bytes, 4, 0, NULL) == STATUS_INVALID_HANDLE);
	CHECK(tdi_query_information_ex(-1, &id, NULL, bytes, 4, 0, NULL) ==
	      STATUS_INVALID_HANDLE);
	CHECK(tdi_set_information_ex(-1, &id, bytes, 4, 0, NULL) ==
	      STATUS_INVALID_HANDLE);
	CHECK(tdi_open_raw_address("/dev/null", 0, &ta, 1, 0, &fd) ==
	      STATUS_INVALID_DEVICE_REQUEST && fd == -1);
}

/* ---- Events, as a read gives them ---- */

/* A record at @raw: an address of @taddr, data of @data bytes; its size */
static size_t put_event(uint8_t *raw, uint32_t type, size_t taddr, size_t data)
{
	struct tdi_event head = {
		.event_type = type,
		.event_context = 0x1111222233334444,
		.connection_context = 0x5555666677778888,
		.sequence = 7,
		.cookie = 9,
		.status = STATUS_CONNECTION_ABORTED,
		.flags = TDI_RECEIVE_NORMAL,
		.bytes_indicated = data,
		.bytes_available = data + 1,
		.address_length = taddr,
		.data_offset = sizeof(head) + (taddr + 7) / 8 * 8,
	};
	size_t i;

	head.size = head.data_offset + (data + 7) / 8 * 8;
	memset(raw, 0, head.size);
	memcpy(raw, &head, sizeof(head));
	memset(raw + sizeof(head), 0xaa, taddr);
	for (i = 0; i < data; i++)
		raw[head.data_offset + i] = i;
	return head.size;
}

static void test_events(void)
{
	struct tdi_event_info event;
	struct tdi_events events;
	uint8_t raw[513], *start = raw + 1;	/* an odd address */
	size_t length;

	length = put_event(start, TDI_EVENT_CONNECT, TDI_TA_LENGTH_IP, 0);
	length += put_event(start + length, TDI_EVENT_RECEIVE, 0, 13);
	length += put_event(start + length, 77, 0, 0);
	events = (struct tdi_events){ .next = start, .left = length };

	CHECK(!tdi_next_event(&events, &event));
	CHECK(event.type == TDI_EVENT_CONNECT && !event.length);
	CHECK(event.event_context == 0x1111222233334444 &&
	      event.connection_context == 0x5555666677778888 &&
	      event.sequence == 7 && event.offer == 9 &&
	      event.status == STATUS_CONNECTION_ABORTED &&
	      event.flags == TDI_RECEIVE_NORMAL && event.bytes_available == 1);
	CHECK(event.peer.length == TDI_TA_LENGTH_IP &&
	      event.peer.bytes[0] == 0xaa &&
	      event.peer.bytes[TDI_TA_LENGTH_IP - 1] == 0xaa &&
	      !event.peer.bytes[TDI_TA_LENGTH_IP]);
	CHECK(!tdi_next_event(&events, &event));
	CHECK(event.type == TDI_EVENT_RECEIVE && !event.peer.length &&
	      event.length == 13 && event.bytes_available == 14 &&
	      !memcmp(event.data, "\0\1\2\3\4\5\6\7\10\11\12\13\14", 13));
	CHECK(!tdi_next_event(&events, &event) && event.type == 77);
	CHECK(tdi_next_event(&events, &event) == STATUS_OBJECT_NAME_NOT_FOUND &&
	      errno == ENOENT && !event.type && !events.left);
}

/* Cut off anywhere it is malformed, and stays where it is */
static void test_events_truncated(void)
{
	struct tdi_event_info event;
	uint8_t raw[512], cut[512], *start;
	struct tdi_events events;
	size_t length, left;

	length = put_event(raw, TDI_EVENT_RECEIVE, TDI_TA_LENGTH_IP6, 13);
	for (left = 1; left < length; left++) {
		/* at the end of an array: what reads on is found by ASan */
		start = cut + sizeof(cut) - left;
		memcpy(start, raw, left);
		events = (struct tdi_events){ .next = start, .left = left };
		event.type = 77;
		CHECK(tdi_next_event(&events, &event) ==
		      STATUS_INVALID_PARAMETER && errno == EINVAL);
		CHECK(events.next == start && events.left == left &&
		      !event.type && !event.data);
	}
	events = (struct tdi_events){ .next = raw, .left = length };
	CHECK(!tdi_next_event(&events, &event));
}

static void test_events_malformed(void)
{
	/* a field of struct tdi_event, by its offset, and a value that is wrong */
#define WRONG(field, value) { offsetof(struct tdi_event, field), value, #field }
	static const struct {
		size_t	    offset;
		uint32_t    value;
		const char *name;
	} wrong[] = {
		WRONG(size, 0), WRONG(size, 8), WRONG(size, 63),
		WRONG(size, 56), WRONG(size, 64), WRONG(size, 100),
		WRONG(size, 101), WRONG(size, 120), WRONG(size, 0x80000000),
		WRONG(size, 0xfffffff8),
		WRONG(address_length, 25), WRONG(address_length, 49),
		WRONG(address_length, TDI_TADDR_MAX + 1),
		WRONG(address_length, 0xffffffff),
		WRONG(data_offset, 0), WRONG(data_offset, 63),
		WRONG(data_offset, 85), WRONG(data_offset, 105),
		WRONG(data_offset, 0xfffffff8),
		WRONG(bytes_indicated, 17), WRONG(bytes_indicated, 0xffffffff),
	};
	struct tdi_event_info event;
	struct tdi_events events;
	uint8_t raw[512];
	size_t length, i;

	/* 64 bytes, 22 of an address and 2, 13 of data and 3 */
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		length = put_event(raw, TDI_EVENT_RECEIVE, TDI_TA_LENGTH_IP, 13);
		CHECK(length == 104);
		memcpy(raw + wrong[i].offset, &wrong[i].value, 4);
		events = (struct tdi_events){ .next = raw, .left = length };
		CHECK_FOR(wrong[i].name, tdi_next_event(&events, &event) ==
			  STATUS_INVALID_PARAMETER && events.left == length);
	}
	/* more room than that, but still more than an address may have */
	length = put_event(raw, TDI_EVENT_CONNECT, TDI_TADDR_MAX + 8, 0);
	events = (struct tdi_events){ .next = raw, .left = length };
	CHECK(tdi_next_event(&events, &event) == STATUS_INVALID_PARAMETER);
	length = put_event(raw, TDI_EVENT_CONNECT, TDI_TADDR_MAX, 0);
	events = (struct tdi_events){ .next = raw, .left = length };
	CHECK(!tdi_next_event(&events, &event) &&
	      event.peer.length == TDI_TADDR_MAX);
}

static void test_events_read(void)
{
	struct tdi_event_info event;
	struct tdi_events events;
	uint8_t raw[512], back[512];
	size_t length;
	int fds[2];

	CHECK(!strcmp(tdi_event_name(TDI_EVENT_CONNECT), "TDI_EVENT_CONNECT"));
	CHECK(!strcmp(tdi_event_name(TDI_EVENT_ERROR_EX), "TDI_EVENT_ERROR_EX"));
	CHECK(!strcmp(tdi_event_name(TDI_EVENT_ERROR_EX + 1), "unknown event"));
	CHECK(!strcmp(tdi_event_name(TDI_EVENT_ADD_ADDRESS),
		      "TDI_EVENT_ADD_ADDRESS"));
	CHECK(!strcmp(tdi_event_name(TDI_EVENT_DEL_ADDRESS),
		      "TDI_EVENT_DEL_ADDRESS"));
	CHECK(!strcmp(tdi_event_name(0xffffffff), "unknown event"));

	CHECK(tdi_read_events(-1, back, sizeof(back), &events) ==
	      STATUS_INVALID_HANDLE && errno == EBADF);
	CHECK(tdi_next_event(&events, &event) == STATUS_OBJECT_NAME_NOT_FOUND);
	CHECK(!pipe(fds));
	length = put_event(raw, TDI_EVENT_RECEIVE, 0, 1);
	CHECK(write(fds[1], raw, length) == (ssize_t)length);
	CHECK(!tdi_read_events(fds[0], back, sizeof(back), &events) &&
	      events.next == back && events.left == length);
	CHECK(!tdi_next_event(&events, &event) && event.length == 1);
	CHECK(tdi_set_event_handler(fds[0], TDI_EVENT_CONNECT, 0, 0, 1, NULL) ==
	      STATUS_INVALID_DEVICE_REQUEST);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "ea_address", test_ea_address },
		{ "ea_several", test_ea_several },
		{ "taddr_text", test_taddr_text },
		{ "taddr_several", test_taddr_several },
		{ "taddr_ipv6", test_taddr_ipv6 },
		{ "status", test_status },
		{ "header_table", test_header_table },
		{ "module_table", test_module_table },
		{ "foreign", test_foreign },
		{ "information", test_information },
		{ "events", test_events },
		{ "events_truncated", test_events_truncated },
		{ "events_malformed", test_events_malformed },
		{ "events_read", test_events_read },
#ifdef HAVE_LIBURING
		{ "uring_arguments", test_uring_arguments },
		{ "uring_again", test_uring_again },
		{ "uring_completions", test_uring_completions },
		{ "uring_peer", test_uring_peer },
		{ "uring_truncated", test_uring_truncated },
#endif
	};
	const size_t count = ARRAY_SIZE(tests);
	int failed = 0;
	size_t i;

	printf("KTAP version 1\n1..%zu\n", count);
	for (i = 0; i < count; i++) {
		failures = 0;
		tests[i].run();
		printf("%sok %zu libtdi_%s\n", failures ? "not " : "", i + 1,
		       tests[i].name);
		failed += !!failures;
	}
	return !!failed;
}
