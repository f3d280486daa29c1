/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Identity of code objects. An address is used again for another function soon after
 * the first is freed, so identity is the address plus a fingerprint of the contents,
 * compared at each sight; what is new gets a new id and is described in the ring. */
#include "agent/sig/sig.h"

#include <string.h>

enum {
    MAX_NAME_BYTES = 64 << 10,
    MAX_LINETABLE_BYTES = 16 << 20,
    TAG_EMPTY = 0,
    TAG_BUSY = 1,
    N_SEGMENTS = 4,
};

struct code_facts {
    uint64_t filename; /* addresses */
    uint64_t qualname;
    uint64_t linetable;
    int32_t first_line;
};

static bool read_facts(struct sc_sig_memory *memory, uint64_t code,
                       struct code_facts *facts)
{
    const struct sc_layout *layout = &sc_sig.layout;
    const unsigned char *bytes =
        memory->base.view(&memory->base, code, layout->code_units);
    if (bytes == NULL) {
        return false;
    }
    memcpy(&facts->filename, bytes + layout->code_filename, 8);
    memcpy(&facts->qualname, bytes + layout->code_qualname, 8);
    memcpy(&facts->linetable, bytes + layout->code_linetable, 8);
    memcpy(&facts->first_line, bytes + layout->code_first_line, 4);
    return true;
}

/* Mixes two words by one long multiplication: its halves hold all bits of both. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)(a ^ UINT64_C(0x9e3779b97f4a7c15)) *
                                (b ^ UINT64_C(0xbf58476d1ce4e5b9));
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Length, cached hash and first characters of a str or bytes object. */
static bool object_fingerprint(struct sc_sig_memory *memory, uint64_t object,
                               uint64_t *hash)
{
    /* The reference count and the type, the first 16 bytes, tell nothing here. */
    enum {
        SKIPPED_WORDS = 2,
        LOOKED_AT_WORDS = 6
    };
    uint64_t words[LOOKED_AT_WORDS];
    const void *bytes = object != 0 && object % 8 == 0
                            ? memory->base.view(&memory->base, object, sizeof(words))
                            : NULL;
    if (bytes == NULL) {
        return false;
    }
    memcpy(words, bytes, sizeof(words));
    for (int i = SKIPPED_WORDS; i < LOOKED_AT_WORDS; i += 2) {
        *hash = fold(*hash ^ words[i], words[i + 1]);
    }
    return true;
}

/* Tells this code object from any other that had the address: by CPython's own
 * number of it where there is one, else by its contents. */
static bool fingerprint(struct sc_sig_memory *memory, const struct sc_frame_ref *ref,
                        uint64_t *tag)
{
    uint64_t hash = fold(ref->code, ref->n_instr);
    uint32_t version = 0;
    if (sc_sig.layout.code_version != SC_LAYOUT_NO_FIELD) {
        const void *bytes = memory->base.view(
            &memory->base, ref->code + sc_sig.layout.code_version, sizeof(version));
        if (bytes == NULL) {
            return false;
        }
        memcpy(&version, bytes, sizeof(version));
    }
    if (version != 0) {
        hash = fold(hash, version);
    } else {
        struct code_facts facts;
        if (!read_facts(memory, ref->code, &facts)) {
            return false;
        }
        hash = fold(hash ^ facts.filename, facts.qualname);
        hash = fold(hash ^ facts.linetable, (uint32_t)facts.first_line);
        if (!object_fingerprint(memory, facts.qualname, &hash) ||
            !object_fingerprint(memory, facts.linetable, &hash)) {
            return false;
        }
    }
    *tag = hash > TAG_BUSY ? hash : hash + 2;
    return true;
}

/* A blob is written as consecutive segments, cut into pieces without regard to where
 * a segment ends. */
struct segment {
    const unsigned char *own; /* in the agent, or NULL: in checked memory */
    uint64_t address;
    uint32_t n_bytes;
};

static bool copy_segments(struct sc_sig_memory *memory, const struct segment *segments,
                          uint32_t offset, unsigned char *into, uint32_t n_bytes)
{
    for (int i = 0; i < N_SEGMENTS && n_bytes > 0; i++) {
        uint32_t length = segments[i].n_bytes;
        if (offset >= length) {
            offset -= length;
            continue;
        }
        uint32_t n = length - offset < n_bytes ? length - offset : n_bytes;
        const void *from =
            segments[i].own
                ? (const void *)(segments[i].own + offset)
                : memory->base.view(&memory->base, segments[i].address + offset, n);
        if (from == NULL) {
            return false;
        }
        memcpy(into, from, n);
        into += n;
        n_bytes -= n;
        offset = 0;
    }
    return true;
}

