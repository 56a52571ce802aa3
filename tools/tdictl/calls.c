// SPDX-License-Identifier: GPL-2.0-only
/* -T of connect and listen: each TDI call as a line on stderr */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "tdictl.h"

#define RUN_PAUSE_MS	100

static bool traced;

void calls_trace(void)
{
	traced = true;
}

void call_begin(struct call *call, const char *format, ...)
{
	va_list args;

	clock_gettime(CLOCK_REALTIME, &call->begin);
	va_start(args, format);
	vsnprintf(call->text, sizeof(call->text), format, args);
	va_end(args);
}

static void call_line(const struct call *call, const struct timespec *end,
		      const char *result)
{
	int error = errno;

	if (traced)
		trace_times(stderr, &call->begin, end, call->text, result);
	errno = error;	/* the call's, still to be reported */
}

void call_tell(const struct call *call, const char *result)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	call_line(call, &now, result);
}

static void status_text(char *text, size_t size, uint32_t status)
{
	if (status == STATUS_SUCCESS)
		snprintf(text, size, "%s", tdi_status_name(status));
	else
		snprintf(text, size, "%s %s", tdi_status_name(status),
			 strerrorname_np(errno));
}

uint32_t call_end(const struct call *call, uint32_t status,
		  const char *format, ...)
{
	char text[200];
	size_t length;
	va_list args;

	status_text(text, sizeof(text), status);
	if (status == STATUS_SUCCESS && format) {
		length = strlen(text);
		text[length++] = ' ';
		va_start(args, format);
		vsnprintf(text + length, sizeof(text) - length, format, args);
		va_end(args);
	}
	call_tell(call, text);
	return status;
}

/* To be told that it is under way: a connection may be long in coming */
void call_begin_pending(struct call *call, const char *request, int endpoint,
			const struct tdi_taddr *remote)
{
	char text[TDI_TADDR_STRLEN] = "";

	if (remote)
		tdi_taddr_format(remote, text, sizeof(text));
	call_begin(call, "%s fd:%d%s%s", request, endpoint, remote ? " " : "",
		   text);
	call_tell(call, "pending");
}

uint32_t call_end_peer(const struct call *call, uint32_t status,
		       const struct tdi_taddr *peer)
{
	char text[TDI_TADDR_STRLEN] = "";

	if (status == STATUS_SUCCESS)
		tdi_taddr_format(peer, text, sizeof(text));
	return call_end(call, status, "peer=%s", text);
}

void call_run_begin(struct call_run *run, const char *request, int endpoint)
{
	if (run->calls++)
		return;
	run->bytes = 0;
	call_begin(&run->call, "%s fd:%d", request, endpoint);
	call_tell(&run->call, "pending");
}

void call_run_add(struct call_run *run, uint64_t bytes)
{
	run->bytes += bytes;
	clock_gettime(CLOCK_REALTIME, &run->last);
}

void call_run_end(struct call_run *run, uint32_t status)
{
	char name[100], text[200];

	if (!run->calls)
		return;
	status_text(name, sizeof(name), status);
	snprintf(text, sizeof(text), "%s calls=%lu bytes=%llu", name,
		 run->calls, (unsigned long long)run->bytes);
	call_line(&run->call, &run->last, text);
	run->calls = 0;
}

/* For poll(2): when to look whether a run is over */
int call_run_timeout(const struct call_run *run)
{
	return traced && run->calls ? RUN_PAUSE_MS : -1;
}

void call_run_check(struct call_run *run)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if ((now.tv_sec - run->last.tv_sec) * 1000 +
	    (now.tv_nsec - run->last.tv_nsec) / 1000000 >= RUN_PAUSE_MS)
		call_run_end(run, STATUS_SUCCESS);
}
