// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_IOC_CREATE: extended attributes and what they make of a file, and
 * transport addresses: port, sharing (S7, S8).
 */
#include "test.h"

#include <linux/capability.h>
#include <sys/stat.h>

#include "memory.h"

#define ROOM	8192

/* FILE_FULL_EA_INFORMATION by hand, at an odd address */
struct ea {
	unsigned char pad;
	unsigned char bytes[ROOM];
	size_t length;
} __attribute__((packed));

static void ea_add_raw(struct ea *ea, uint32_t next, uint8_t flags,
		       const char *name, size_t name_length,
		       const void *value, size_t value_length)
{
	unsigned char *at = ea->bytes + ea->length;
	struct tdi_full_ea_information entry = {
		.next_entry_offset = next, .flags = flags,
		.ea_name_length = name_length, .ea_value_length = value_length,
	};

	memcpy(at, &entry, sizeof(entry));
	memcpy(at + sizeof(entry), name, name_length);
	at[sizeof(entry) + name_length] = 0;
	memcpy(at + sizeof(entry) + name_length + 1, value, value_length);
	ea->length += next ? next : sizeof(entry) + name_length + 1 +
				    value_length;
}

static void ea_add(struct ea *ea, uint32_t next, const char *name,
		   const void *value, size_t value_length)
{
	ea_add_raw(ea, next, 0, name, strlen(name), value, value_length);
}

static uint32_t ea_create_length(const struct ea *ea, int fd, size_t length)
{
	return tdi_create(fd, ea->bytes, length, 0, 0, 0, NULL);
}

static uint32_t ea_create(const struct ea *ea, int fd)
{
	return ea_create_length(ea, fd, ea->length);
}

FIXTURE(attributes) {
	int fd;
	struct ea ea;
	unsigned char value[256];
	struct tdi_taddr any;
};

FIXTURE_SETUP(attributes)
{
	close(net_enter());
	self->fd = open_control();
	memset(self->value, 0x5a, sizeof(self->value));
	self->any = address_any(AF_INET, 0);
	memcpy(self->value, self->any.bytes, self->any.length);
}

FIXTURE_TEARDOWN(attributes)
{
	close(self->fd);
}

#define EXPECT_IS_ADDRESS(fd) \
	EXPECT_STATUS(STATUS_SUCCESS, \
		      tdi_query_address_info(fd, NULL, NULL, 0, NULL))
#define EXPECT_IS_ENDPOINT(fd) \
	EXPECT_EQ(TDI_STATE_OPENED, endpoint_state(fd))
/* Nothing has come of it: it can still become something */
#define EXPECT_IS_FRESH(fd) \
	EXPECT_STATUS(STATUS_SUCCESS, tdi_create(fd, NULL, 0, 0, 0, 0, NULL))

TEST_F(attributes, transport_address)
{
	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	EXPECT_EQ(47, self->ea.length);
	ASSERT_STATUS(STATUS_SUCCESS, ea_create(&self->ea, self->fd));
	EXPECT_IS_ADDRESS(self->fd);
}

TEST_F(attributes, connection_context)
{
	const uint64_t context = 0x1122334455667788;

	ea_add(&self->ea, 0, "ConnectionContext", &context, 8);
	EXPECT_EQ(34, self->ea.length);
	ASSERT_STATUS(STATUS_SUCCESS, ea_create(&self->ea, self->fd));
	EXPECT_IS_ENDPOINT(self->fd);
}

