/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * From pieces to functions. The head of a description is read by memcpy: pieces lie
 * end to end in our own memory, at any alignment. */
#include "collect/codes.h"

#include "base/hash.h"
#include "os/heap.h"

#include <stdlib.h>
#include <string.h>

enum {
    REPLACEMENT = 0xFFFD
};

void sc_codes_fini(struct sc_codes *codes)
{
    for (size_t i = 0; i < codes->n_entries; i++) {
        free(codes->entries[i].blob);
    }
    free(codes->entries);
    sc_index_fini(&codes->index);
    *codes = (struct sc_codes){0};
}

struct probe {
    const struct sc_codes *codes;
    uint32_t code_id;
};

static bool same_id(const void *context, uint32_t item)
{
    const struct probe *probe = context;
    return probe->codes->entries[item].code_id == probe->code_id;
}

static struct sc_code_entry *find(const struct sc_codes *codes, uint32_t code_id)
{
    struct probe probe = {codes, code_id};
    uint32_t place =
        sc_index_find(&codes->index, sc_hash_u64(code_id), same_id, &probe);
    return place == UINT32_MAX ? NULL : &codes->entries[place];
}

uint32_t sc_codes_function(const struct sc_codes *codes, uint32_t code_id)
{
    const struct sc_code_entry *entry = find(codes, code_id);
    return entry == NULL ? SC_NONE : entry->function;
}

static void drop_blob(struct sc_code_entry *entry)
{
    free(entry->blob);
    entry->blob = NULL;
    entry->blob_capacity = 0;
    entry->got_bytes = 0;
}

