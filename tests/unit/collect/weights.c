/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The estimators against known truths: a made-up program on the machine of
 * synthetic.h. Tolerances are the larger of 1 point and 3 standard deviations of a
 * share at the number of samples that carry it. Totals are exact to rounding. */
#include "base/units.h"
#include "estimate.h"

#include <malloc.h>

enum {
    PERF_PERIOD_NS = 1000000
};

static const uint64_t us = SC_NS_PER_US;
static const uint64_t ms = SC_NS_PER_MS;

/* Like CPU-bound Python: no kernel time but the signals' own. */
static void test_user_only(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    for (int i = 0; i < 4000; i++) {
        machine_run(&m, 1, false, (uint64_t)(1500 * machine_random(&m)) * us);
        machine_run(&m, 2, false, (uint64_t)(500 * machine_random(&m)) * us);
    }
    machine_end(&m);
    finish(&run, m.cpu_ns);
    double whole = (double)m.cpu_ns;
    struct line_sums one = sums_of_line(run.collected, 0, 1);
    struct line_sums two = sums_of_line(run.collected, 0, 2);
    check_share(one.python_ns, whole, 0.75, whole / PERF_PERIOD_NS);
    check_share(two.python_ns, whole, 0.25, whole / PERF_PERIOD_NS);
    CHECK_NEAR(one.kernel_ns + two.kernel_ns, 0, 0);
    /* User ticks carry no weight beside the perf clock. */
    CHECK_INT(one.n_samples + two.n_samples, run.collected->n_samples[SC_SOURCE_PERF]);
    CHECK(run.collected->n_samples[SC_SOURCE_TICK] > 500);
    CHECK_NEAR(run.collected->mean_perf_period_ns, PERF_PERIOD_NS,
               0.02 * PERF_PERIOD_NS);
    sc_collect_destroy(run.collect);
}

/* Line 1 is in the kernel for half of the time, line 2 never. */
static void half_kernel(bool faults, uint64_t mean_stay_us, uint32_t period_ns)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, period_ns);
    m.faults = faults;
    double kernel_ns = 0;
    while (m.cpu_ns < 20 * SC_NS_PER_SEC) {
        uint64_t stay =
            (uint64_t)(2.0 * (double)(mean_stay_us * us) * machine_random(&m));
        machine_run(&m, 1, true, stay);
        kernel_ns += (double)stay;
        machine_run(&m, 2, false,
                    (uint64_t)(2.0 * (double)(mean_stay_us * us) * machine_random(&m)));
    }
    machine_end(&m);
    finish(&run, m.cpu_ns);
    double whole = (double)m.cpu_ns;
    double truth = kernel_ns / whole;
    struct line_sums one = sums_of_line(run.collected, 0, 1);
    struct line_sums two = sums_of_line(run.collected, 0, 2);
    /* What decides is how often the user time was hit; ticks are 4 times rarer. */
    double n = whole / (period_ns ? period_ns : (double)m.tick_ns);
    check_share(one.kernel_ns, whole, truth, n);
    check_share(two.kernel_ns, whole, 0, whole / (double)m.tick_ns);
    check_share(two.python_ns, whole, 1 - truth, n);
    check_share(one.python_ns, whole, 0, whole / (double)m.tick_ns);
    sc_collect_destroy(run.collect);
}

static void test_half_kernel_by_calls(void)
{
    half_kernel(false, 1000, PERF_PERIOD_NS);
}

static void test_half_kernel_by_faults(void)
{
    half_kernel(true, 700, PERF_PERIOD_NS);
}

static void test_kernel_in_short_bursts(void)
{
    half_kernel(false, 20, PERF_PERIOD_NS);
}

static void test_tick_alone(void)
{
    half_kernel(false, 300, 0);
}

/* A stay over many ticks sends one signal: it must count for all of them. Line 1 makes
 * calls of 0.1 ms, line 3 of 100 ms; each has half of the kernel's time. */
