/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What grows with a run is bounded in its profile: stacks and timeline. */
#include "harness.h"
#include "world.h"

static struct world world;

static void test_timeline_is_halved_until_it_fits(void)
{
    enum {
        N = 70000
    };
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 2);
    uint32_t nodes[] = {world_node(&world, SC_NONE, f, 0),
                        world_node(&world, SC_NONE, f, 1)};
    world_cell(&world, nodes[0], SC_NONE, N, 0, 0);
    world_cell(&world, nodes[1], SC_NONE, N, 0, 0);
    struct sc_moment *moments = world_room(&world, N, sizeof *moments);
    for (int i = 0; i < N; i++) {
        /* Two threads, one after the other in the list, at the same times. */
        moments[i] = (struct sc_moment){
            .t_ns = (uint64_t)(i % (N / 2)) * 3000000,
            .stack = nodes[i % 2],
            .symbol = SC_NONE,
            .count = i % 2 ? 1 : 3,
            .thread = i < N / 2 ? 0 : 1,
        };
    }
    world.collected.timeline = moments;
    world.collected.n_timeline = N;
    struct sc_profile *profile = world_build(&world);
    CHECK(profile->n_timeline <= 20000 && profile->n_timeline > 10000);
    uint64_t count = 0;
    for (size_t i = 0; i < profile->n_timeline; i++) {
        const struct sc_timeline_entry *entry = &profile->timeline[i];
        count += entry->count;
        CHECK(i == 0 || entry[-1].t_sec <= entry->t_sec);
        CHECK(profile->stacks[entry->stack_index].frames[0].line == 1);
    }
    CHECK_INT(count, 2 * N); /* no sample is lost, the frequent stack stands for both */
    CHECK_INT(find_line(profile, "prog.py", 1)->n_sample_times, 500);
    CHECK_INT(find_line(profile, "prog.py", 2)->n_sample_times, 500);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_the_rarest_stacks_are_left_out_and_counted(void)
{
    enum {
        N_STACKS = 1200,
        DEPTH = 100
    };
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 60);
    struct sc_stack_node *nodes =
        world_room(&world, (size_t)N_STACKS * DEPTH, sizeof *nodes);
    struct sc_cell *cells = world_room(&world, N_STACKS, sizeof *cells);
    struct sc_moment *moments = world_room(&world, N_STACKS, sizeof *moments);
    uint32_t n_nodes = 0;
    for (uint32_t i = 0; i < N_STACKS; i++) {
        uint32_t parent = SC_NONE;
        for (uint32_t k = 0; k < DEPTH; k++) {
            /* The outer frames spell i, so that each stack is its own. */
            int instr = k == 0 ? (int)(i % 60) : k == 1 ? (int)(i / 60) : 5;
            nodes[n_nodes] = (struct sc_stack_node){parent, f, instr};
            parent = n_nodes++;
        }
        cells[i] = (struct sc_cell){.stack = parent,
                                    .symbol = SC_NONE,
                                    .python_ns = 1e6 * (i + 1),
                                    .n_samples = i + 1,
                                    .sum_weight_sq_ns2 = 1e12 * (i + 1)};
        moments[i] = (struct sc_moment){.t_ns = i * UINT64_C(1000000),
                                        .stack = parent,
                                        .symbol = SC_NONE,
                                        .count = 1};
    }
    world.collected.nodes = nodes;
    world.collected.n_nodes = n_nodes;
    world.collected.cells = cells;
    world.collected.n_cells = N_STACKS;
    world.collected.timeline = moments;
    world.collected.n_timeline = N_STACKS;
    struct sc_profile *profile = world_build(&world);
    CHECK_INT(profile->n_stacks, 1000); /* 100,000 frames */
    CHECK_INT(profile->stacks[0].n_samples, 1200);
    CHECK_INT(profile->stacks[999].n_samples, 201);
    CHECK_INT(profile->n_timeline, 1000);
    CHECK_INT(profile->profiler.n_warnings, 1);
    /* 200 * 201 / 2 of 1200 * 1201 / 2 ms. */
    CHECK_STR(profile->profiler.warnings[0],
              "The 200 rarest of 1200 call stacks, with 2.8 % of the time, are not in "
              "the profile.");
    sc_profile_destroy(profile);
    world_fini(&world);
}

int main(void)
{
    RUN(test_timeline_is_halved_until_it_fits);
    RUN(test_the_rarest_stacks_are_left_out_and_counted);
    return check_failures != 0;
}
