# SPDX-License-Identifier: MIT
# Every 32-bit GX device, down to the Cortex-A8 of the oldest.
set(DMB_PROCESSOR armv7)
set(DMB_TRIPLE arm-linux-gnueabihf)
set(DMB_CPU_FLAGS "-march=armv7-a -mfpu=vfpv3-d16 -mfloat-abi=hard")
include(${CMAKE_CURRENT_LIST_DIR}/device.cmake)
