/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Stacks, timeline and sample times, and the bounds of what grows with a run. */
#include "harness.h"
#include "world.h"

static struct world world;

static void test_sample_times_are_thinned_evenly(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    uint32_t node = world_node(&world, SC_NONE, f, 0);
    uint32_t other = world_node(&world, SC_NONE, f, 1);
    world_cell(&world, node, SC_NONE, 1200, 0, 0);
    world_cell(&world, other, SC_NONE, 300, 0, 0);
    world_moment(&world, node, 0, 600);
    world_moment(&world, other, 600, 300);
    world_moment(&world, node, 900, 600);
    struct sc_profile *profile = world_build(&world);
    const struct sc_line *line = find_line(profile, "prog.py", 1);
    CHECK_INT(line->n_sample_times, 400); /* every third of 1200 */
    CHECK_NEAR(line->sample_times_sec[0], 0, 1e-9);
    CHECK_NEAR(line->sample_times_sec[1], 0.003, 1e-9);
    CHECK_NEAR(line->sample_times_sec[199], 0.597, 1e-9);
    CHECK_NEAR(line->sample_times_sec[200], 0.9, 1e-9);
    CHECK_INT(find_line(profile, "prog.py", 2)->n_sample_times, 300);
    CHECK_INT(profile->files[0].functions[0].n_sample_times, 500);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_stacks_join_instructions_of_a_line(void)
{
    world_init(&world);
    static const struct place places[] = {{5, 5, 0, 3}, {5, 5, 4, 9}, {6, 6, 0, 1}};
    uint32_t f = world_function_at(&world, "prog.py", "f", 1, places, 3);
    uint32_t symbol = world_symbol(&world, "/opt/libz.so", "deflate");
    uint32_t a = world_node(&world, SC_NONE, f, 0);
    uint32_t b = world_node(&world, SC_NONE, f, 1);
    uint32_t c = world_node(&world, a, f, 2);
    uint32_t unreadable = world_node(&world, c, SC_NONE, 0);
    world_cell(&world, a, SC_NONE, 10, 0, 0);
    world_cell(&world, b, SC_NONE, 20, 0, 0);
    world_cell(&world, c, SC_NONE, 5, 0, 0);
    world_cell(&world, unreadable, SC_NONE, 5, 0, 0);
    world_cell(&world, b, symbol, 0, 50, 10);
    world_moment(&world, a, 0, 10);
    world_moment(&world, b, 10, 20);
    world_moment(&world, c, 30, 5);
    struct sc_profile *profile = world_build(&world);
    CHECK_INT(profile->n_stacks, 3);
    CHECK_INT(profile->stacks[0].n_frames, 2);
    CHECK_STR(profile->stacks[0].frames[1].function, "deflate");
    CHECK_STR(profile->stacks[0].frames[1].file, "/opt/libz.so");
    CHECK(profile->stacks[0].frames[1].is_native);
    CHECK_NEAR(profile->stacks[0].native_fraction, 0.6, 1e-9);
    CHECK_INT(profile->stacks[1].n_frames, 1);
    CHECK_INT(profile->stacks[1].n_samples, 30);
    CHECK_INT(profile->stacks[1].frames[0].line, 5);
    CHECK_INT(profile->stacks[2].n_samples, 10);
    CHECK_INT(profile->stacks[2].n_frames, 2);
    CHECK_INT(profile->n_timeline, 2);
    CHECK_INT(profile->timeline[0].count, 30);
    CHECK_INT(profile->timeline[0].stack_index, 1);
    CHECK_INT(profile->timeline[1].stack_index, 2);
    CHECK_INT(profile->timeline[0].thread_id, 100);
    CHECK_INT(profile->main_thread_id, 100);
    sc_profile_destroy(profile);
    world.config.keep_stacks = false;
    profile = world_build(&world);
    CHECK_INT(profile->n_stacks, 0);
    CHECK(!sc_profile_measures(profile, "combined_stacks"));
    CHECK_INT(profile->files[0].lines[0].n_sample_times, 30);
    sc_profile_destroy(profile);
    world_fini(&world);
}

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
    CHECK_INT(profile->n_stacks, 300); /* 30,000 frames */
    CHECK_INT(profile->stacks[0].n_samples, 1200);
    CHECK_INT(profile->stacks[299].n_samples, 901);
    CHECK_INT(profile->n_timeline, 300);
    CHECK_INT(profile->profiler.n_warnings, 1);
    /* 900 * 901 / 2 of 1200 * 1201 / 2 ms. */
    CHECK_STR(profile->profiler.warnings[0],
              "The list of call stacks lacks the 900 rarest of 1200, with 56.3 % of "
              "the time; lines and functions are complete.");
    sc_profile_destroy(profile);
    world_fini(&world);
}

int main(void)
{
    RUN(test_sample_times_are_thinned_evenly);
    RUN(test_stacks_join_instructions_of_a_line);
    RUN(test_timeline_is_halved_until_it_fits);
    RUN(test_the_rarest_stacks_are_left_out_and_counted);
    return check_failures != 0;
}