TEST_F(attributes, none_is_a_control_channel)
{
	uint8_t buffer[256];

	ASSERT_STATUS(STATUS_SUCCESS,
		      ea_create_length(&self->ea, self->fd, 0));
	EXPECT_STATUS(STATUS_INVALID_DEVICE_REQUEST,
		      tdi_query_information(self->fd, TDI_QUERY_ADDRESS_INFO,
					    buffer, sizeof(buffer), 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_query_information(self->fd, TDI_QUERY_CONNECTION_INFO,
					    buffer, sizeof(buffer), 0, NULL));
	/* for good */
	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	EXPECT_STATUS(STATUS_INVALID_DEVICE_STATE,
		      ea_create(&self->ea, self->fd));
}

TEST_F(attributes, once_only)
{
	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	ASSERT_STATUS(STATUS_SUCCESS, ea_create(&self->ea, self->fd));
	EXPECT_STATUS(STATUS_INVALID_DEVICE_STATE,
		      ea_create(&self->ea, self->fd));
	EXPECT_STATUS(STATUS_INVALID_DEVICE_STATE,
		      tdi_create(self->fd, NULL, 0, 0, 0, 0, NULL));
	EXPECT_IS_ADDRESS(self->fd);
}

/* S17 */
TEST_F(attributes, length_of_a_transport_address)
{
	for (size_t length = 0; length < 64; length++) {
		int fd = open_control();

		self->ea.length = 0;
		ea_add(&self->ea, 0, "TransportAddress", self->value, length);
		if (length < 22)
			EXPECT_STATUS(STATUS_INVALID_PARAMETER,
				      ea_create(&self->ea, fd));
		else
			EXPECT_STATUS(STATUS_SUCCESS, ea_create(&self->ea, fd));
		close(fd);
	}
}

TEST_F(attributes, length_of_a_context)
{
	for (size_t length = 0; length < 20; length++) {
		int fd = open_control();

		self->ea.length = 0;
		ea_add(&self->ea, 0, "ConnectionContext", self->value, length);
		if (length < 4)
			EXPECT_STATUS(STATUS_INVALID_PARAMETER,
				      ea_create(&self->ea, fd));
		else
			EXPECT_STATUS(STATUS_SUCCESS, ea_create(&self->ea, fd));
		close(fd);
	}
}

TEST_F(attributes, longer_buffer)
{
	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	memset(self->ea.bytes + self->ea.length, 0xff, 100);
	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      ea_create_length(&self->ea, self->fd, TDI_EA_MAX + 1));
	EXPECT_STATUS(STATUS_SUCCESS,
		      ea_create_length(&self->ea, self->fd, TDI_EA_MAX));
	EXPECT_IS_ADDRESS(self->fd);
}

TEST_F(attributes, cut_off_anywhere)
{
	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	for (size_t length = 1; length < self->ea.length; length++)
		EXPECT_STATUS(STATUS_INVALID_PARAMETER,
			      ea_create_length(&self->ea, self->fd, length));
	EXPECT_IS_FRESH(self->fd);
}

/* The kernel reads no further than it was told. */
TEST_F(attributes, buffer_at_the_edge)
{
	unsigned char *bytes;

	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	bytes = memory_at_edge(self->ea.length);
	memcpy(bytes, self->ea.bytes, self->ea.length);
	EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
		      tdi_create(self->fd, bytes + 1, self->ea.length, 0, 0, 0,
				 NULL));
	EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
		      tdi_create(self->fd, NULL, 1, 0, 0, 0, NULL));
	EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
		      tdi_create(self->fd, MEMORY_KERNEL, 64, 0, 0, 0, NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_create(self->fd, bytes, self->ea.length, 0, 0, 0,
				 NULL));
}

TEST_F(attributes, both_names)
{
	ea_add(&self->ea, 48, "TransportAddress", self->value, 22);
	ea_add(&self->ea, 0, "ConnectionContext", self->value, 8);
	EXPECT_STATUS(STATUS_INVALID_PARAMETER, ea_create(&self->ea, self->fd));
	self->ea.length = 0;
	ea_add(&self->ea, 36, "ConnectionContext", self->value, 8);
	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	EXPECT_STATUS(STATUS_INVALID_PARAMETER, ea_create(&self->ea, self->fd));
	EXPECT_IS_FRESH(self->fd);
}

TEST_F(attributes, unknown_names)
{
	static const char *const names[] = {
		"", "X", "transportaddress", "TransportAddres",
		"TransportAddressX", "ConnectionContex", "ConnectionContextX",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		self->ea.length = 0;
		ea_add(&self->ea, 0, names[i], self->value, 22);
		EXPECT_STATUS(STATUS_INVALID_EA_NAME,
			      ea_create(&self->ea, self->fd));
	}
	/* also beside a known one */
	self->ea.length = 0;
	ea_add(&self->ea, 48, "TransportAddress", self->value, 22);
	ea_add(&self->ea, 0, "Unknown", self->value, 8);
	EXPECT_STATUS(STATUS_INVALID_EA_NAME, ea_create(&self->ea, self->fd));
	EXPECT_IS_FRESH(self->fd);
}

