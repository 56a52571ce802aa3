// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of several threads on one endpoint at the same time, and files that
 * close under them.  Whatever comes of each, it is one of the answers that the
 * request may give, and the endpoint can be used afterwards.
 */
#include "test.h"

#include <fcntl.h>

/* How long each pair of requests is at it */
#define ROUND_MS	25

/* @address, @other: addresses to be associated with; @stop: enough */
struct arena {
	struct pair pair;
	int other;
	atomic_bool stop;
	atomic_uint wrong;
	pthread_t accepter, canceller;
};

static uint32_t do_connect(struct arena *arena)
{
	return tdi_connect(arena->pair.endpoint, &arena->pair.remote,
			   tdi_timeout_ms(20), NULL, 0, NULL);
}

static uint32_t do_listen(struct arena *arena)
{
	return tdi_listen(arena->pair.endpoint, NULL, NULL, 0, NULL);
}

static uint32_t do_send(struct arena *arena)
{
	static const char block[20000];

	return tdi_send(arena->pair.endpoint, block, sizeof(block), 0, NULL);
}

static uint32_t do_receive(struct arena *arena)
{
	char block[20000];

	return tdi_receive(arena->pair.endpoint, block, sizeof(block), 0, NULL);
}

static uint32_t do_release(struct arena *arena)
{
	return tdi_disconnect(arena->pair.endpoint, tdi_timeout_ms(20),
			      TDI_DISCONNECT_RELEASE, NULL);
}

static uint32_t do_abort(struct arena *arena)
{
	return tdi_disconnect(arena->pair.endpoint, 0, TDI_DISCONNECT_ABORT,
			      NULL);
}

static uint32_t do_disassociate(struct arena *arena)
{
	return tdi_disassociate_address(arena->pair.endpoint, 0, NULL);
}

static uint32_t do_associate(struct arena *arena)
{
	return tdi_associate_address(arena->pair.endpoint, arena->other, 0,
				     NULL);
}

static uint32_t do_query(struct arena *arena)
{
	struct tdi_connection_info info;
	struct tdi_taddr local;

	look_events(arena->pair.endpoint, POLLIN | POLLOUT);
	tdi_query_connection_info(arena->pair.endpoint, &info, 0, NULL);
	return tdi_query_address_info(arena->pair.endpoint, NULL, &local, 0,
				      NULL);
}

/* The address is another one every time; the old one takes the connection */
static uint32_t do_close_address(struct arena *arena)
{
	struct tdi_taddr any = address_any(arena->pair.family, 0);
	int address = open_address(&any);

	if (dup3(address, arena->other, O_CLOEXEC) < 0)
		return STATUS_UNSUCCESSFUL;
	close(address);
	return STATUS_SUCCESS;
}

typedef uint32_t (*action_t)(struct arena *arena);

static const action_t actions[] = {
	do_connect, do_listen, do_send, do_receive, do_release, do_abort,
	do_disassociate, do_associate, do_query, do_close_address,
};

/* What any of them may come to, depending on what the others do */
static bool is_possible(uint32_t status)
{
	static const uint32_t possible[] = {
		STATUS_SUCCESS, STATUS_CANCELLED, STATUS_INVALID_CONNECTION,
		STATUS_CONNECTION_ACTIVE, STATUS_CONNECTION_RESET,
		STATUS_CONNECTION_ABORTED, STATUS_CONNECTION_REFUSED,
		STATUS_GRACEFUL_DISCONNECT, STATUS_LOCAL_DISCONNECT,
		STATUS_ADDRESS_ALREADY_EXISTS, STATUS_ADDRESS_NOT_ASSOCIATED,
		STATUS_ADDRESS_ALREADY_ASSOCIATED, STATUS_IO_TIMEOUT,
	};

	for (size_t i = 0; i < ARRAY_SIZE(possible); i++)
		if (possible[i] == status)
			return true;
	return false;
}

struct runner {
	struct arena *arena;
	action_t action;
	pthread_t thread;
};

static void *run(void *data)
{
	struct runner *runner = data;
	struct outcome outcome;

	while (!runner->arena->stop) {
		errno = 0;
		outcome.status = runner->action(runner->arena);
		outcome.error = outcome.status ? errno : 0;
		if (is_possible(outcome.status) && outcome_agrees(&outcome))
			continue;
		fprintf(stderr, "# %s, errno %d\n",
			tdi_status_name(outcome.status), outcome.error);
		runner->arena->wrong++;
	}
	return NULL;
}

