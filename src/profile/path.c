/* SPDX-License-Identifier: Apache-2.0
 * SPDX-FileCopyrightText: 2026 The scalene authors
 *
 * Paths and bytes as text. */
#include "profile/path.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Appends the components of path to out (length *n), dropping "" and "." and letting
 * ".." take the last one away. */
static void append_components(char *out, size_t *n, const char *path)
{
    while (*path != '\0') {
        size_t size = strcspn(path, "/");
        if (size == 2 && path[0] == '.' && path[1] == '.') {
            while (*n > 0 && out[--*n] != '/') {
            }
        } else if (size > 0 && !(size == 1 && path[0] == '.')) {
            out[(*n)++] = '/';
            memcpy(out + *n, path, size);
            *n += size;
        }
        path += size + (path[size] == '/');
    }
}

enum sc_err sc_path_absolute(struct sc_arena *arena, const char *directory,
                             const char *path, const char **absolute)
{
    if (path[0] == '<') {
        *absolute = sc_arena_strdup(arena, path);
        return *absolute != NULL ? SC_OK : SC_ERR_NO_MEMORY;
    }
    char *out = sc_arena_alloc(arena, strlen(directory) + strlen(path) + 4);
    if (out == NULL) {
        return SC_ERR_NO_MEMORY;
    }
    size_t n = 0;
    if (path[0] != '/') {
        append_components(out, &n, directory);
    }
    append_components(out, &n, path);
    if (n == 0) {
        out[n++] = '/';
    }
    out[n] = '\0';
    *absolute = out;
    return SC_OK;
}

bool sc_path_is_under(const char *path, const char *directory)
{
    size_t n = strlen(directory);
    while (n > 0 && directory[n - 1] == '/') {
        n--;
    }
    return strncmp(path, directory, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

const char *sc_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

size_t sc_utf8_sequence(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    if (n == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        return 1;
    }
    size_t size = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n < size) {
        return 0;
    }
    uint32_t code = p[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (p[i] & 0x3f);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code >= smallest[size] && code <= 0x10ffff && !surrogate ? size : 0;
}

const char *sc_text_from_bytes(struct sc_arena *arena, const char *bytes, size_t n)
{
    size_t out_bytes = 0;
    for (size_t i = 0; i < n;) {
        size_t size = sc_utf8_sequence(bytes + i, n - i);
        out_bytes += bytes[i] == '\0' ? 3 : size > 0 ? size : 4;
        i += size > 0 ? size : 1;
    }
    if (out_bytes == n && memchr(bytes, '\0', n) == NULL) {
        return sc_arena_strndup(arena, bytes, n);
    }
    char *out = sc_arena_alloc(arena, out_bytes + 1);
    if (out == NULL) {
        return NULL;
    }
    char *end = out;
    for (size_t i = 0; i < n;) {
        size_t size = sc_utf8_sequence(bytes + i, n - i);
        if (bytes[i] == '\0') {
            memcpy(end, "\xef\xbf\xbd", 3);
            end += 3;
            i++;
        } else if (size > 0) {
            memcpy(end, bytes + i, size);
            end += size;
            i += size;
        } else {
            static const char hex[] = "0123456789abcdef";
            unsigned char byte = (unsigned char)bytes[i++];
            *end++ = '\\';
            *end++ = 'x';
            *end++ = hex[byte >> 4];
            *end++ = hex[byte & 15];
        }
    }
    return out;
}