static size_t put_utf8(char *out, uint32_t c)
{
    unsigned char *o = (unsigned char *)out;
    if (c < 0x80) {
        o[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        o[0] = (unsigned char)(0xC0 | c >> 6);
        o[1] = (unsigned char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        o[0] = (unsigned char)(0xE0 | c >> 12);
        o[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        o[2] = (unsigned char)(0x80 | (c & 0x3F));
        return 3;
    }
    o[0] = (unsigned char)(0xF0 | c >> 18);
    o[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
    o[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
    o[3] = (unsigned char)(0x80 | (c & 0x3F));
    return 4;
}

static uint32_t character_at(const unsigned char *text, unsigned kind)
{
    uint16_t two;
    uint32_t four;
    switch (kind) {
    case SC_TEXT_UCS1:
        return *text;
    case SC_TEXT_UCS2:
        memcpy(&two, text, sizeof(two));
        return two;
    default:
        memcpy(&four, text, sizeof(four));
        return four;
    }
}

enum sc_err sc_codes_text(const unsigned char *text, size_t n_bytes, unsigned kind,
                          bool for_file, char **utf8)
{
    if ((kind != SC_TEXT_UCS1 && kind != SC_TEXT_UCS2 && kind != SC_TEXT_UCS4) ||
        n_bytes % kind != 0) {
        return SC_ERR_FORMAT;
    }
    size_t max_utf8_bytes = kind == SC_TEXT_UCS4 ? 4 : 3;
    char *out = malloc(n_bytes / kind * max_utf8_bytes + 1);
    if (out == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    size_t n_out = 0;
    for (size_t i = 0; i < n_bytes; i += kind) {
        uint32_t c = character_at(text + i, kind);
        if (for_file && c >= 0xDC80 && c <= 0xDCFF) {
            out[n_out++] = (char)(c - 0xDC00);
            continue;
        }
        if (c == 0 || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) {
            c = REPLACEMENT;
        }
        n_out += put_utf8(out + n_out, c);
    }
    out[n_out] = '\0';
    *utf8 = out;
    return SC_OK;
}

/* Makes a function of a whole description. SC_ERR_FORMAT when it makes no sense. */
static enum sc_err read_blob(const unsigned char *bytes, size_t n_bytes,
                             uint32_t python_hexversion, struct sc_intern *intern,
                             uint32_t *function)
{
    struct sc_code_blob head;
    if (n_bytes < sizeof(head)) {
        return SC_ERR_FORMAT;
    }
    memcpy(&head, bytes, sizeof(head));
    uint64_t whole_bytes = sizeof(head) + (uint64_t)head.filename_bytes +
                           head.qualname_bytes + head.linetable_bytes;
    if (whole_bytes != n_bytes || head.n_instr > INT32_MAX) {
        return SC_ERR_FORMAT;
    }
    char *filename = NULL;
    char *qualname = NULL;
    const unsigned char *at = bytes + sizeof(head);
    enum sc_err err =
        sc_codes_text(at, head.filename_bytes, head.filename_kind, true, &filename);
    if (err != SC_OK) {
        goto done;
    }
    at += head.filename_bytes;
    err = sc_codes_text(at, head.qualname_bytes, head.qualname_kind, false, &qualname);
    if (err != SC_OK) {
        goto done;
    }
    at += head.qualname_bytes;
    struct sc_function candidate = {
        .filename = filename,
        .qualname = qualname,
        .first_line = head.first_line,
        .n_instr = head.n_instr,
        .python_hexversion = python_hexversion,
        .linetable = at,
        .linetable_bytes = head.linetable_bytes,
    };
    err = sc_intern_function(intern, &candidate, function);
done:
    free(filename);
    free(qualname);
    return err;
}

static enum sc_err find_or_add(struct sc_codes *codes, uint32_t code_id,
                               struct sc_code_entry **entry)
{
    *entry = find(codes, code_id);
    if (*entry != NULL) {
        return SC_OK;
    }
    enum sc_err err = sc_os_grow((void **)&codes->entries, &codes->entries_capacity,
                                 codes->n_entries + 1, sizeof(*codes->entries));
    if (err == SC_OK) {
        err = sc_index_add(&codes->index, sc_hash_u64(code_id),
                           (uint32_t)codes->n_entries);
    }
    if (err != SC_OK) {
        return err;
    }
    *entry = &codes->entries[codes->n_entries++];
    **entry = (struct sc_code_entry){.code_id = code_id, .function = SC_NONE};
    return SC_OK;
}

enum sc_err sc_codes_take(struct sc_codes *codes, struct sc_intern *intern,
                          uint32_t python_hexversion, const struct sc_rec_code *code)
{
    struct sc_code_entry *entry;
    enum sc_err err = find_or_add(codes, code->code_id, &entry);
    if (err != SC_OK) {
        return err;
    }
    if (code->offset_bytes == 0) {
        /* The id is used anew: what it stood for is no longer on any stack to come. */
        drop_blob(entry);
        entry->function = SC_NONE;
        entry->blob_bytes = code->blob_bytes;
    } else if (entry->blob == NULL || entry->blob_bytes != code->blob_bytes ||
               entry->got_bytes != code->offset_bytes) {
        /* A piece before this one was lost: one description, counted once, though the
         * rest of its pieces end up here too. */
        codes->bad_blobs += entry->blob != NULL || entry->blob_bytes == 0;
        entry->blob_bytes = code->blob_bytes;
        drop_blob(entry);
        return SC_OK;
    }
    size_t got_bytes = (size_t)entry->got_bytes + code->piece_bytes;
    if (got_bytes > entry->blob_bytes || got_bytes > SC_MAX_CODE_BLOB_BYTES) {
        drop_blob(entry);
        codes->bad_blobs++;
        return SC_OK;
    }
    err = sc_os_grow((void **)&entry->blob, &entry->blob_capacity, got_bytes, 1);
    if (err != SC_OK) {
        return err;
    }
    memcpy(entry->blob + entry->got_bytes, code->piece, code->piece_bytes);
    entry->got_bytes = (uint32_t)got_bytes;
    if (got_bytes < entry->blob_bytes) {
        return SC_OK;
    }
    err =
        read_blob(entry->blob, got_bytes, python_hexversion, intern, &entry->function);
    if (err == SC_ERR_FORMAT) {
        entry->function = SC_NONE;
        codes->bad_blobs++;
        err = SC_OK;
    }
    drop_blob(entry);
    return err;
}
