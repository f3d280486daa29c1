/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A Python extension that does what extensions should not: it crashes, blocks every
 * signal, and runs threads that Python does not know. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <pthread.h>
#include <signal.h>
#include <stdint.h>

static PyObject *segfault(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    *(volatile int *)(uintptr_t)8 = 1;
    Py_RETURN_NONE;
}

static PyObject *block_all_signals(PyObject *self, PyObject *args)
{
    sigset_t all;

    (void)self;
    (void)args;
    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, NULL) != 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_RETURN_NONE;
}

/* Turns for a given number of rounds; the compiler must keep them. */
static void *turn(void *rounds)
{
    volatile uint64_t sum = 0;

    for (uint64_t i = 0; i < *(const uint64_t *)rounds; i++)
        sum += i * i;
    return NULL;
}

static PyObject *spin(PyObject *self, PyObject *args)
{
    unsigned long long given;
    uint64_t rounds;

    (void)self;
    if (!PyArg_ParseTuple(args, "K", &given))
        return NULL;
    rounds = given;
    turn(&rounds);
    Py_RETURN_NONE;
}

/* The same work on a thread without Python frames, the caller waiting without the
 * interpreter's lock. */
static PyObject *spin_in_thread(PyObject *self, PyObject *args)
{
    unsigned long long given;
    uint64_t rounds;
    pthread_t thread;
    int err;

    (void)self;
    if (!PyArg_ParseTuple(args, "K", &given))
        return NULL;
    rounds = given;
    Py_BEGIN_ALLOW_THREADS;
    err = pthread_create(&thread, NULL, turn, &rounds);
    if (err == 0)
        pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS;
    if (err != 0)
        return PyErr_Format(PyExc_OSError, "pthread_create: %d", err);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"segfault", segfault, METH_NOARGS, "Writes to an address that is not there."},
    {"block_all_signals", block_all_signals, METH_NOARGS, "Blocks every signal."},
    {"spin", spin, METH_VARARGS, "Computes for a number of rounds."},
    {"spin_in_thread", spin_in_thread, METH_VARARGS, "The same in a native thread."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "hostile",
                                    .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_hostile(void)
{
    return PyModule_Create(&module);
}