static void test_long_and_short_stays(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    double short_ns = 0;
    double long_ns = 0;
    while (m.cpu_ns < 60 * SC_NS_PER_SEC) {
        uint64_t until = m.cpu_ns + 400 * ms;
        while (m.cpu_ns < until) {
            uint64_t stay = (uint64_t)(200 * machine_random(&m)) * us;
            machine_run(&m, 1, true, stay);
            short_ns += (double)stay;
            machine_run(&m, 2, false, (uint64_t)(600 * machine_random(&m)) * us);
        }
        machine_run(&m, 3, true, 100 * ms);
        long_ns += (double)(100 * ms);
    }
    machine_end(&m);
    finish(&run, m.cpu_ns);
    double kernel_ns = short_ns + long_ns;
    double n_ticks = kernel_ns / (double)m.tick_ns;
    check_share(sums_of_line(run.collected, 0, 1).kernel_ns, kernel_ns,
                short_ns / kernel_ns, n_ticks);
    check_share(sums_of_line(run.collected, 0, 3).kernel_ns, kernel_ns,
                long_ns / kernel_ns, n_ticks);
    sc_collect_destroy(run.collect);
}

/* Page faults in a thread that sleeps between short bursts: the kernel's scaled
 * system time moves at every tick, and must not make kernel ticks of user ones. */
static void test_faults_in_bursts(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    m.faults = true;
    double kernel_ns = 0;
    while (m.cpu_ns < 40 * SC_NS_PER_SEC) {
        uint64_t stay = (uint64_t)(1200 * machine_random(&m)) * us;
        machine_run(&m, 1, true, stay);
        kernel_ns += (double)stay;
        machine_run(&m, 2, false, (uint64_t)(2800 * machine_random(&m)) * us);
        machine_sleep(&m, 5 * ms);
    }
    machine_end(&m);
    finish(&run, m.cpu_ns);
    double n_ticks = kernel_ns / (double)m.tick_ns;
    struct line_sums one = sums_of_line(run.collected, 0, 1);
    struct line_sums two = sums_of_line(run.collected, 0, 2);
    check_share(one.kernel_ns + two.kernel_ns, (double)m.cpu_ns,
                kernel_ns / (double)m.cpu_ns, (double)m.cpu_ns / PERF_PERIOD_NS);
    /* Evidence by the growth of system time alone is right for nine ticks of ten. */
    CHECK_NEAR(one.kernel_ns / kernel_ns, 1, 0.1 + 3 / sqrt(n_ticks));
    sc_collect_destroy(run.collect);
}

/* Ticks that find the kernel at work for a perf sample are no kernel time of its line:
 * a second in which line 1 computes, with such an echo every 40 ms, and line 2 reads
 * for a quarter. */
static void test_echoes_of_perf_samples(void)
{
    struct run run = begin();
    struct synthetic_sample sample = {.mono_ns = SC_NS_PER_SEC, .n_frames = 1};
    const uint64_t start_ns = 50 * ms;
    uint64_t sys_us = 0;
    synthetic_thread_start(&run.out, 0, sample.mono_ns, start_ns);
    for (uint64_t i = 1; i <= 1000; i++) {
        bool reads = i % 4 == 0;
        sample.cpu_ns = start_ns + i * ms;
        sample.mono_ns += ms;
        sample.frames[0] = (struct sc_rec_frame){1, reads ? 1 : 0};
        if (!reads) {
            sample.source = SC_SOURCE_PERF;
            sample.period_ns = PERF_PERIOD_NS;
            sample.flags = 0;
            synthetic_sample(&run.out, &sample);
        }
        if (reads || i % 40 == 1) {
            sys_us += reads ? 1000 : 4000;
            sample.cpu_ns += 4 * us;
            sample.source = SC_SOURCE_TICK;
            sample.flags = reads ? SC_SAMPLE_AFTER_SYSCALL : 0;
            sample.sys_us = sys_us;
            synthetic_sample(&run.out, &sample);
        }
    }
    synthetic_thread_end(&run.out, 0, sample.mono_ns, start_ns + 1001 * ms, sys_us);
    finish(&run, 1001 * ms);
    CHECK_NEAR(sums_of_line(run.collected, 0, 1).kernel_ns, 0, 1);
    CHECK_NEAR(sums_of_line(run.collected, 0, 2).kernel_ns, 251e6, 1e6);
    sc_collect_destroy(run.collect);
}

