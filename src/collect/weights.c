/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The estimators, in the order of docs/dev/sampling-math.md, whose section numbers the
 * comments give. All arithmetic is in double: 2^53 ns are 104 days. */
#include "collect/weights.h"

#include "base/units.h"

#include <stdlib.h>

enum {
    WINDOW_TICKS = 50,    /* kernel ticks that close a window */
    SILENT_TICKS = 32,    /* most user ticks kept since the last perf sample */
    SILENT_TICKS_MIN = 5, /* least that prove the perf clock gone */
    SHORT_TICKS = 4,      /* a thread with less CPU time than that is a short one */
    KEPT_TICKS = 8        /* of system time, waiting for a tick in kernel mode */
};
static const uint64_t window_ns = SC_NS_PER_SEC;
/* A tick this close after a perf sample found the kernel at work for that sample. */
static const uint64_t echo_ns = 20 * SC_NS_PER_US;
static const uint64_t usual_spacing_ns = 4 * SC_NS_PER_MS;

/* A tick that waits: for its share of a window's kernel time (weight_ns), or for proof
 * that the perf clock is gone (weight_ns of CPU time, of it kernel_ns). */
struct waiting_tick {
    struct sc_place place;
    double weight_ns;
    double kernel_ns;
};

struct sc_window {
    uint64_t start_cpu_ns;
    double user_ns;  /* booked as user time since the start */
    double carry_ns; /* kernel time left over from earlier windows; may be negative */
    uint32_t period_ns;
    unsigned n_kernel;
    unsigned n_silent;
    unsigned n_former; /* kernel ticks of the last window that had some */
    struct waiting_tick kernel[WINDOW_TICKS];
    struct waiting_tick silent[SILENT_TICKS];
    struct sc_place former[WINDOW_TICKS];
};

void sc_clock_init(struct sc_clock *clock, bool is_main, uint64_t cpu_ns,
                   uint64_t spacing_ns)
{
    *clock = (struct sc_clock){
        .start_cpu_ns = cpu_ns,
        .now_cpu_ns = cpu_ns,
        .booked_cpu_ns = cpu_ns,
        .spacing_ns = spacing_ns ? spacing_ns : usual_spacing_ns,
        /* A thread whose clock stands at 0 has used no system time either. */
        .tick_known = cpu_ns == 0,
    };
    sc_ledger_init(&clock->ledger, is_main);
}

static void drop_window(struct sc_clock *clock)
{
    free(clock->window);
    clock->window = NULL;
}

void sc_clock_fini(struct sc_clock *clock)
{
    drop_window(clock);
    sc_ledger_fini(&clock->ledger);
}

static void book(struct sc_clock *clock, struct sc_cell *cells, struct sc_place place,
                 double user_ns, double kernel_ns, unsigned n_samples)
{
    sc_ledger_book(&clock->ledger, cells, place, user_ns, kernel_ns, n_samples);
}

/* Moves the clock on; it never goes back. */
static void advance(struct sc_clock *clock, struct sc_cell *cells, uint64_t cpu_ns)
{
    if (cpu_ns > clock->now_cpu_ns) {
        clock->now_cpu_ns = cpu_ns;
    }
    if (!clock->ledger.is_long &&
        sc_clock_total_ns(clock) >= SHORT_TICKS * clock->spacing_ns) {
        sc_ledger_become_long(&clock->ledger, cells);
    }
}

/* 4.2: was this tick in kernel mode? The kernel scales its count of ticks, so system
 * time grows by more than the expected share only if this tick was counted as system;
 * the bound lies midway between what the two answers would have added. */
static bool is_kernel_tick(const struct sc_clock *clock, struct sc_tick tick)
{
    if (tick.after_syscall) {
        return true;
    }
    if (clock->perf_cpu_ns != 0 && tick.cpu_ns - clock->perf_cpu_ns < echo_ns) {
        return false;
    }
    if (!clock->tick_known || tick.cpu_ns <= clock->tick_cpu_ns ||
        tick.sys_ns <= clock->tick_sys_ns) {
        return false;
    }
    double grown_ns = (double)(tick.sys_ns - clock->tick_sys_ns);
    double d = (double)(tick.cpu_ns - clock->tick_cpu_ns);
    double spacing = (double)clock->spacing_ns;
    double f = clock->tick_cpu_ns > 0
                   ? (double)clock->tick_sys_ns / (double)clock->tick_cpu_ns
                   : 0;
    f = f > 1 ? 1 : f;
    double if_kernel = d > spacing ? d * f + spacing * (1 - f) : d;
    double if_user = d > spacing ? (d - spacing) * f : 0;
    return grown_ns > (if_kernel + if_user) / 2;
}

