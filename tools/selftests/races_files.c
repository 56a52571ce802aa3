// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that open, close, are decided on and looked at while others use them.
 */
#include "test.h"

FIXTURE(races_files) {
	struct pair pair;
};

FAMILY_VARIANTS(races_files);

FIXTURE_SETUP(races_files)
{
	pair_open(&self->pair, variant->family);
}

FIXTURE_TEARDOWN(races_files)
{
	pair_close(&self->pair);
}

/* The last descriptor goes while a request begins, runs or waits. */
TEST_F(races_files, close_under_a_request)
{
	static void (*const calls[])(struct job *job) = {
		job_connect, job_listen, job_send, job_receive, job_disconnect,
		job_read, job_write,
	};
	struct deadline deadline = deadline_in(1000);
	struct pair *pair = &self->pair;
	int files = module_files();
	char block[1000] = "";

	for (int i = 0; !deadline_passed(&deadline) || i < 70; i++) {
		struct job job = {
			.call = calls[i % 7], .remote = pair->remote,
			.fd = open_associated(pair->address),
			.buffer = block, .length = sizeof(block),
			.flags = i % 7 == 4 ? TDI_DISCONNECT_RELEASE : 0,
			.timeout = tdi_timeout_ms(50),
		};
		int other = dup(job.fd);

		if (job.call == job_listen)
			job.remote.length = 0;
		if (i % 7 >= 2 && !tdi_connect(job.fd, &pair->remote, 0, NULL,
					       0, NULL))
			pair->peer = plain_accept(pair->listener);
		job_start(&job);
		close(job.fd);
		while (!job.done) {
			tdi_cancel(other, 0, TDI_CANCEL_ALL, NULL);
			pace();
		}
		job_end(&job);
		close(other);
		if (pair->peer >= 0)
			plain_reset(pair->peer);
		pair->peer = -1;
		while (look_events(pair->listener, POLLIN))
			plain_reset(plain_accept(pair->listener));
		ASSERT_EQ(files, module_files());
	}
}

static void call_create(struct job *job)
{
	tdi_create(job->fd, job->buffer, job->length, 0, 0, 0, &job->io);
}

/* Only one of them decides what the file is. */
TEST_F(races_files, create)
{
	struct tdi_taddr any = address_any(variant->family, 0);
	uint8_t rooms[2][128];
	struct tdi_ea eas[2];

	for (int i = 0; i < 2; i++)
		tdi_ea_init(&eas[i], rooms[i], sizeof(rooms[i]));
	ASSERT_STATUS(STATUS_SUCCESS, tdi_ea_add_address(&eas[0], &any));
	ASSERT_STATUS(STATUS_SUCCESS, tdi_ea_add_context(&eas[1], 1));
	for (int round = 0; round < 50; round++) {
		int fd = open_control(), successes = 0;
		struct job jobs[4];

		for (int i = 0; i < 4; i++) {
			jobs[i] = (struct job){
				.call = call_create, .fd = fd,
				.buffer = rooms[i % 2],
				.length = eas[i % 2].length,
			};
			job_start(&jobs[i]);
		}
		for (int i = 0; i < 4; i++) {
			struct outcome outcome = job_end(&jobs[i]);

			successes += !outcome.status;
			if (outcome.status)
				EXPECT_OUTCOME(STATUS_INVALID_DEVICE_STATE,
					       outcome);
		}
		ASSERT_EQ(1, successes);
		close(fd);
	}
}

struct poller {
	int fd;
	atomic_bool stop;
	atomic_uint hangups;
};

static void *poll_all_the_time(void *data)
{
	struct poller *poller = data;

	while (!poller->stop)
		if (look_events(poller->fd, POLLIN | POLLOUT) & POLLHUP)
			poller->hangups++;
	return NULL;
}

/* From listening to connected: never, in between, as if it were neither */
TEST_F(races_files, poll_while_listening)
{
	struct deadline deadline = deadline_in(500);
	struct pair *pair = &self->pair;

	for (int i = 0; !deadline_passed(&deadline) || i < 20; i++) {
		struct job job = { .call = job_listen, .fd = pair->endpoint };
		struct poller poller = { .fd = pair->endpoint };
		pthread_t thread;

		job_start_blocked(&job);
		ASSERT_SOON(endpoint_state(pair->endpoint) ==
			    TDI_STATE_LISTENING);
		ASSERT_EQ(0, pthread_create(&thread, NULL, poll_all_the_time,
					    &poller));
		pair->peer = plain_connect(&pair->local);
		ASSERT_OUTCOME(STATUS_SUCCESS, job_end(&job));
		poller.stop = true;
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(0, poller.hangups);
		ASSERT_STATUS(STATUS_SUCCESS,
			      tdi_disconnect(pair->endpoint, 0,
					     TDI_DISCONNECT_ABORT, NULL));
		close(pair->peer);
		pair->peer = -1;
	}
}

struct opener {
	const struct tdi_taddr *host;
	atomic_bool stop;
	atomic_uint wrong, opened;
};

static void *open_and_close(void *data)
{
	struct opener *opener = data;
	uint32_t status, count;
	int fd, endpoint;

	while (!opener->stop) {
		status = tdi_open_address("tcp", 0, opener->host,
					  TDI_FILE_SHARE_READ, &fd);
		if (status) {
			opener->wrong++;
			continue;
		}
		opener->opened++;
		endpoint = open_associated(fd);
		if (tdi_query_address_info(endpoint, &count, NULL, 0, NULL) ||
		    !count || count > 3)
			opener->wrong++;
		close(fd);
		close(endpoint);
	}
	return NULL;
}

/* The first open, the last close and those between, by three threads */
TEST_F(races_files, shared_address)
{
	struct tdi_taddr any = address_any(variant->family, 6000);
	struct deadline deadline = deadline_in(500);
	struct opener opener = { .host = &any };
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, open_and_close,
					    &opener));
	while (!deadline_passed(&deadline) || opener.opened < 30)
		pace();
	opener.stop = true;
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_EQ(0, opener.wrong);
	EXPECT_LE(0, plain_bind(&any, 0));
}

TEST_HARNESS_MAIN