/* Torn samples keep their weight, also those before the first whole one. */
static void test_torn(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    m.torn_fraction = 1;
    machine_run(&m, 1, false, 20 * ms);
    m.torn_fraction = 0.2;
    for (int i = 0; i < 2000; i++) {
        machine_run(&m, 1, false, (uint64_t)(3000 * machine_random(&m)) * us);
        machine_run(&m, 2, false, (uint64_t)(3000 * machine_random(&m)) * us);
    }
    machine_end(&m);
    finish(&run, m.cpu_ns);
    struct line_sums one = sums_of_line(run.collected, 0, 1);
    struct line_sums two = sums_of_line(run.collected, 0, 2);
    CHECK_INT(one.n_samples + two.n_samples, run.collected->n_samples[SC_SOURCE_PERF]);
    check_share(one.python_ns, (double)m.cpu_ns, 0.5, 3000);
    sc_collect_destroy(run.collect);
}

static void test_only_torn(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    m.torn_fraction = 1;
    machine_run(&m, 1, false, 50 * ms);
    machine_end(&m);
    finish(&run, m.cpu_ns);
    CHECK_INT(run.collected->n_cells, 1);
    CHECK(run.collected->cells[0].stack == SC_NONE);
    sc_collect_destroy(run.collect);
}

/* The perf clock is opened after a while, and closed again before the end. */
static void test_perf_late_and_gone(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, 0);
    double kernel_ns = 0;
    for (int i = 0; i < 6000; i++) {
        if (i == 1000) {
            m.period_ns = m.period_now_ns = PERF_PERIOD_NS;
            m.next_perf_ns = m.cpu_ns + PERF_PERIOD_NS;
        } else if (i == 4000) {
            m.next_perf_ns = UINT64_MAX;
        }
        uint64_t stay = (uint64_t)(1000 * machine_random(&m)) * us;
        machine_run(&m, 1, false, (uint64_t)(3000 * machine_random(&m)) * us);
        machine_run(&m, 2, true, stay);
        kernel_ns += (double)stay;
    }
    machine_end(&m);
    finish(&run, m.cpu_ns);
    double whole = (double)m.cpu_ns;
    struct line_sums one = sums_of_line(run.collected, 0, 1);
    struct line_sums two = sums_of_line(run.collected, 0, 2);
    check_share(one.python_ns, whole, 1 - kernel_ns / whole, whole / (double)m.tick_ns);
    check_share(two.kernel_ns, whole, kernel_ns / whole, whole / (double)m.tick_ns);
    sc_collect_destroy(run.collect);
}

/* Perf comes 3 ms late in a thread that does nothing but compute: no kernel time. */
static void test_perf_late_at_once(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    m.next_tick_ns = 3900 * us;
    m.next_perf_ns = 3800 * us;
    machine_run(&m, 1, false, 12 * ms);
    machine_end(&m);
    finish(&run, m.cpu_ns);
    struct line_sums one = sums_of_line(run.collected, 0, 1);
    CHECK_NEAR(one.python_ns, (double)m.cpu_ns, 1);
    sc_collect_destroy(run.collect);
}

/* A process that was killed: no THREAD_END; the clock counts up to the last sample. */
static void test_lost_thread_end(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    double kernel_ns = 0;
    for (int i = 0; i < 3000; i++) {
        uint64_t stay = (uint64_t)(2000 * machine_random(&m)) * us;
        machine_run(&m, 1, false, (uint64_t)(2000 * machine_random(&m)) * us);
        machine_run(&m, 2, true, stay);
        kernel_ns += (double)stay;
    }
    machine_run(&m, 1, false, m.next_perf_ns - m.cpu_ns + 1);
    finish(&run, m.cpu_ns - 1);
    check_share(sums_of_line(run.collected, 0, 2).kernel_ns, (double)m.cpu_ns,
                kernel_ns / (double)m.cpu_ns, (double)m.cpu_ns / PERF_PERIOD_NS);
    sc_collect_destroy(run.collect);
}

/* Threads shorter than a tick, beside a long one: most have no sample. Their time goes
 * where their like were seen, not to the long thread, whether or not the perf clock is
 * there in time. */
