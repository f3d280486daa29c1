/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * The few functions and data of CPython that the agent uses at the start, by name,
 * so that nothing is linked. One table: declaration and look-up expand from it. Only
 * for cold contexts with the GIL held; a member is NULL where this Python lacks it. */
#ifndef SC_AGENT_PYTHON_H
#define SC_AGENT_PYTHON_H

#include <stdbool.h>
#include <stdint.h>

typedef int sc_audit_function(const char *event, void *arguments, void *user);

#define SC_PYTHON_TABLE(X)                                      \
    X(int (*)(sc_audit_function *, void *), PySys_AddAuditHook) \
    X(const char *(*)(void), Py_GetVersion)                     \
    X(void *(*)(void), PyThreadState_Get)                       \
    X(void *(*)(void), PyEval_GetFrame)                         \
    X(void *(*)(void *), PyFrame_GetBack)                       \
    X(void *(*)(void *), PyFrame_GetCode)                       \
    X(int (*)(void *), PyFrame_GetLasti)                        \
    X(void *(*)(void *, const char *), PyObject_GetAttrString)  \
    X(long (*)(void *), PyLong_AsLong)                          \
    X(long (*)(void *), PyObject_Size)                          \
    X(const char *(*)(void *), PyUnicode_AsUTF8)                \
    X(void (*)(void *), Py_DecRef)                              \
    X(void (*)(void), PyErr_Clear)                              \
    X(const unsigned long *, Py_Version)                        \
    X(void *, PyCode_Type)                                      \
    X(unsigned char *, _PyRuntime)                              \
    X(void *, _PyEval_EvalFrameDefault)

struct sc_python {
#define SC_PYTHON_MEMBER(type, name) \
    __typeof__(type) name; /* NOLINT(bugprone-macro-parentheses): a declaration */
    SC_PYTHON_TABLE(SC_PYTHON_MEMBER)
#undef SC_PYTHON_MEMBER
};
extern struct sc_python sc_python;

/* Looks the table up. True when this process holds a CPython of 3.8 or later. */
bool sc_python_find(void);

/* Adds the audit hook that waits for the program's start; before Py_Initialize. It
 * calls start_up at each event until then, and run when the program is about to run,
 * both with the GIL held. */
void sc_python_hook(void (*start_up)(void), void (*run)(void));

/* Takes the hook out of CPython's list again, if the list's head is provably ours;
 * else it stays and the header says so. */
void sc_python_unhook(void);

/* Compares the layout with what the C API says of the frames now on the stack.
 * Returns false when there are too few frames to say. Result in sc_agent. */
bool sc_python_verify(void);

/* Finds CPython's key of the thread state by trying: the one that holds the calling
 * thread's. False: not found. */
bool sc_python_find_key(void);

/* The address within 4 KiB of `expected` in _PyRuntime at which test(address) holds
 * and is the only one; NULL else. Patch releases move fields. */
const unsigned char *sc_python_search(uint32_t expected,
                                      bool (*test)(const unsigned char *));

/* True when n bytes at address can be read. */
bool sc_python_readable(const void *address, uint32_t n_bytes);

#endif