TEST_F(attributes, malformed_entries)
{
	static const uint32_t next[] = { 1, 8, 46, 49, 4096, 0x80000000, ~0U };

	for (size_t i = 0; i < ARRAY_SIZE(next); i++) {
		self->ea.length = 0;
		ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
		memcpy(self->ea.bytes, &next[i], 4);
		EXPECT_STATUS(STATUS_INVALID_PARAMETER,
			      ea_create(&self->ea, self->fd));
	}
	/* no NUL behind the name; a flag that there is not */
	self->ea.length = 0;
	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	self->ea.bytes[24] = 1;
	EXPECT_STATUS(STATUS_INVALID_PARAMETER, ea_create(&self->ea, self->fd));
	self->ea.length = 0;
	ea_add_raw(&self->ea, 0, 1, "TransportAddress", 16, self->value, 22);
	EXPECT_STATUS(STATUS_INVALID_PARAMETER, ea_create(&self->ea, self->fd));
	EXPECT_IS_FRESH(self->fd);
	/* FILE_NEED_EA makes no difference */
	self->ea.length = 0;
	ea_add_raw(&self->ea, 0, 0x80, "TransportAddress", 16, self->value, 22);
	close(self->fd);
	self->fd = open_control();
	EXPECT_STATUS(STATUS_SUCCESS, ea_create(&self->ea, self->fd));
}

/* The value itself: count, length and type of its entries */
TEST_F(attributes, malformed_transport_address)
{
	static const struct {
		int32_t count;
		uint16_t length, type;
	} bad[] = {
		{ 0, 14, 2 }, { -1, 14, 2 }, { 1, 13, 2 }, { 1, 15, 2 },
		{ 1, 0, 2 }, { 1, 0xffff, 2 }, { 1, 14, 0 }, { 1, 14, 3 },
		{ 1, 14, 17 }, { 1, 14, 23 }, { 1, 14, 0xffff },
		{ 0x7fffffff, 10, 17 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		self->ea.length = 0;
		memcpy(self->value, &bad[i].count, 4);
		memcpy(self->value + 4, &bad[i].length, 2);
		memcpy(self->value + 6, &bad[i].type, 2);
		ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
		EXPECT_STATUS(STATUS_INVALID_PARAMETER,
			      ea_create(&self->ea, self->fd));
	}
	EXPECT_IS_FRESH(self->fd);
}

/* The first entry that TCP knows is taken (reference 1.5) */
TEST_F(attributes, foreign_entries_first)
{
	const uint16_t netbios[2] = { 18, 17 };
	int32_t count = 2;

	memset(self->value, 0, sizeof(self->value));
	memcpy(self->value, &count, 4);
	memcpy(self->value + 4, netbios, 4);
	memcpy(self->value + 26, self->any.bytes + 4, 18);
	ea_add(&self->ea, 0, "TransportAddress", self->value, 44);
	ASSERT_STATUS(STATUS_SUCCESS, ea_create(&self->ea, self->fd));
	EXPECT_IS_ADDRESS(self->fd);
}

TEST_F(attributes, share_access_and_protocol)
{
	ea_add(&self->ea, 0, "TransportAddress", self->value, 22);
	for (uint32_t share = 4; share; share <<= 1)
		EXPECT_STATUS(STATUS_INVALID_PARAMETER,
			      tdi_create(self->fd, self->ea.bytes,
					 self->ea.length, share, 0, 0, NULL));
	EXPECT_STATUS(STATUS_INVALID_PARAMETER,
		      tdi_create(self->fd, self->ea.bytes, self->ea.length, 0,
				 IPPROTO_TCP, 0, NULL));
	EXPECT_IS_FRESH(self->fd);
}

/* ---- Transport addresses ---- */

FIXTURE(address) {
	int ns;
	struct tdi_taddr any, local, other;
};

FAMILY_VARIANTS(address);

FIXTURE_SETUP(address)
{
	self->ns = net_enter();
	self->any = address_any(variant->family, 6000);
	self->local = address_local(variant->family, 6000);
	if (variant->family == AF_INET6) {
		net_run("ip addr add ::2/128 dev lo nodad");
		self->other = address_text("[::2]:6000");
	} else {
		self->other = address_text("127.0.0.2:6000");
	}
}

FIXTURE_TEARDOWN(address)
{
	close(self->ns);
}

static uint32_t open_shared(const struct tdi_taddr *ta, uint32_t share, int *fd)
{
	return tdi_open_address("tcp", 0, ta, share, fd);
}

static uint32_t opens(int fd)
{
	uint32_t count = 0;

	tdi_query_address_info(fd, &count, NULL, 0, NULL);
	return count;
}

TEST_F(address, port_is_bound_and_visible_at_once)
{
	struct tdi_taddr any = address_any(variant->family, 0), seen;
	uint32_t count;
	int fd;

	ASSERT_STATUS(STATUS_SUCCESS, open_shared(&any, 0, &fd));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_query_address_info(fd, &count, &seen, 0, NULL));
	EXPECT_EQ(1, count);
	EXPECT_NE(0, tdi_taddr_port(&seen));
	any = address_any(variant->family, tdi_taddr_port(&seen));
	EXPECT_TRUE(address_equal(&any, &seen));
	EXPECT_EQ(-1, plain_bind(&seen, 0));
	EXPECT_EQ(EADDRINUSE, errno);
	close(fd);
	EXPECT_LE(0, plain_bind(&seen, 0));
}