/* Writes the pieces of a code object's description; what fails is counted. */
static bool describe(struct sc_sig_memory *memory, const struct sc_frame_ref *ref,
                     uint32_t id, uint32_t thread_number)
{
    struct code_facts facts;
    struct sc_text_ref filename, qualname, linetable;
    struct sc_memory *base = &memory->base;
    if (!read_facts(memory, ref->code, &facts) ||
        !sc_unicode_find(&sc_sig.layout, base, facts.filename, MAX_NAME_BYTES,
                         &filename) ||
        !sc_unicode_find(&sc_sig.layout, base, facts.qualname, MAX_NAME_BYTES,
                         &qualname) ||
        !sc_bytes_find(&sc_sig.layout, base, facts.linetable, MAX_LINETABLE_BYTES,
                       &linetable)) {
        return false;
    }
    struct sc_code_blob blob = {
        .first_line = facts.first_line,
        .n_instr = ref->n_instr,
        .filename_bytes = filename.n_bytes,
        .qualname_bytes = qualname.n_bytes,
        .linetable_bytes = linetable.n_bytes,
        .filename_kind = filename.kind,
        .qualname_kind = qualname.kind,
    };
    const struct segment segments[N_SEGMENTS] = {
        {(const unsigned char *)&blob, 0, sizeof(blob)},
        {NULL, filename.address, filename.n_bytes},
        {NULL, qualname.address, qualname.n_bytes},
        {NULL, linetable.address, linetable.n_bytes},
    };
    uint32_t total = (uint32_t)sizeof(blob) + filename.n_bytes + qualname.n_bytes +
                     linetable.n_bytes;
    for (uint32_t offset = 0; offset < total;) {
        uint32_t n = total - offset < SC_MAX_CODE_PIECE_BYTES ? total - offset
                                                              : SC_MAX_CODE_PIECE_BYTES;
        struct sc_rec_code *record =
            sc_ring_reserve(&sc_sig.ring, SC_REC_CODE, sizeof(*record) + n);
        if (record == NULL) {
            sc_sig_count_drop(SC_DROP_RING_FULL);
            return false;
        }
        record->rec.thread = thread_number;
        record->code_id = id;
        record->blob_bytes = total;
        record->offset_bytes = offset;
        record->piece_bytes = n;
        bool copied = copy_segments(memory, segments, offset, record->piece, n);
        if (!copied) {
            /* The piece must be given to the reader; it can belong to no blob. */
            record->code_id = 0;
        }
        sc_ring_commit(record);
        if (!copied) {
            sc_sig_count_drop(SC_DROP_CODE_UNREADABLE);
            return false;
        }
        offset += n;
    }
    return true;
}

/* The way of the set that this tag takes: an empty one, else one by the tag's own
 * bits, so that two busy functions of a set do not chase each other out for ever. */
static struct sc_sig_code_slot *choose_slot(struct sc_sig_code_slot *set, uint64_t tag)
{
    for (int way = 0; way < SC_SIG_CODE_WAYS; way++) {
        if (atomic_load_explicit(&set[way].tag, memory_order_relaxed) == TAG_EMPTY) {
            return &set[way];
        }
    }
    return &set[(tag >> 56) % SC_SIG_CODE_WAYS];
}

/* The id in the table under a tag; 0: none. */
static uint32_t look_up(const struct sc_sig_code_slot *set, uint64_t tag)
{
    for (int way = 0; way < SC_SIG_CODE_WAYS; way++) {
        if (atomic_load_explicit(&set[way].tag, memory_order_acquire) != tag) {
            continue;
        }
        uint32_t id = atomic_load_explicit(&set[way].id, memory_order_acquire);
        if (atomic_load_explicit(&set[way].tag, memory_order_relaxed) == tag) {
            return id;
        }
    }
    return 0;
}

static void enter(struct sc_sig_code_slot *set, uint64_t tag, uint32_t id)
{
    struct sc_sig_code_slot *slot = choose_slot(set, tag);
    uint64_t old = atomic_load_explicit(&slot->tag, memory_order_relaxed);
    if (old != TAG_BUSY && atomic_compare_exchange_strong(&slot->tag, &old, TAG_BUSY)) {
        atomic_store_explicit(&slot->id, id, memory_order_release);
        atomic_store_explicit(&slot->tag, tag, memory_order_release);
    }
}

uint32_t sc_sig_code_id(struct sc_sig_memory *memory, const struct sc_frame_ref *ref,
                        uint32_t thread_number, struct sc_sig_seen *seen)
{
    uint64_t tag;
    if (!fingerprint(memory, ref, &tag)) {
        sc_sig_count_drop(SC_DROP_CODE_UNREADABLE);
        return 0;
    }
    if (seen->tag == tag) {
        return seen->id;
    }
    struct sc_sig_code_slot *set = sc_sig.tables->codes[tag % SC_SIG_CODE_SETS];
    uint32_t id = look_up(set, tag);
    if (id == 0) {
        id = atomic_fetch_add_explicit(&sc_sig.next_code_id, 1, memory_order_relaxed);
        if (!describe(memory, ref, id, thread_number)) {
            return 0;
        }
        enter(set, tag, id);
    }
    seen->tag = tag;
    seen->id = id;
    return id;
}