/* System time since the last record that told it; 0 at the first. */
static double take_sys_growth(struct sc_clock *clock, struct sc_tick tick)
{
    double grown_ns = 0;
    if (clock->tick_known && tick.sys_ns > clock->tick_sys_ns) {
        grown_ns = (double)(tick.sys_ns - clock->tick_sys_ns);
    }
    clock->tick_known = true;
    clock->tick_cpu_ns = tick.cpu_ns;
    clock->tick_sys_ns = tick.sys_ns;
    return grown_ns;
}

/* 3: the tick clock alone. All CPU time passes through alone_ns, system time through
 * alone_sys_ns: each waits for a tick of its own kind, because the signal of a tick in
 * the kernel comes late, with user or kernel time of others in its interval. */
static void wait_alone(struct sc_clock *clock, double sys_grown_ns)
{
    clock->alone_ns += (double)(clock->now_cpu_ns - clock->booked_cpu_ns);
    clock->alone_sys_ns += sys_grown_ns;
    clock->booked_cpu_ns = clock->now_cpu_ns;
}

/* The smaller of two times, and not below 0. */
static double at_most(double ns, double bound_ns)
{
    double smaller = ns < bound_ns ? ns : bound_ns;
    return smaller > 0 ? smaller : 0;
}

/* Books what this tick can hold. The kernel's figure may be finer than its ticks, so
 * that a kind of time finds no tick of its own: beyond KEPT_TICKS it takes any. */
static void book_alone(struct sc_clock *clock, struct sc_cell *cells,
                       struct sc_place place, bool is_kernel)
{
    double kept_ns = (double)(KEPT_TICKS * clock->spacing_ns);
    double kernel_ns = at_most(clock->alone_sys_ns, clock->alone_ns);
    double user_ns = clock->alone_ns - kernel_ns;
    if (is_kernel) {
        user_ns = at_most(user_ns - kept_ns, user_ns);
    } else {
        kernel_ns = at_most(kernel_ns - kept_ns, kernel_ns);
    }
    clock->alone_ns -= user_ns + kernel_ns;
    clock->alone_sys_ns -= kernel_ns;
    if (user_ns + kernel_ns > 0) {
        book(clock, cells, place, user_ns, kernel_ns, 1);
    }
}

/* Books what still waits, at the end of the tick clock's reign. */
static void book_alone_rest(struct sc_clock *clock, struct sc_cell *cells,
                            struct sc_place place)
{
    double kernel_ns = at_most(clock->alone_sys_ns, clock->alone_ns);
    if (clock->alone_ns > 0) {
        book(clock, cells, place, clock->alone_ns - kernel_ns, kernel_ns, 0);
    }
    clock->alone_ns = clock->alone_sys_ns = 0;
}

/* 4.3: kernel time of the window so far, with what earlier windows left over. */
static double kernel_of_window(const struct sc_clock *clock)
{
    const struct sc_window *window = clock->window;
    return window->carry_ns + (double)(clock->now_cpu_ns - window->start_cpu_ns) -
           window->user_ns;
}

/* Closes the window: its kernel time goes to its kernel ticks by their weights; where
 * there is none of either, it is carried into the next window. */
static void close_window(struct sc_clock *clock, struct sc_cell *cells)
{
    struct sc_window *window = clock->window;
    double kernel_ns = kernel_of_window(clock);
    double sum_ns = 0;
    for (unsigned i = 0; i < window->n_kernel; i++) {
        sum_ns += window->kernel[i].weight_ns;
    }
    window->carry_ns = kernel_ns;
    window->start_cpu_ns = clock->now_cpu_ns;
    window->user_ns = 0;
    if (kernel_ns > 0 && sum_ns > 0) {
        for (unsigned i = 0; i < window->n_kernel; i++) {
            const struct waiting_tick *tick = &window->kernel[i];
            book(clock, cells, tick->place, 0, kernel_ns * tick->weight_ns / sum_ns, 1);
            window->former[i] = tick->place;
        }
        window->n_former = window->n_kernel;
        window->n_kernel = 0;
        window->carry_ns = 0;
    } else if (window->n_kernel == WINDOW_TICKS) {
        window->n_kernel = 0; /* no time to give them, and no room for more */
    }
}

