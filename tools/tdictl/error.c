// SPDX-License-Identifier: GPL-2.0-only
/* Telling what went wrong: the call, the NTSTATUS, the errno, the exit code */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tdictl.h"

void describe_status(char *text, size_t size, uint32_t status, int error)
{
	snprintf(text, size, "%s (0x%08x), errno %s", tdi_status_name(status),
		 status, error ? strerrorname_np(error) : "0");
}

static int status_exit_code(uint32_t status)
{
	switch (status) {
	case STATUS_SUCCESS:
		return EXIT_OK;
	case STATUS_CONNECTION_REFUSED:
	case STATUS_REMOTE_NOT_LISTENING:
		return EXIT_REFUSED;
	case STATUS_IO_TIMEOUT:
		return EXIT_TIMEOUT;
	default:
		return EXIT_FAILED;
	}
}

/* Returns the exit code */
int report_status(const char *call, uint32_t status, int error)
{
	char text[160];

	describe_status(text, sizeof(text), status, error);
	fprintf(stderr, "tdictl: %s: %s: %s\n", call, text, strerror(error));
	return status_exit_code(status);
}

int report_errno(const char *call, int error)
{
	fprintf(stderr, "tdictl: %s: errno %s: %s\n", call,
		strerrorname_np(error), strerror(error));
	return EXIT_FAILED;
}

/* Could this be the node's absence or its mode, on open(2)? */
bool is_device_error(int error)
{
	return error == ENOENT || error == ENXIO || error == ENODEV ||
	       error == EACCES || error == EPERM;
}

static void describe_denied(char *text, size_t size, const char *path)
{
	struct group *group;
	struct stat st;

	if (stat(path, &st)) {
		snprintf(text, size, "no permission to look it up");
		return;
	}
	group = getgrgid(st.st_gid);
	if (st.st_gid && (st.st_mode & 060) == 060)
		snprintf(text, size,
			 "no permission: you are not in its group, %s",
			 group ? group->gr_name : "unnamed");
	else
		snprintf(text, size,
			 "no permission: mode %04o, for its owner only; be root, or give it a group",
			 st.st_mode & 07777);
}

/* The call, its status and errno, why it failed, and what to do */
void describe_device_error(char *text, size_t size, const char *device,
			   uint32_t status, int error)
{
	bool loaded = !access("/sys/module/tdi", F_OK);
	char path[256], result[160], reason[256];

	snprintf(path, sizeof(path), "%s%s",
		 strchr(device, '/') ? "" : "/dev/tdi/", device);
	describe_status(result, sizeof(result), status, error);
	if (error == EACCES || error == EPERM)
		describe_denied(reason, sizeof(reason), path);
	else if (!is_device_error(error))
		snprintf(reason, sizeof(reason), "%s", strerror(error));
	else if (!loaded)
		snprintf(reason, sizeof(reason),
			 "the module is not loaded: insmod tdi.ko");
	else
		snprintf(reason, sizeof(reason),
			 "the module is loaded, but this device is not there");
	snprintf(text, size, "open %s: %s: %s", path, result, reason);
}

/* Say why nothing can work, before anything is tried; returns the exit code */
int require_device(const char *device)
{
	char text[768];
	uint32_t status;
	int error, fd;

	status = tdi_open(device, 0, &fd);
	if (status == STATUS_SUCCESS) {
		close(fd);
		return EXIT_OK;
	}
	error = errno;
	describe_device_error(text, sizeof(text), device, status, error);
	fprintf(stderr, "tdictl: %s\n", text);
	return is_device_error(error) ? EXIT_NO_DEVICE : EXIT_FAILED;
}

/* A whole decimal or 0x number up to @max */
bool parse_number(const char *text, uint64_t max, uint64_t *value)
{
	unsigned long long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, text[1] == 'x' ? 16 : 10);
	if (errno || *end || number > max)
		return false;
	*value = number;
	return true;
}

/* The same with K or M behind it for 1024 and its square */
bool parse_size(const char *text, uint64_t max, uint64_t *value)
{
	size_t length = strlen(text);
	unsigned int shift = 0;
	char digits[32];

	if (length && text[length - 1] == 'K')
		shift = 10;
	else if (length && text[length - 1] == 'M')
		shift = 20;
	if (shift)
		length--;
	if (length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!parse_number(digits, max >> shift, value))
		return false;
	*value <<= shift;
	return true;
}

/* Seconds with a fraction, more than 0 and up to a year, in milliseconds */
bool parse_seconds(const char *text, uint64_t *ms)
{
	double seconds;
	char *end;

	if ((*text < '0' || *text > '9') && *text != '.')
		return false;
	seconds = strtod(text, &end);
	if (*end || !(seconds >= 0.001 && seconds <= 31536000))
		return false;
	*ms = seconds * 1000 + 0.5;
	return true;
}
