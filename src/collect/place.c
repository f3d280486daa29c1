/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Program counters to spots. Files are read at the first sample in them; look-ups
 * after that are a cache line, or two binary searches. */
#include "collect/place.h"

#include "base/hash.h"
#include "os/heap.h"

#include <stdlib.h>
#include <string.h>

enum {
    CACHE_SPOTS = 512
};

/* Functions by which the interpreter calls Python code and makes and drops its frames
 * and instances: the same work whether a CALL instruction or the loop starts it. */
static const char *const machinery[] = {
    "PyEval_EvalCode",
    "PyObject_Call",
    "PyObject_CallMethodObjArgs",
    "PyObject_Vectorcall",
    "PyObject_VectorcallDict",
    "PyObject_VectorcallMethod",
    "PyType_GenericAlloc",
    "PyVectorcall_Call",
    "_PyEvalFrameClearAndPop",
    "_PyEvalFramePushAndInit",
    "_PyEvalFramePushAndInit_Ex",
    "_PyEval_EvalFrame",
    "_PyEval_FrameClearAndPop",
    "_PyEval_Vector",
    "_PyFrame_Clear",
    "_PyFrame_ClearExceptCode",
    "_PyFrame_ClearLocals",
    "_PyFrame_MakeAndSetFrameObject",
    "_PyFrame_New_NoTrack",
    "_PyFunction_Vectorcall",
    "_PyObject_Call",
    "_PyObject_Call_Prepend",
    "_PyObject_FastCallDictTstate",
    "_PyObject_MakeTpCall",
    "_PyObject_Vectorcall",
    "_PyObject_VectorcallTstate",
    "_PyThreadState_PopFrame",
    "_PyThreadState_PushFrame",
    "_PyType_AllocNoTrack",
    "_PyType_Lookup",
    "_Py_Specialize_Call",
    "_Py_Specialize_Precall",
    "clear_thread_frame",
    "frame_dealloc",
    "init_threadstate",
    "initialize_locals",
    "lookup_maybe_method",
    "method_vectorcall",
    "object_init",
    "object_new",
    "positional_only_passed_as_keyword",
    "push_chunk",
    "slot_tp_call",
    "slot_tp_init",
    "slot_tp_new",
    "take_ownership",
    "type_call",
    "vectorcall_method",
};

/* Functions of glibc's malloc.c and its neighbours. In a stripped C library the static
 * ones (_int_malloc, _int_free) have no name, but they lie among these. */
static const char *const allocators[] = {
    "__default_morecore",
    "__malloc_hugepage_config",
    "aligned_alloc",
    "calloc",
    "cfree",
    "free",
    "mallinfo",
    "mallinfo2",
    "malloc",
    "malloc_info",
    "malloc_stats",
    "malloc_trim",
    "malloc_usable_size",
    "mallopt",
    "memalign",
    "posix_memalign",
    "pvalloc",
    "realloc",
    "reallocarray",
    "valloc",
};

/* A symbol's name without what compilers append to it. */
struct bare_name {
    const char *text;
    size_t n_bytes;
};

static int compare_names(const void *key, const void *item)
{
    const struct bare_name *name = key;
    const char *other = *(const char *const *)item;
    int order = strncmp(name->text, other, name->n_bytes);
    return order != 0 ? order : -(other[name->n_bytes] != '\0');
}

static bool is_one_of(const char *symbol, const char *const *names, size_t n_names)
{
    struct bare_name name = {symbol, sc_elf_name_bytes(symbol)};
    return bsearch(&name, names, n_names, sizeof(*names), compare_names) != NULL;
}

#define IS_ONE_OF(name, names) is_one_of(name, names, sizeof(names) / sizeof(*(names)))