static void close_window_if_due(struct sc_clock *clock, struct sc_cell *cells)
{
    struct sc_window *window = clock->window;
    if (window->n_kernel == WINDOW_TICKS ||
        clock->now_cpu_ns - window->start_cpu_ns >= window_ns) {
        close_window(clock, cells);
    }
}

enum sc_err sc_clock_perf(struct sc_clock *clock, struct sc_cell *cells,
                          struct sc_place place, uint64_t cpu_ns, uint32_t period_ns)
{
    enum sc_err err = sc_ledger_prepare(&clock->ledger);
    if (err != SC_OK) {
        return err;
    }
    advance(clock, cells, cpu_ns);
    place = sc_ledger_settle(&clock->ledger, cells, place);
    struct sc_window *window = clock->window;
    if (window == NULL) {
        window = calloc(1, sizeof(*window));
        if (window == NULL) {
            return SC_ERR_NO_MEMORY;
        }
        clock->window = window;
        book_alone_rest(clock, cells, place);
        window->start_cpu_ns = clock->booked_cpu_ns;
        /* 4.4: the clock was opened after this time had passed; where the thread stands
         * now is the best that is known of it. */
        double before_ns =
            (double)(clock->now_cpu_ns - clock->booked_cpu_ns) - (double)period_ns;
        if (before_ns > 0) {
            book(clock, cells, place, before_ns, 0, 0);
            window->user_ns += before_ns;
        }
    }
    clock->perf_cpu_ns = clock->now_cpu_ns;
    window->period_ns = period_ns;
    window->n_silent = 0;
    book(clock, cells, place, period_ns, 0, 1);
    window->user_ns += period_ns;
    clock->booked_cpu_ns = clock->now_cpu_ns;
    close_window_if_due(clock, cells);
    return SC_OK;
}

/* 4.5: the ticks since the last perf sample speak for themselves. */
static void book_silent_ticks(struct sc_clock *clock, struct sc_cell *cells)
{
    struct sc_window *window = clock->window;
    for (unsigned i = 0; i < window->n_silent; i++) {
        const struct waiting_tick *tick = &window->silent[i];
        double user_ns = tick->weight_ns - tick->kernel_ns;
        book(clock, cells, tick->place, user_ns, tick->kernel_ns, 1);
        window->user_ns += tick->weight_ns;
    }
    window->n_silent = 0;
}

/* From here on the tick clock is alone. */
static void leave_window(struct sc_clock *clock)
{
    clock->booked_cpu_ns = clock->now_cpu_ns;
    drop_window(clock);
}

/* So many user ticks without a perf sample mean that there is no perf clock any more:
 * enough of them to hold eight periods. */
static unsigned silent_ticks_bound(const struct sc_clock *clock)
{
    uint64_t n = 8 * (uint64_t)clock->window->period_ns / clock->spacing_ns;
    if (n < SILENT_TICKS_MIN) {
        return SILENT_TICKS_MIN;
    }
    return n > SILENT_TICKS ? SILENT_TICKS : (unsigned)n;
}

/* 4.6: kernel time left over at the end of a thread whose last window had no kernel
 * tick goes to the ticks before that, else to where the thread was last. A small rest
 * is noise, and so is 2 % in a thread that never had a kernel tick: both are left to
 * the balance of the process. */
static void book_rest(struct sc_clock *clock, struct sc_cell *cells)
{
    const struct sc_window *window = clock->window;
    double noise_ns = 3.0 * window->period_ns;
    double overhead_ns = 0.02 * (double)sc_clock_total_ns(clock);
    if (window->n_former == 0 && noise_ns < overhead_ns) {
        noise_ns = overhead_ns;
    }
    if (window->carry_ns <= noise_ns) {
        return;
    }
    for (unsigned i = 0; i < window->n_former; i++) {
        book(clock, cells, window->former[i], 0, window->carry_ns / window->n_former,
             0);
    }
    if (window->n_former == 0) {
        book(clock, cells, clock->ledger.last, 0, window->carry_ns, 0);
    }
}

