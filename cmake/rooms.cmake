# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# sc_room(NAME SOURCES file... [USES target...]): the library sc_NAME of a room.
# sc_unit_test(NAME SOURCES file... USES target...): one test program, one ctest.
# sc_fuzzer(NAME SOURCES file... USES target...): one libFuzzer program.

set(SC_WARNINGS -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
                -Wformat=2 -Wundef -Wvla)

function(sc_options target)
  target_compile_options(${target} PRIVATE ${SC_WARNINGS})
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE
                             SC_VERSION="${PROJECT_VERSION}")
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
endfunction()

function(sc_sanitize target)
  if(SCALENE_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${SCALENE_SANITIZE}
                           -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${SCALENE_SANITIZE})
  endif()
endfunction()

function(sc_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_library(sc_${name} STATIC ${ARG_SOURCES})
  sc_options(sc_${name})
  sc_sanitize(sc_${name})
  target_link_libraries(sc_${name} PUBLIC ${ARG_USES})
endfunction()

function(sc_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(test_${name} ${ARG_SOURCES})
  sc_options(test_${name})
  sc_sanitize(test_${name})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/unit)
  target_compile_definitions(test_${name} PRIVATE
                             SC_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE ${ARG_USES})
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()

function(sc_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(fuzz_${name} ${ARG_SOURCES})
  sc_options(fuzz_${name})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer,address,undefined)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer,address,undefined)
  target_link_libraries(fuzz_${name} PRIVATE ${ARG_USES})
endfunction()
