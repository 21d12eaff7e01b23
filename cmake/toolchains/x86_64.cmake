# SPDX-License-Identifier: MIT
# For tests on a PC; no device needs it.
set(DMB_PROCESSOR x86_64)
set(DMB_TRIPLE x86_64-linux-gnu)
set(DMB_CPU_FLAGS "-march=x86-64")
include(${CMAKE_CURRENT_LIST_DIR}/device.cmake)
