# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# cmake -DINPUT=file -DOUTPUT=file.c -DNAME=symbol -P embed_text.cmake
# Writes a C file that defines `const char symbol[]` with the text of INPUT.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
       "\\1\n    " bytes "${bytes}")
file(WRITE ${OUTPUT} "/* Made from ${NAME} by embed_text.cmake. */
extern const char ${NAME}[];
const char ${NAME}[] = {
    ${bytes}0};
")