/* S8: only those that all allow it share */
TEST_F(address, share_access)
{
	static const struct {
		uint32_t first, second, want;
	} cases[] = {
		{ 0, 0, STATUS_SHARING_VIOLATION },
		{ 0, 1, STATUS_SHARING_VIOLATION },
		{ 0, 2, STATUS_SHARING_VIOLATION },
		{ 3, 0, STATUS_SHARING_VIOLATION },
		{ 1, 0, STATUS_SHARING_VIOLATION },
		{ 1, 1, STATUS_SUCCESS }, { 2, 2, STATUS_SUCCESS },
		{ 1, 2, STATUS_SUCCESS }, { 3, 1, STATUS_SUCCESS },
	};
	int first, second;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_STATUS(STATUS_SUCCESS,
			      open_shared(&self->any, cases[i].first, &first));
		EXPECT_STATUS(cases[i].want,
			      open_shared(&self->any, cases[i].second,
					  &second));
		EXPECT_EQ(cases[i].want ? 1 : 2, opens(first));
		close(second);
		EXPECT_EQ(1, opens(first));
		close(first);
	}
}

/* The port goes with the last open, and exclusive use is possible then. */
TEST_F(address, last_close_frees)
{
	int fd[3], exclusive;

	for (int i = 0; i < 3; i++)
		ASSERT_STATUS(STATUS_SUCCESS,
			      open_shared(&self->local, 1, &fd[i]));
	EXPECT_EQ(3, opens(fd[0]));
	close(fd[0]);
	close(fd[1]);
	EXPECT_EQ(1, opens(fd[2]));
	EXPECT_EQ(-1, plain_bind(&self->local, REUSE_ADDR));
	EXPECT_STATUS(STATUS_SHARING_VIOLATION,
		      open_shared(&self->local, 0, &exclusive));
	close(fd[2]);
	EXPECT_STATUS(STATUS_SUCCESS, open_shared(&self->local, 0, &exclusive));
	close(exclusive);
}

/* The wildcard and one of its hosts: never both, whatever the sharing */
TEST_F(address, overlap)
{
	int first, second;

	for (uint32_t share = 0; share < 4; share += 3) {
		ASSERT_STATUS(STATUS_SUCCESS,
			      open_shared(&self->any, share, &first));
		EXPECT_STATUS(STATUS_ADDRESS_ALREADY_EXISTS,
			      open_shared(&self->local, share, &second));
		close(first);
		ASSERT_STATUS(STATUS_SUCCESS,
			      open_shared(&self->local, share, &first));
		EXPECT_STATUS(STATUS_ADDRESS_ALREADY_EXISTS,
			      open_shared(&self->any, share, &second));
		/* two hosts are two addresses */
		EXPECT_STATUS(STATUS_SUCCESS,
			      open_shared(&self->other, share, &second));
		EXPECT_EQ(1, opens(second));
		close(second);
		close(first);
	}
}

/* S13: the other family's port is another one */
TEST_F(address, families_are_apart)
{
	int family = variant->family == AF_INET ? AF_INET6 : AF_INET;
	struct tdi_taddr any = address_any(family, 6000);
	int first, second;

	ASSERT_STATUS(STATUS_SUCCESS, open_shared(&self->any, 0, &first));
	EXPECT_STATUS(STATUS_SUCCESS, open_shared(&any, 0, &second));
}

TEST_F(address, namespaces_are_apart)
{
	int first, second, ns;

	ASSERT_STATUS(STATUS_SUCCESS, open_shared(&self->any, 0, &first));
	ns = net_enter();
	ASSERT_STATUS(STATUS_SUCCESS, open_shared(&self->any, 0, &second));
	net_switch(self->ns);
	close(ns);
	close(second);
	EXPECT_EQ(-1, plain_bind(&self->any, 0));
}