static void short_threads(uint32_t period_ns)
{
    struct run run = begin();
    struct machine other;
    uint64_t cpu_ns = 0;
    double first_ns = 0;
    double second_ns = 0;
    machine_init(&other, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    for (uint32_t i = 1; i <= 20000; i++) {
        struct machine m;
        machine_init(&m, &run.out, i, SC_NS_PER_SEC + i, period_ns);
        uint64_t first = (uint64_t)(800 * machine_random(&m)) * us;
        machine_run(&m, 1, false, first);
        machine_run(&m, 2, true, (uint64_t)(400 * machine_random(&m)) * us);
        machine_end(&m);
        first_ns += (double)first;
        second_ns += (double)(m.cpu_ns - first);
        cpu_ns += m.cpu_ns;
        machine_run(&other, 3, false, 200 * us);
    }
    machine_end(&other);
    finish(&run, cpu_ns + other.cpu_ns);
    CHECK_INT(run.collected->n_threads, 20001);
    double n_ticks = (double)cpu_ns / (double)other.tick_ns;
    struct line_sums one = sums_of_line(run.collected, 0, 1);
    struct line_sums two = sums_of_line(run.collected, 0, 2);
    struct line_sums three = sums_of_line(run.collected, 0, 3);
    check_share(one.python_ns, (double)cpu_ns, first_ns / (double)cpu_ns, n_ticks);
    check_share(two.kernel_ns, (double)cpu_ns, second_ns / (double)cpu_ns, n_ticks);
    CHECK_NEAR(three.python_ns, (double)other.cpu_ns, 1);
    sc_collect_destroy(run.collect);
}

static void test_short_threads(void)
{
    short_threads(0);
}

static void test_short_threads_with_perf(void)
{
    short_threads(PERF_PERIOD_NS);
}

/* Short threads without a single sample: the long ones take their time. */
static void test_unseen_threads(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    for (uint32_t i = 1; i <= 10; i++) {
        synthetic_thread_start(&run.out, i, SC_NS_PER_SEC, 0);
        synthetic_thread_end(&run.out, i, SC_NS_PER_SEC, 100 * us, 0);
    }
    machine_run(&m, 1, false, 100 * ms);
    machine_end(&m);
    finish(&run, m.cpu_ns + 1 * ms);
    CHECK_NEAR(sums_of_line(run.collected, 0, 1).python_ns, 101e6, 1);
    sc_collect_destroy(run.collect);
}

/* Two processes, as after a fork: each keeps its own time. */
static void test_two_processes(void)
{
    struct run run = begin();
    struct synthetic child;
    synthetic_begin(&child, run.collect, 101, PYTHON_3_11, NULL);
    synthetic_function(&child, 1, "/home/user/prog.py", "f", 1, 10);
    struct machine a;
    struct machine b;
    machine_init(&a, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    machine_init(&b, &child, 0, SC_NS_PER_SEC, 0);
    for (int i = 0; i < 1000; i++) {
        machine_run(&a, 1, false, 3 * ms);
        machine_run(&b, 2, false, 1 * ms);
    }
    machine_end(&a);
    machine_end(&b);
    synthetic_end(&child);
    synthetic_end(&run.out);
    CHECK_INT(sc_collect_finish(run.collect, &run.collected), SC_OK);
    CHECK_INT(run.collected->n_processes, 2);
    CHECK_INT(run.collected->n_functions, 1); /* the same function, by content */
    CHECK_NEAR(run.collected->processes[0].cpu_ns, 3e9, 0);
    CHECK_NEAR(run.collected->processes[1].cpu_ns, 1e9, 0);
    CHECK_NEAR(sums_of_line(run.collected, 0, 1).python_ns, 3e9, 10);
    CHECK_NEAR(sums_of_line(run.collected, 1, 2).python_ns, 1e9, 10);
    CHECK_NEAR(run.collected->cpu_ns, 4e9, 0);
    sc_collect_destroy(run.collect);
}

/* The effective number of samples of user time is the number of perf samples. */
static void test_effective_samples(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    for (int i = 0; i < 2000; i++) {
        machine_run(&m, 1, false, (uint64_t)(1700 * machine_random(&m)) * us);
    }
    machine_end(&m);
    finish(&run, m.cpu_ns);
    double sum = 0;
    double sum_sq = 0;
    for (size_t i = 0; i < run.collected->n_cells; i++) {
        const struct sc_cell *cell = &run.collected->cells[i];
        sum += cell->python_ns;
        sum_sq += cell->sum_weight_sq_ns2;
    }
    double n = (double)run.collected->n_samples[SC_SOURCE_PERF];
    CHECK_NEAR(sum * sum / sum_sq, n, 0.02 * n);
    sc_collect_destroy(run.collect);
}

/* A record whose clock runs faster than time is refused and counted. */
static void test_impossible_clock(void)
{
    struct run run = begin();
    synthetic_thread_start(&run.out, 0, SC_NS_PER_SEC, 0);
    struct synthetic_sample sample = {.mono_ns = SC_NS_PER_SEC + 5 * ms,
                                      .cpu_ns = 4 * ms,
                                      .source = SC_SOURCE_TICK,
                                      .n_frames = 1,
                                      .frames = {{1, 0}}};
    synthetic_sample(&run.out, &sample);
    sample.cpu_ns = UINT64_MAX / 2;
    synthetic_sample(&run.out, &sample);
    sample.cpu_ns = 0; /* back: no time passes */
    synthetic_sample(&run.out, &sample);
    synthetic_thread_end(&run.out, 0, SC_NS_PER_SEC + 9 * ms, 8 * ms, 0);
    synthetic_end(&run.out);
    CHECK_INT(sc_collect_finish(run.collect, &run.collected), SC_OK);
    CHECK_INT(run.collected->lost_records, 1);
    CHECK_NEAR(run.collected->cpu_ns, 8e6, 0);
    CHECK_NEAR(sums_of_line(run.collected, 0, 1).python_ns, 8e6, 1);
    sc_collect_destroy(run.collect);
}

static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* An hour of samples needs no more memory than a minute of them, but for what the
 * timeline may take. */
static void test_memory_is_flat(void)
{
    struct run run = begin();
    struct machine m;
    machine_init(&m, &run.out, 0, SC_NS_PER_SEC, PERF_PERIOD_NS);
    size_t after_minute = 0;
    for (uint64_t second = 0; second < 3600; second++) {
        for (int i = 0; i < 100; i++) {
            uint32_t line = 1 + (uint32_t)(10 * machine_random(&m));
            machine_run(&m, line, i % 7 == 0, 10 * ms);
        }
        if (second == 60) {
            after_minute = heap_bytes();
        }
    }
    size_t grown = heap_bytes() - after_minute;
    /* Growing by doubling may hold three times the timeline's room in passing. */
    CHECK(grown < 3 * (size_t)50000 * sizeof(struct sc_moment));
    machine_end(&m);
    finish(&run, m.cpu_ns);
    CHECK(run.collected->n_cells <= 20);
    CHECK(run.collected->n_timeline <= 50000);
    CHECK(run.collected->n_timeline > 20000);
    uint64_t n_moments = 0;
    uint64_t last_ns = 0;
    for (size_t i = 0; i < run.collected->n_timeline; i++) {
        n_moments += run.collected->timeline[i].count;
        CHECK(run.collected->timeline[i].t_ns >= last_ns);
        last_ns = run.collected->timeline[i].t_ns;
    }
    CHECK(n_moments >= run.collected->n_samples[SC_SOURCE_PERF]);
    sc_collect_destroy(run.collect);
}

int main(void)
{
    RUN(test_user_only);
    RUN(test_half_kernel_by_calls);
    RUN(test_half_kernel_by_faults);
    RUN(test_kernel_in_short_bursts);
    RUN(test_tick_alone);
    RUN(test_long_and_short_stays);
    RUN(test_faults_in_bursts);
    RUN(test_echoes_of_perf_samples);
    RUN(test_torn);
    RUN(test_only_torn);
    RUN(test_perf_late_and_gone);
    RUN(test_perf_late_at_once);
    RUN(test_lost_thread_end);
    RUN(test_short_threads);
    RUN(test_short_threads_with_perf);
    RUN(test_unseen_threads);
    RUN(test_two_processes);
    RUN(test_effective_samples);
    RUN(test_impossible_clock);
    RUN(test_memory_is_flat);
    return check_failures != 0;
}
