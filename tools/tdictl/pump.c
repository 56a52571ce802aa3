// SPDX-License-Identifier: GPL-2.0-only
/* Both directions of a connection at once, between stdin and stdout */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tdictl.h"

#define FLOW_SIZE	65536
#define RELEASE_COOKIE	1

/* Bytes on their way from one side to the other */
struct flow {
	size_t start, end;	/* what is in @data */
	bool   eof;		/* the side that it comes from has ended */
	struct call_run calls;
	uint8_t data[FLOW_SIZE];
};

/*
 * A release blocks until the peer has acknowledged everything, which it may do
 * only once we have read what it sends: it needs a thread of its own.
 */
struct release {
	int	  endpoint;
	int	  event;	/* eventfd, readable when done */
	pthread_t thread;
	bool	  started, done;
	uint32_t  status;
	int	  error;
};

struct pump {
	int	       endpoint, in, out;
	size_t	       out_chunk;	/* what a write(2) takes without waiting */
	struct flow    up, down;	/* stdin to peer, peer to stdout */
	struct release release;
};

static bool flow_empty(const struct flow *flow)
{
	return flow->start == flow->end;
}

static void flow_take(struct flow *flow, size_t count)
{
	flow->start += count;
	if (flow_empty(flow))
		flow->start = flow->end = 0;
}

static void *release_run(void *data)
{
	struct release *release = data;
	struct tdi_io io = { .cookie = RELEASE_COOKIE };
	const uint64_t one = 1;
	struct call call;

	call_begin(&call, "TDI_DISCONNECT fd:%d release", release->endpoint);
	call_tell(&call, "pending");
	release->status = tdi_disconnect(release->endpoint, 0,
					 TDI_DISCONNECT_RELEASE, &io);
	call_end(&call, release->status, NULL);
	release->error = io.error;
	if (write(release->event, &one, sizeof(one)) < 0)
		return NULL;	/* cannot be: the counter is 0 */
	return NULL;
}

static int release_start(struct release *release)
{
	int error;

	error = pthread_create(&release->thread, NULL, release_run, release);
	if (error)
		return report_errno("pthread_create", error);
	release->started = true;
	return EXIT_OK;
}

static void release_join(struct release *release)
{
	if (!release->started)
		return;
	if (!release->done)
		tdi_cancel(release->endpoint, RELEASE_COOKIE, 0, NULL);
	pthread_join(release->thread, NULL);
	release->started = false;
}

/* stdin is readable */
static int read_in(struct pump *pump)
{
	ssize_t count;

	count = read(pump->in, pump->up.data, sizeof(pump->up.data));
	if (count < 0 && errno != EINTR && errno != EAGAIN)
		return report_errno("read stdin", errno);
	if (count > 0)
		pump->up.end = count;
	if (!count)
		pump->up.eof = true;
	return EXIT_OK;
}

/* There is room towards the peer */
static int send_up(struct pump *pump)
{
	struct flow *up = &pump->up;
	struct tdi_io io = { 0 };
	uint32_t status;

	call_run_begin(&up->calls, "TDI_SEND", pump->endpoint);
	status = tdi_send(pump->endpoint, up->data + up->start,
			  up->end - up->start, TDI_SEND_NON_BLOCKING, &io);
	call_run_add(&up->calls, io.information);
	if (status == STATUS_DEVICE_NOT_READY || io.error == EINTR)
		return EXIT_OK;
	if (status != STATUS_SUCCESS) {
		call_run_end(&up->calls, status);
		return report_status("TDI_SEND", status, io.error);
	}
	flow_take(up, io.information);
	return EXIT_OK;
}

/* There is something from the peer: data, its release, or an error */
static int receive_down(struct pump *pump)
{
	struct flow *down = &pump->down;
	struct tdi_io io = { 0 };
	uint32_t status;

	call_run_begin(&down->calls, "TDI_RECEIVE", pump->endpoint);
	status = tdi_receive(pump->endpoint, down->data, sizeof(down->data), 0,
			     &io);
	call_run_add(&down->calls, io.information);
	if (status == STATUS_DEVICE_NOT_READY || io.error == EINTR)
		return EXIT_OK;
	if (status != STATUS_SUCCESS || !io.information)
		call_run_end(&down->calls, status);
	if (status != STATUS_SUCCESS)
		return report_status("TDI_RECEIVE", status, io.error);
	down->end = io.information;
	down->eof = !io.information;
	return EXIT_OK;
}

