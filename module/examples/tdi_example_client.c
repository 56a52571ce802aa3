// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest client: connects, sends a line, keeps what is answered.
 *
 *	insmod tdi_example_client.ko address=127.0.0.1 port=80
 *	cat /sys/module/tdi_example_client/parameters/answer
 */
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/tdi.h>

static char *address = "127.0.0.1";
module_param(address, charp, 0444);
MODULE_PARM_DESC(address, "whom to call, IPv4 or IPv6");

static char *port = "80";
module_param(port, charp, 0444);

static char *line = "GET / HTTP/1.0";
module_param(line, charp, 0444);
MODULE_PARM_DESC(line, "what to say; an empty line follows it");

static char answer[2048];
module_param_string(answer, answer, sizeof(answer), 0444);
MODULE_PARM_DESC(answer, "what was answered, as far as there is room");

/* One request after the other: build it, wait for it. */
static u32 talk(struct tdi_file *endpoint, const struct sockaddr_storage *remote)
{
	struct tdi_request req;
	size_t got = 0;
	char say[256];
	int length;
	u32 status;

	tdi_build_connect(&req, endpoint, remote, TDI_TIMEOUT_MS(5000));
	status = tdi_submit_wait(&req);
	if (status)
		return status;

	length = scnprintf(say, sizeof(say), "%s\r\n\r\n", line);
	tdi_build_send(&req, endpoint, say, length, 0);
	status = tdi_submit_wait(&req);

	/* success with no bytes is the end: the peer has released */
	while (!status && got < sizeof(answer) - 1) {
		tdi_build_receive(&req, endpoint, answer + got,
				  sizeof(answer) - 1 - got, 0);
		status = tdi_submit_wait(&req);
		if (!req.information)
			break;
		got += req.information;
	}
	if (status)
		return status;
	tdi_build_disconnect(&req, endpoint, TDI_TIMEOUT_MS(5000),
			     TDI_DISCONNECT_RELEASE);
	return tdi_submit_wait(&req);
}

/* An endpoint is associated with a local address before it can connect. */
static u32 call(struct net *net, const struct sockaddr_storage *remote)
{
	const struct sockaddr_storage any = { .ss_family = remote->ss_family };
	struct tdi_file *local, *endpoint;
	struct tdi_request req;
	u32 status;

	status = tdi_open_address(net, TDI_DEVICE_TCP, &any, 0, 0, &local);
	if (status)
		return status;
	status = tdi_open_endpoint(net, TDI_DEVICE_TCP, NULL, &endpoint);
	if (!status) {
		tdi_build_associate(&req, endpoint, local);
		status = tdi_submit_wait(&req);
	}
	if (!status)
		status = talk(endpoint, remote);
	tdi_close(endpoint);
	tdi_close(local);
	return status;
}

static int __init tdi_example_client_init(void)
{
	struct net *net = current->nsproxy->net_ns;	/* insmod's */
	struct sockaddr_storage remote;
	u32 status;
	int err;

	err = inet_pton_with_scope(net, AF_UNSPEC, address, port, &remote);
	if (err)
		return err;
	status = call(net, &remote);
	if (status)
		pr_err("%s port %s: status %#x\n", address, port, status);
	return tdi_status_to_errno(status);
}

/* Nothing is open any more: all there is to do is to let the module go. */
static void __exit tdi_example_client_exit(void)
{
}

module_init(tdi_example_client_init);
module_exit(tdi_example_client_exit);
MODULE_DESCRIPTION("TDI example: a client that waits");
MODULE_LICENSE("GPL");
