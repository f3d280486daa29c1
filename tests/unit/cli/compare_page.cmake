# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# Runs GENERATOR and compares what it writes with PAGE.
execute_process(COMMAND ${GENERATOR} OUTPUT_VARIABLE written RESULT_VARIABLE status)
file(READ ${PAGE} page)
if(NOT status EQUAL 0 OR NOT written STREQUAL page)
  message(FATAL_ERROR "${PAGE} is out of date: build the target options-doc")
endif()