/* 4.3: a tick in the kernel waits for its share of the window's kernel time. */
static void kernel_tick_beside_perf(struct sc_clock *clock, struct sc_cell *cells,
                                    struct sc_place place, double sys_grown_ns)
{
    struct sc_window *window = clock->window;
    /* One tick, or as many as passed during one long stay in the kernel. */
    double spacing_ns = (double)clock->spacing_ns;
    double weight_ns = sys_grown_ns > spacing_ns ? sys_grown_ns : spacing_ns;
    window->kernel[window->n_kernel++] = (struct waiting_tick){place, weight_ns, 0};
    close_window_if_due(clock, cells);
}

/* 4.5: a tick in user mode is only evidence that the perf clock is silent. */
static void user_tick_beside_perf(struct sc_clock *clock, struct sc_cell *cells,
                                  struct sc_place place, double since_ns,
                                  double sys_grown_ns)
{
    struct sc_window *window = clock->window;
    /* The part before the last perf sample is that sample's. */
    double unseen_ns = (double)(clock->now_cpu_ns - clock->booked_cpu_ns);
    since_ns = since_ns < unseen_ns ? since_ns : unseen_ns;
    double kernel_ns = sys_grown_ns < since_ns ? sys_grown_ns : since_ns;
    window->silent[window->n_silent++] =
        (struct waiting_tick){place, since_ns, kernel_ns};
    if (window->n_silent >= silent_ticks_bound(clock)) {
        book_silent_ticks(clock, cells);
        close_window(clock, cells);
        book_rest(clock, cells);
        leave_window(clock);
    } else {
        close_window_if_due(clock, cells);
    }
}

enum sc_err sc_clock_tick(struct sc_clock *clock, struct sc_cell *cells,
                          struct sc_place place, struct sc_tick tick, bool *has_weight)
{
    enum sc_err err = sc_ledger_prepare(&clock->ledger);
    if (err != SC_OK) {
        return err;
    }
    advance(clock, cells, tick.cpu_ns);
    place = sc_ledger_settle(&clock->ledger, cells, place);
    bool is_kernel = is_kernel_tick(clock, tick);
    double spacing_ns = (double)clock->spacing_ns;
    double since_ns = tick.cpu_ns > clock->tick_cpu_ns && clock->tick_known
                          ? (double)(tick.cpu_ns - clock->tick_cpu_ns)
                          : spacing_ns;
    double sys_grown_ns = take_sys_growth(clock, tick);
    *has_weight = is_kernel || clock->window == NULL;
    sc_ledger_look(&clock->ledger, cells, place, is_kernel ? 0 : spacing_ns,
                   is_kernel ? spacing_ns : 0);
    if (clock->window == NULL) {
        wait_alone(clock, sys_grown_ns);
        book_alone(clock, cells, place, is_kernel);
    } else if (is_kernel) {
        kernel_tick_beside_perf(clock, cells, place, sys_grown_ns);
    } else {
        user_tick_beside_perf(clock, cells, place, since_ns, sys_grown_ns);
    }
    return SC_OK;
}

void sc_clock_end(struct sc_clock *clock, struct sc_cell *cells,
                  const struct sc_tick *end)
{
    double sys_grown_ns = 0;
    if (end != NULL) {
        advance(clock, cells, end->cpu_ns);
        sys_grown_ns = take_sys_growth(clock, *end);
    }
    if (!clock->ledger.is_long) {
        return; /* 4.7: its looks count, not its bookings */
    }
    struct sc_window *window = clock->window;
    if (window == NULL) {
        wait_alone(clock, sys_grown_ns);
        if (clock->ledger.last.cell != SC_NONE) {
            book_alone_rest(clock, cells, clock->ledger.last);
        }
        return;
    }
    /* Two user ticks with no perf sample between them: the perf clock had gone. */
    if (window->n_silent >= 2) {
        book_silent_ticks(clock, cells);
    }
    close_window(clock, cells);
    book_rest(clock, cells);
    leave_window(clock);
}