/* stdout takes something */
static int write_out(struct pump *pump)
{
	struct flow *down = &pump->down;
	size_t length = down->end - down->start;
	ssize_t count;

	if (length > pump->out_chunk)
		length = pump->out_chunk;
	count = write(pump->out, down->data + down->start, length);
	if (count < 0 && errno != EINTR && errno != EAGAIN)
		return report_errno("write stdout", errno);
	if (count > 0)
		flow_take(down, count);
	return EXIT_OK;
}

enum { POLL_IN, POLL_OUT, POLL_ENDPOINT, POLL_RELEASE, POLL_COUNT };

/* A descriptor that nothing is wanted of is left out: it may be hung up */
static void want(struct pollfd *pfd, int fd, short events)
{
	pfd->fd = events ? fd : -1;
	pfd->events = events;
	pfd->revents = 0;
}

static void fill_poll(struct pump *pump, struct pollfd *pfds)
{
	struct flow *up = &pump->up, *down = &pump->down;
	short events = 0;

	want(&pfds[POLL_IN], pump->in,
	     !up->eof && flow_empty(up) ? POLLIN : 0);
	want(&pfds[POLL_OUT], pump->out, flow_empty(down) ? 0 : POLLOUT);
	if (!flow_empty(up))
		events |= POLLOUT;
	if (!down->eof && flow_empty(down))
		events |= POLLIN;
	want(&pfds[POLL_ENDPOINT], pump->endpoint, events);
	want(&pfds[POLL_RELEASE], pump->release.event,
	     pump->release.started && !pump->release.done ? POLLIN : 0);
}

static int serve(struct pump *pump, const struct pollfd *pfds)
{
	const struct pollfd *endpoint = &pfds[POLL_ENDPOINT];
	int code = EXIT_OK;

	if (pfds[POLL_RELEASE].revents) {
		pump->release.done = true;
		if (pump->release.status != STATUS_SUCCESS)
			return report_status("TDI_DISCONNECT",
					     pump->release.status,
					     pump->release.error);
	}
	if (endpoint->events & POLLIN && endpoint->revents & ~POLLOUT)
		code = receive_down(pump);
	if (!code && endpoint->events & POLLOUT && endpoint->revents & ~POLLIN)
		code = send_up(pump);
	if (!code && pfds[POLL_OUT].revents)
		code = write_out(pump);
	if (!code && pfds[POLL_IN].revents)
		code = read_in(pump);
	if (!code && pump->up.eof && flow_empty(&pump->up) &&
	    !pump->release.started) {
		call_run_end(&pump->up.calls, STATUS_SUCCESS);
		code = release_start(&pump->release);
	}
	return code;
}

static int poll_timeout(const struct pump *pump)
{
	int timeout = call_run_timeout(&pump->up.calls);

	return timeout < 0 ? call_run_timeout(&pump->down.calls) : timeout;
}

static int pump_loop(struct pump *pump)
{
	struct pollfd pfds[POLL_COUNT];
	int code;

	while (!pump->release.done || !pump->down.eof ||
	       !flow_empty(&pump->down)) {
		fill_poll(pump, pfds);
		if (poll(pfds, POLL_COUNT, poll_timeout(pump)) < 0) {
			if (errno == EINTR)
				continue;
			return report_errno("poll", errno);
		}
		code = serve(pump, pfds);
		if (code)
			return code;
		call_run_check(&pump->up.calls);
		call_run_check(&pump->down.calls);
	}
	return EXIT_OK;
}

/* A writable pipe takes PIPE_BUF bytes, a file any number */
static size_t write_chunk(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) ? FLOW_SIZE : PIPE_BUF;
}

/*
 * Send what comes from @in until its end, then release; meanwhile, and until
 * the peer's release, receive and write to @out.  Returns the exit code.
 */
int pump(int endpoint, int in, int out)
{
	struct pump *pump;
	int code;

	pump = calloc(1, sizeof(*pump));
	if (!pump)
		return report_errno("malloc", ENOMEM);
	pump->endpoint = pump->release.endpoint = endpoint;
	pump->in = in;
	pump->out = out;
	pump->out_chunk = write_chunk(out);
	pump->release.event = eventfd(0, EFD_CLOEXEC);
	if (pump->release.event < 0) {
		code = report_errno("eventfd", errno);
	} else {
		code = pump_loop(pump);
		call_run_end(&pump->up.calls, STATUS_SUCCESS);
		call_run_end(&pump->down.calls, STATUS_SUCCESS);
		release_join(&pump->release);
		close(pump->release.event);
	}
	free(pump);
	return code;
}