TEST_F(address, not_a_local_one)
{
	struct tdi_taddr far = address_text(variant->family == AF_INET ?
			"192.0.2.1:6000" : "[2001:db8::1]:6000");
	struct tdi_taddr group = address_text(variant->family == AF_INET ?
			"224.0.0.1:6000" : "[ff02::1]:6000");
	struct tdi_taddr broadcast = address_text("255.255.255.255:6000");
	int fd;

	EXPECT_STATUS(STATUS_INVALID_ADDRESS, open_shared(&far, 0, &fd));
	EXPECT_STATUS(STATUS_INVALID_ADDRESS, open_shared(&group, 0, &fd));
	EXPECT_STATUS(STATUS_INVALID_ADDRESS, open_shared(&broadcast, 0, &fd));
}

#define NOBODY	65534

/* The node is root's; here is one for anybody. */
static const char node[] = "/dev/tdi-selftest";

static void make_node(void)
{
	struct stat st;

	NEED(!stat("/dev/tdi/tcp", &st));
	unlink(node);
	NEED(!mknod(node, S_IFCHR, st.st_rdev));
	NEED(!chmod(node, 0666));
}

/* For who opened the file */
TEST_F(address, privileged_port)
{
	struct tdi_taddr web = address_any(variant->family, 80);
	int fd;

	make_node();
	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_STATUS(STATUS_ACCESS_DENIED,
		      tdi_open_address(node, 0, &web, 0, &fd));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_open_address(node, 0, &self->any, 0, &fd));
	ASSERT_EQ(0, seteuid(0));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_open_address(node, 0, &web, 0, &fd));
	unlink(node);
}

/* As with SO_REUSEPORT: what one user has open is no other's, not even root's */
TEST_F(address, shared_by_one_user)
{
	struct tdi_taddr other = address_any(variant->family, 6001);
	int first, second, fd;

	make_node();
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_open_address(node, 0, &self->any, 3, &first));
	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_STATUS(STATUS_ACCESS_DENIED,
		      tdi_open_address(node, 0, &self->any, 3, &fd));
	EXPECT_EQ(1, opens(first));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_open_address(node, 0, &other, 3, &second));
	ASSERT_EQ(0, seteuid(0));
	EXPECT_STATUS(STATUS_ACCESS_DENIED,
		      tdi_open_address(node, 0, &other, 3, &fd));
	EXPECT_EQ(1, opens(second));
	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_open_address(node, 0, &other, 3, &fd));
	EXPECT_EQ(2, opens(second));
	ASSERT_EQ(0, seteuid(0));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_open_address(node, 0, &self->any, 3, &fd));
	EXPECT_EQ(2, opens(first));
	unlink(node);
}

/* A privileged port asks each of its opens for the privilege. */
TEST_F(address, shared_privileged_port)
{
	struct tdi_taddr web = address_any(variant->family, 80);
	int first, fd;

	ASSERT_STATUS(STATUS_SUCCESS, open_shared(&web, 3, &first));
	net_may(CAP_NET_BIND_SERVICE, false);
	EXPECT_STATUS(STATUS_ACCESS_DENIED, open_shared(&web, 3, &fd));
	EXPECT_EQ(1, opens(first));
	/* and no other one */
	net_sysctl("ipv4/ip_unprivileged_port_start", "80");
	EXPECT_STATUS(STATUS_SUCCESS, open_shared(&web, 3, &fd));
	net_sysctl("ipv4/ip_unprivileged_port_start", "81");
	EXPECT_STATUS(STATUS_ACCESS_DENIED, open_shared(&web, 3, &fd));
	net_may(CAP_NET_BIND_SERVICE, true);
	EXPECT_STATUS(STATUS_SUCCESS, open_shared(&web, 3, &fd));
	EXPECT_EQ(3, opens(first));
}

TEST_F(address, no_port_left)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	int fd[2], third;

	net_sysctl("ipv4/ip_local_port_range", "40000 40001");
	for (int i = 0; i < 2; i++)
		ASSERT_STATUS(STATUS_SUCCESS, open_shared(&any, 1, &fd[i]));
	EXPECT_NE(local_port(fd[0]), local_port(fd[1]));
	EXPECT_STATUS(STATUS_TOO_MANY_ADDRESSES, open_shared(&any, 1, &third));
	close(fd[0]);
	EXPECT_STATUS(STATUS_SUCCESS, open_shared(&any, 1, &third));
}

TEST_HARNESS_MAIN
