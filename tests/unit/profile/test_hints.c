/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * What an empty profile says: where the time went, why, and what to try. */
#include "harness.h"
#include "world.h"

static struct world world;

static bool has_hint(const struct sc_profile *profile, const char *part)
{
    for (size_t i = 0; i < profile->n_hints; i++) {
        if (strstr(profile->hints[i], part) != NULL) {
            return true;
        }
    }
    fprintf(stderr, "no hint with \"%s\" in:\n", part);
    for (size_t i = 0; i < profile->n_hints; i++) {
        fprintf(stderr, "  %s\n", profile->hints[i]);
    }
    return false;
}

static void test_nothing_recorded(void)
{
    world_init(&world);
    world.collected.n_processes = 0;
    struct sc_profile *profile = world_build(&world);
    CHECK(has_hint(profile, "Nothing was recorded"));
    CHECK_INT(profile->n_files, 0);
    CHECK_NEAR(profile->total_sec, 0, 0);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_states_of_the_agent(void)
{
    world_init(&world);
    world.processes[0].agent_state = SC_AGENT_NO_LINES;
    world.processes[0].python_hexversion = 0x030a00f0;
    struct sc_profile *profile = world_build(&world);
    CHECK(has_hint(profile, "(3.10.0) is not known"));
    CHECK(has_hint(profile, "3.11, 3.12 or 3.13"));
    sc_profile_destroy(profile);
    world.processes[0].agent_state = SC_AGENT_LOADED;
    profile = world_build(&world);
    CHECK(has_hint(profile, "before it reached the program"));
    sc_profile_destroy(profile);
    world.processes[0].agent_state = SC_AGENT_FAILED;
    world.processes[0].layout_error = SC_ERR_NO_SPACE;
    profile = world_build(&world);
    CHECK(has_hint(profile, "could not start in the program: no space left"));
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_too_short_and_waiting(void)
{
    world_init(&world);
    uint32_t f =
        world_function(&world, "/usr/lib/python3.12/re/__init__.py", "compile", 1, 3);
    world_cell(&world, world_node(&world, SC_NONE, f, 0), SC_NONE, 12, 0, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK(has_hint(profile, "too short to profile: 12 samples in 12.0 ms"));
    CHECK(has_hint(profile, "ran for 2.0 s but waited"));
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_filters_are_named(void)
{
    static const char *const exclude[] = {"hidden"};
    world_init(&world);
    uint32_t library = world_function(
        &world, "/usr/lib/python3/dist-packages/numpy/core.py", "solve", 1, 3);
    uint32_t stdlib =
        world_function(&world, "/usr/lib/python3.12/decimal.py", "add", 1, 3);
    uint32_t outside = world_function(&world, "/srv/other/tool.py", "work", 1, 3);
    uint32_t hidden = world_function(&world, "hidden.py", "work", 1, 3);
    uint32_t frozen =
        world_function(&world, "<frozen importlib._bootstrap>", "_load", 1, 3);
    uint32_t small = world_function(&world, "small.py", "f", 1, 3);
    world_cell(&world, world_node(&world, SC_NONE, library, 0), SC_NONE, 400, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, library, 1), SC_NONE, 100, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, stdlib, 0), SC_NONE, 100, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, outside, 0), SC_NONE, 150, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, hidden, 0), SC_NONE, 100, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, frozen, 0), SC_NONE, 105, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, small, 0), SC_NONE, 5, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, SC_NONE, 0), SC_NONE, 40, 0, 0);
    world.config.filter.exclude = exclude;
    world.config.filter.n_exclude = 1;
    struct sc_profile *profile = world_build(&world);
    CHECK_INT(profile->n_files, 0);
    CHECK(has_hint(profile, "60 % of the time was in libraries"));
    CHECK(has_hint(profile, "(most of it in numpy)"));
    CHECK(has_hint(profile, "--profile-system-libraries"));
    CHECK(has_hint(profile, "10 % of the time was in files that --profile-exclude"));
    CHECK(has_hint(profile, "15 % of the time was in files outside"));
    CHECK(has_hint(profile, "/srv/other/tool.py"));
    CHECK(has_hint(profile, "code without a source file"));
    CHECK(has_hint(profile, "4 % of the time has call stacks that could not be read"));
    CHECK(has_hint(profile, "--cpu-percent-threshold 0"));
    CHECK_STR(profile->elsewhere[0].place, "numpy");
    CHECK_NEAR(profile->elsewhere[0].percent, 50, 1e-9);
    CHECK_INT(profile->n_elsewhere, 7);
    sc_profile_destroy(profile);
    static const char *const only[] = {"nothing-like-it"};
    world.config.filter.only = only;
    world.config.filter.n_only = 1;
    profile = world_build(&world);
    CHECK(has_hint(profile, "--profile-only does not name"));
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_library_below_a_line_is_no_hint(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "prog.py", "f", 1, 3);
    uint32_t g = world_function(&world, "/x/site-packages/six.py", "g", 1, 3);
    uint32_t node = world_node(&world, SC_NONE, f, 0);
    world_cell(&world, world_node(&world, node, g, 0), SC_NONE, 90, 0, 0);
    world_cell(&world, world_node(&world, SC_NONE, g, 0), SC_NONE, 10, 0, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK_INT(profile->n_hints, 0);
    CHECK_INT(profile->n_elsewhere, 1);
    CHECK_STR(profile->elsewhere[0].place, "six");
    CHECK_NEAR(profile->elsewhere[0].percent, 10, 1e-9);
    sc_profile_destroy(profile);
    world_fini(&world);
}

static void test_native_threads_alone_are_explained(void)
{
    world_init(&world);
    uint32_t f = world_function(&world, "/x/site-packages/six.py", "f", 1, 3);
    world_cell(&world, world_node(&world, SC_NONE, f, 0), SC_NONE, 60, 0, 0);
    world_cell(&world, SC_NONE, SC_NONE, 0, 40, 0);
    struct sc_profile *profile = world_build(&world);
    CHECK_INT(profile->n_files, 1); /* "<native>" */
    CHECK(has_hint(profile, "60 % of the time was in libraries"));
    CHECK(has_hint(profile, "40 % of the time was outside Python code"));
    sc_profile_destroy(profile);
    world_fini(&world);
}

int main(void)
{
    RUN(test_nothing_recorded);
    RUN(test_states_of_the_agent);
    RUN(test_too_short_and_waiting);
    RUN(test_filters_are_named);
    RUN(test_library_below_a_line_is_no_hint);
    RUN(test_native_threads_alone_are_explained);
    return check_failures != 0;
}