/* The other side: takes who comes, says something, and goes, or resets */
static void *accept_all(void *data)
{
	struct arena *arena = data;
	static const char block[30000];
	unsigned int count = 0;
	int fd;

	while (!arena->stop) {
		if (!look_events(arena->pair.listener, POLLIN)) {
			pace();
			continue;
		}
		fd = accept4(arena->pair.listener, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			continue;
		send(fd, block, sizeof(block), MSG_NOSIGNAL);
		if (count++ % 2)
			plain_reset(fd);
		else
			close(fd);
	}
	return NULL;
}

/* Whatever waits does not wait for long; and somebody calls the listens. */
static void *cancel_all(void *data)
{
	struct arena *arena = data;
	struct tdi_taddr there = arena->pair.local;
	int fd;

	while (!arena->stop) {
		fd = plain_connect(&there);
		if (fd >= 0)
			plain_reset(fd);
		pace();
		tdi_cancel(arena->pair.endpoint, 0, TDI_CANCEL_ALL, NULL);
	}
	return NULL;
}

static void arena_start(struct arena *arena)
{
	arena->stop = false;
	NEED(!pthread_create(&arena->accepter, NULL, accept_all, arena));
	NEED(!pthread_create(&arena->canceller, NULL, cancel_all, arena));
}

/* Requests that still wait have to be ended while their threads are. */
static void arena_stop(struct arena *arena, struct runner *runners, int count)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);

	arena->stop = true;
	for (int i = 0; i < count; i++) {
		while (pthread_tryjoin_np(runners[i].thread, NULL)) {
			if (deadline_passed(&deadline))
				die("a request does not end");
			tdi_cancel(arena->pair.endpoint, 0, TDI_CANCEL_ALL,
				   NULL);
			pace();
		}
	}
	NEED(!pthread_join(arena->accepter, NULL));
	NEED(!pthread_join(arena->canceller, NULL));
}

/* Associated with the pair's address, with nothing going on */
static void arena_tidy(struct arena *arena)
{
	struct pair *pair = &arena->pair;
	struct deadline deadline = deadline_in(PATIENCE_MS);
	int fd;

	tdi_disconnect(pair->endpoint, 0, TDI_DISCONNECT_ABORT, NULL);
	while (tdi_disassociate_address(pair->endpoint, 0, NULL) ==
	       STATUS_CONNECTION_ACTIVE) {
		if (deadline_passed(&deadline))
			die("the endpoint stays active");
		pace();
	}
	NEED(!tdi_associate_address(pair->endpoint, pair->address, 0, NULL));
	/* who was still in the queue */
	while (look_events(pair->listener, POLLIN)) {
		fd = accept4(pair->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			plain_reset(fd);
	}
}

FIXTURE(races) {
	struct arena arena;
};

FAMILY_VARIANTS(races);

FIXTURE_SETUP(races)
{
	struct tdi_taddr any = address_any(variant->family, 0);

	pair_open(&self->arena.pair, variant->family);
	self->arena.other = open_address(&any);
}

FIXTURE_TEARDOWN(races)
{
	close(self->arena.other);
	pair_close(&self->arena.pair);
}

/* Every request with every other one and with itself */
TEST_F(races, pairs_of_requests)
{
	struct arena *arena = &self->arena;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
	for (size_t j = i; j < ARRAY_SIZE(actions); j++) {
		struct deadline deadline = deadline_in(ROUND_MS);
		struct runner runners[2] = {
			{ .arena = arena, .action = actions[i] },
			{ .arena = arena, .action = actions[j] },
		};

		arena_start(arena);
		for (int k = 0; k < 2; k++)
			ASSERT_EQ(0, pthread_create(&runners[k].thread, NULL,
						    run, &runners[k]));
		while (!deadline_passed(&deadline))
			pace();
		arena_stop(arena, runners, 2);
		ASSERT_EQ(0, arena->wrong)
			TH_LOG("requests %zu and %zu", i, j);
		arena_tidy(arena);
	}
	EXPECT_TRUE(pair_usable(&arena->pair, arena->pair.endpoint));
}

/* All of them at once, for a while */
TEST_F(races, all_requests)
{
	struct deadline deadline = deadline_in(1000);
	struct arena *arena = &self->arena;
	struct runner runners[ARRAY_SIZE(actions)];

	arena_start(arena);
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		runners[i] = (struct runner){ .arena = arena,
					      .action = actions[i] };
		ASSERT_EQ(0, pthread_create(&runners[i].thread, NULL, run,
					    &runners[i]));
	}
	while (!deadline_passed(&deadline))
		pace();
	arena_stop(arena, runners, ARRAY_SIZE(actions));
	EXPECT_EQ(0, arena->wrong);
	arena_tidy(arena);
	EXPECT_TRUE(pair_usable(&arena->pair, arena->pair.endpoint));
}

/* The last descriptor goes while a request begins, runs or waits. */
TEST_F(races, close_under_a_request)
{
	static void (*const calls[])(struct job *job) = {
		job_connect, job_listen, job_send, job_receive, job_disconnect,
		job_read, job_write,
	};
	struct deadline deadline = deadline_in(1000);
	struct pair *pair = &self->arena.pair;
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
TEST_F(races, create)
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
TEST_F(races, poll_while_listening)
{
	struct deadline deadline = deadline_in(500);
	struct pair *pair = &self->arena.pair;

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
TEST_F(races, shared_address)
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