void sc_module_files_fini(struct sc_module_files *files)
{
    for (size_t i = 0; i < files->n_files; i++) {
        sc_elf_file_fini(&files->files[i].elf);
    }
    free(files->files);
    *files = (struct sc_module_files){0};
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool is_c_runtime(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return starts_with(name, "libc.so") || starts_with(name, "libc-2") ||
           starts_with(name, "libm.so") || starts_with(name, "libm-2") ||
           starts_with(name, "libpthread") || starts_with(name, "ld-linux") ||
           strcmp(name, "[vdso]") == 0;
}

static bool is_thread_support(const char *name)
{
    return starts_with(name, "pthread_") || starts_with(name, "__pthread_") ||
           strcmp(name, "__tls_get_addr") == 0;
}

/* The run of the allocator's functions around malloc, with the nameless ones below. */
static void find_allocator(struct sc_module_file *file)
{
    const struct sc_elf_file *elf = &file->elf;
    size_t at = 0;
    while (at < elf->n_symbols &&
           strcmp(elf->names + elf->symbols[at].name, "malloc") != 0) {
        at++;
    }
    if (at == elf->n_symbols) {
        return;
    }
    size_t first = at;
    while (first > 0 &&
           IS_ONE_OF(elf->names + elf->symbols[first - 1].name, allocators)) {
        first--;
    }
    size_t last = at;
    while (last + 1 < elf->n_symbols &&
           IS_ONE_OF(elf->names + elf->symbols[last + 1].name, allocators)) {
        last++;
    }
    const struct sc_elf_symbol *symbols = elf->symbols;
    file->allocator_start = symbols[first].address;
    if (first > 0 && !elf->has_symtab) {
        file->allocator_start = symbols[first - 1].address + symbols[first - 1].n_bytes;
    }
    file->allocator_end = symbols[last].address + symbols[last].n_bytes;
}

static enum sc_err get_file(struct sc_module_files *files,
                            const struct sc_intern *intern, uint32_t module,
                            struct sc_module_file **file)
{
    enum sc_err err = sc_os_grow((void **)&files->files, &files->files_capacity,
                                 (size_t)module + 1, sizeof(*files->files));
    if (err != SC_OK) {
        return err;
    }
    if (files->n_files <= module) {
        files->n_files = (size_t)module + 1;
    }
    *file = &files->files[module];
    if (!(*file)->tried) {
        const char *path = intern->modules[module].path;
        (*file)->tried = true;
        (*file)->is_runtime = is_c_runtime(path);
        if (path[0] == '/') {
            err = sc_elf_file_init(&(*file)->elf, path);
        }
        if (err == SC_ERR_NO_MEMORY) {
            return err;
        }
        /* A file that cannot be read leaves a module without symbols. */
        if (err == SC_OK && (*file)->is_runtime) {
            find_allocator(*file);
        }
    }
    return SC_OK;
}

void sc_places_init(struct sc_places *places, uint64_t loop_address)
{
    *places = (struct sc_places){.loop_address = loop_address, .interpreter = SC_NONE};
}

void sc_places_fini(struct sc_places *places)
{
    sc_maps_fini(&places->maps);
    free(places->cache);
    places->cache = NULL;
}

enum sc_err sc_places_maps(struct sc_places *places, struct sc_intern *intern,
                           struct sc_module_files *files, const char *text,
                           size_t n_bytes)
{
    enum sc_err err = sc_maps_read(&places->maps, intern, text, n_bytes);
    if (err != SC_OK) {
        return err;
    }
    places->maps_known = places->maps.n_mappings > 0;
    free(places->cache);
    places->cache = NULL;
    const struct sc_mapping *mapping =
        sc_maps_find(&places->maps, places->loop_address);
    if (places->interpreter != SC_NONE || mapping == NULL) {
        return SC_OK;
    }
    struct sc_module_file *file;
    err = get_file(files, intern, mapping->module, &file);
    if (err != SC_OK) {
        return err;
    }
    places->interpreter = mapping->module;
    intern->modules[mapping->module].is_interpreter = true;
    uint64_t offset = places->loop_address - mapping->start + mapping->offset;
    uint64_t address;
    if (!sc_elf_file_address(&file->elf, offset, &address) ||
        sc_eval_loop_find(&file->elf, intern->modules[mapping->module].path, address,
                          &places->loop) != SC_OK) {
        places->loop.n_parts = 0;
    }
    return SC_OK;
}

/* The kind of a spot in a known module, and the name of its function where known. */
static enum sc_spot_kind look_at(const struct sc_places *places,
                                 const struct sc_module_file *file, uint32_t module,
                                 uint64_t offset, const char **name)
{
    uint64_t address;
    *name = NULL;
    bool is_interpreter = module == places->interpreter;
    if (!sc_elf_file_address(&file->elf, offset, &address)) {
        return is_interpreter ? SC_SPOT_INTERPRETER
                              : (file->is_runtime ? SC_SPOT_RUNTIME : SC_SPOT_LIBRARY);
    }
    const struct sc_elf_symbol *symbol = sc_elf_file_find(&file->elf, address);
    if (symbol != NULL) {
        *name = file->elf.names + symbol->name;
    }
    if (is_interpreter) {
        bool is_loop = sc_eval_loop_holds(&places->loop, address) ||
                       (*name != NULL && IS_ONE_OF(*name, machinery));
        return is_loop ? SC_SPOT_LOOP : SC_SPOT_INTERPRETER;
    }
    if (file->is_runtime) {
        bool supports =
            (address >= file->allocator_start && address < file->allocator_end) ||
            (*name != NULL && is_thread_support(*name));
        return supports ? SC_SPOT_SUPPORT : SC_SPOT_RUNTIME;
    }
    return SC_SPOT_LIBRARY;
}

static enum sc_err resolve(struct sc_places *places, struct sc_intern *intern,
                           struct sc_module_files *files, uint64_t pc,
                           struct sc_spot *spot)
{
    *spot = (struct sc_spot){.pc = pc, .symbol = SC_NONE, .module = SC_NONE};
    const struct sc_mapping *mapping = sc_maps_find(&places->maps, pc);
    if (mapping == NULL) {
        places->wants_maps = true;
        if (places->interpreter == SC_NONE) {
            return SC_OK;
        }
        spot->kind = SC_SPOT_LIBRARY;
        return sc_intern_symbol(intern, SC_NONE, NULL, 0, &spot->symbol);
    }
    struct sc_module_file *file;
    enum sc_err err = get_file(files, intern, mapping->module, &file);
    if (err != SC_OK) {
        return err;
    }
    const char *name;
    spot->module = mapping->module;
    spot->kind = look_at(places, file, mapping->module,
                         pc - mapping->start + mapping->offset, &name);
    if (places->interpreter == SC_NONE) {
        spot->kind = SC_SPOT_UNKNOWN;
    }
    return sc_intern_symbol(intern, spot->module, name,
                            name ? sc_elf_name_bytes(name) : 0, &spot->symbol);
}

enum sc_err sc_places_find(struct sc_places *places, struct sc_intern *intern,
                           struct sc_module_files *files, uint64_t pc,
                           struct sc_spot *spot)
{
    if (places->cache == NULL) {
        places->cache = calloc(CACHE_SPOTS, sizeof(*places->cache));
        if (places->cache == NULL) {
            return SC_ERR_NO_MEMORY;
        }
    }
    struct sc_spot *cached = &places->cache[sc_hash_u64(pc) % CACHE_SPOTS];
    if (cached->pc != pc || pc == 0) {
        enum sc_err err = resolve(places, intern, files, pc, cached);
        if (err != SC_OK) {
            cached->pc = 0;
            return err;
        }
    }
    *spot = *cached;
    return SC_OK;
}

bool sc_place_is_python(enum sc_spot_kind kind, enum sc_opcode_class opcode,
                        bool split_known)
{
    switch (kind) {
    case SC_SPOT_UNKNOWN:
    case SC_SPOT_LOOP:
        return true;
    case SC_SPOT_INTERPRETER:
        return !split_known || opcode != SC_OPCODE_CALL;
    case SC_SPOT_SUPPORT:
        /* Memory for the interpreter's own objects, its GIL, its thread state; at a
         * call these serve the builtin. */
        return opcode == SC_OPCODE_OTHER || opcode == SC_OPCODE_CALL_PYTHON;
    default:
        return false;
    }
}
