// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every request with every other one and with itself, by two threads at the
 * same time on one endpoint, while its peer does something, too.  Whatever
 * comes of each, it is one of the answers that the request may give, and the
 * endpoint can be used afterwards.
 *
 *	races [--list | connect_vs_cancel ...]
 *
 * One process does all, for most of the time would go into starting others.
 * The environment says more:
 *
 *	TDI_RACE_MS	how long for each pair, in milliseconds
 *	TDI_RACE_ROUNDS	and how often at most
 *	TDI_RACE_SEED	what the rounds are drawn from, as an earlier run told
 */
#include <kselftest.h>

#include "racer.h"
#include "ring.h"
#include "wait.h"

/* A pair, and somebody who waits where neither can */
#define PAIR	3

static struct arena arena;
static struct racer racers[ACTIONS];
static int racing;

/* Mostly one in which one of the first two has something to do */
static enum arena_state draw_state(void)
{
	unsigned int states = racers[draw(&arena.random, 2)].action->states;
	enum arena_state state;

	if (!draw(&arena.random, 8))
		states = -1;
	do {
		state = 1 << draw(&arena.random, ARENA_STATES);
	} while (!(states & state));
	return state;
}

/* @rings: one of the first two at least has one */
static void draw_turns(bool rings)
{
	int by_ring = draw(&arena.random, 2);

	for (int i = 0; i < racing; i++) {
		struct racer *racer = &racers[i];

		racer->turn.random = draw(&arena.random, UINT32_MAX) + 1;
		racer->by_ring = rings &&
				 (i == by_ring || draw(&arena.random, 2));
		if (racer->action->prepare)
			racer->action->prepare(&racer->turn);
	}
}

/* Whether all answers were good */
static bool race_once(bool rings)
{
	struct racer *first = &racers[0], *second = &racers[1];
	bool good = true;

	if (racing == PAIR)
		racers[2].action = &actions[draw(&arena.random, WAITING)];
	arena_prepare(&arena, draw_state());
	draw_turns(rings);
	racers_meet(racers, racing);
	arena_tidy(&arena);
	for (int i = 0; i < racing; i++)
		good &= !racers[i].wrong;
	if (first->action != second->action || !first->action->once ||
	    first->successes + second->successes < 2)
		return good;
	ksft_print_msg("both succeed: %s\n", first->action->name);
	return false;
}

static uint32_t number_from(const char *name, uint32_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

/* Until time is over, or one answer is wrong; whether all was well */
static bool race_all(void)
{
	struct deadline deadline = deadline_in(number_from("TDI_RACE_MS", 700));
	uint32_t rounds = number_from("TDI_RACE_ROUNDS", UINT32_MAX), i;
	bool rings = ring_supported(), good = true;

	for (int k = 0; k < racing; k++)
		racers[k].wrong = 0;
	for (i = 0; i < rounds && good && !deadline_passed(&deadline); i++)
		good = race_once(rings && i % 2);
	ksft_print_msg("%u rounds\n", i);
	return arena_usable(&arena) && good;
}

static bool race_pair(int first, int second)
{
	racers[0].action = &actions[first];
	racers[1].action = &actions[second];
	/* where neither can wait, somebody else does */
	racing = first < WAITING || second < WAITING ? 2 : PAIR;
	return race_all();
}

static bool race_crowd(void)
{
	racing = ACTIONS;
	for (int i = 0; i < ACTIONS; i++)
		racers[i].action = &actions[i];
	return race_all();
}

/* ---- Tests ---- */

static const char *name_of(int first, int second)
{
	static char name[64];

	if (first == ACTIONS)
		return "all";
	snprintf(name, sizeof(name), "%s_vs_%s", actions[first].name,
		 actions[second].name);
	return name;
}

/* Every pair, and after the last of them the crowd */
static bool next(int *first, int *second)
{
	if (++*second >= ACTIONS)
		*second = ++*first;
	return *first <= ACTIONS;
}

static bool is_wanted(char **names, const char *name)
{
	if (!*names)
		return true;
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

/* @seed: another one for each of them, whichever others run */
static void test(int first, int second, uint32_t seed)
{
	const char *name = name_of(first, second);

	/* before, so that a crash is known by it */
	ksft_print_msg("%s\n", name);
	arena.random = seed + first * ACTIONS + second ? : 1;
	ksft_test_result(first < ACTIONS ? race_pair(first, second) :
					  race_crowd(), "%s\n", name);
}

static void test_all(char **names, int plan)
{
	uint32_t seed = number_from("TDI_RACE_SEED", now_ms());
	int first, second;

	ksft_print_header();
	ksft_set_plan(plan);
	ksft_print_msg("TDI_RACE_SEED=%u\n", seed);
	arena_open(&arena, seed % 2 ? AF_INET6 : AF_INET);
	for (int i = 0; i < ACTIONS; i++)
		racer_start(&racers[i], i, &arena);
	for (first = 0, second = -1; next(&first, &second);)
		if (is_wanted(names, name_of(first, second)))
			test(first, second, seed);
	for (int i = 0; i < ACTIONS; i++)
		racer_stop(&racers[i]);
	arena_close(&arena);
}

int main(int argc, char **argv)
{
	bool list = argc == 2 && !strcmp(argv[1], "--list");
	char **names = list ? argv + 2 : argv + 1;
	int count = 0, first, second;

	for (first = 0, second = -1; next(&first, &second);) {
		if (!is_wanted(names, name_of(first, second)))
			continue;
		count++;
		if (list)
			puts(name_of(first, second));
	}
	if (list)
		return 0;
	test_all(names, count);
	ksft_finished();
}
