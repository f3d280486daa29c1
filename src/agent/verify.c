/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * A layout is believed only after our walk of the running frames agrees, frame by
 * frame, with what CPython's own API says. This runs inside an audit event while the
 * interpreter imports its first modules, so frames are there and the GIL is held. */
#include "agent/agent.h"
#include "agent/python.h"

#include <string.h>

enum {
    MIN_FRAMES = 3,
    MAX_COMPARED = 16
};

/* True when the attribute of code is the object whose address stands at offset. */
static bool same_object(void *code, const char *attribute, uint16_t offset)
{
    void *object = sc_python.PyObject_GetAttrString(code, attribute);
    void *stored;
    memcpy(&stored, (char *)code + offset, sizeof(stored));
    if (object == NULL) {
        sc_python.PyErr_Clear();
        return false;
    }
    sc_python.Py_DecRef(object);
    return object == stored;
}

static bool same_first_line(void *code)
{
    void *number = sc_python.PyObject_GetAttrString(code, "co_firstlineno");
    int32_t stored;
    memcpy(&stored, (char *)code + sc_sig.layout.code_first_line, sizeof(stored));
    if (number == NULL) {
        sc_python.PyErr_Clear();
        return false;
    }
    long value = sc_python.PyLong_AsLong(number);
    sc_python.Py_DecRef(number);
    return value == stored;
}

static bool same_filename_text(struct sc_memory *memory, void *code)
{
    struct sc_text_ref text;
    void *filename;
    memcpy(&filename, (char *)code + sc_sig.layout.code_filename, sizeof(filename));
    if (!sc_unicode_find(&sc_sig.layout, memory, (uint64_t)(uintptr_t)filename, 4096,
                         &text)) {
        return false;
    }
    const char *utf8 = sc_python.PyUnicode_AsUTF8(filename);
    if (utf8 == NULL) {
        sc_python.PyErr_Clear();
        return true; /* a name in surrogates: nothing to compare with */
    }
    size_t n = strlen(utf8);
    return text.kind != 1 || n != text.n_bytes ||
           memcmp(utf8, (const void *)(uintptr_t)text.address, n) == 0;
}

static bool same_size(void *code, uint32_t n_instr)
{
    void *bytes = sc_python.PyObject_GetAttrString(code, "co_code");
    if (bytes == NULL) {
        sc_python.PyErr_Clear();
        return false;
    }
    long n_bytes = sc_python.PyObject_Size(bytes);
    sc_python.Py_DecRef(bytes);
    return n_bytes == 2 * (long)n_instr;
}

static bool compare_frame(struct sc_memory *memory, void *frame,
                          const struct sc_frame_ref *ref)
{
    void *code = sc_python.PyFrame_GetCode(frame);
    bool same = (uint64_t)(uintptr_t)code == ref->code &&
                sc_python.PyFrame_GetLasti(frame) == 2 * ref->instr &&
                same_object(code, "co_filename", sc_sig.layout.code_filename) &&
                same_object(code, "co_qualname", sc_sig.layout.code_qualname) &&
                same_object(code, "co_linetable", sc_sig.layout.code_linetable) &&
                same_first_line(code) && same_size(code, ref->n_instr) &&
                same_filename_text(memory, code);
    sc_python.Py_DecRef(code);
    return same;
}

/* Frames that Python shows, innermost first; compares each with our walk. */
static bool compare_stack(struct sc_memory *memory, const struct sc_frame_ref *refs,
                          uint32_t n)
{
    void *frame = sc_python.PyEval_GetFrame(); /* borrowed */
    bool owned = false;
    uint32_t compared = 0;
    bool same = true;
    while (frame != NULL && same && compared < n && compared < MAX_COMPARED) {
        same = compare_frame(memory, frame, &refs[compared++]);
        void *back = sc_python.PyFrame_GetBack(frame);
        if (owned) {
            sc_python.Py_DecRef(frame);
        }
        frame = back;
        owned = true;
    }
    bool same_depth = compared == MAX_COMPARED || (frame == NULL && compared == n);
    if (frame != NULL && owned) {
        sc_python.Py_DecRef(frame);
    }
    return same && same_depth;
}

bool sc_python_verify(void)
{
    enum {
        MAX_WALKED = 64
    };
    struct sc_frame_ref refs[MAX_WALKED];
    struct sc_sig_memory memory;
    enum sc_walk_end end;
    if (sc_python.PyEval_GetFrame() == NULL) {
        return false;
    }
    sc_sig_memory_init(&memory, sc_sig_clock_ns(CLOCK_MONOTONIC));
    uint32_t n = sc_frames_walk(&sc_sig.layout, &memory.base,
                                (uint64_t)(uintptr_t)sc_python.PyThreadState_Get(),
                                sc_sig.code_type, refs, MAX_WALKED, &end);
    if (end == SC_WALK_COMPLETE && n > 0 && n < MIN_FRAMES) {
        return false;
    }
    bool same = end != SC_WALK_TORN && compare_stack(&memory.base, refs, n) &&
                sc_python_find_key();
    sc_sig.has_layout = same;
    sc_agent.layout_error = same ? SC_OK : SC_ERR_FORMAT;
    return true;
}
