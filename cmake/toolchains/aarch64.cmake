# SPDX-License-Identifier: MIT
# The 64-bit GX devices and the Raspberry Pi 5.
set(DMB_PROCESSOR aarch64)
set(DMB_TRIPLE aarch64-linux-gnu)
set(DMB_CPU_FLAGS "-march=armv8-a")
include(${CMAKE_CURRENT_LIST_DIR}/device.cmake)
