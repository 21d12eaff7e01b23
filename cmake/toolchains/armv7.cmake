# SPDX-License-Identifier: MIT
# Every 32-bit GX device, down to the Cortex-A8 of the oldest.
set(DMB_PROCESSOR armv7)
set(DMB_TRIPLE arm-linux-gnueabihf)
set(DMB_CPU_FLAGS "-march=armv7-a -mfpu=vfpv3-d16 -mfloat-abi=hard")
# 64 KiB by default, though no such device has pages over 4 KiB.
set(DMB_LINK_FLAGS "-Wl,-z,max-page-size=4096")
include(${CMAKE_CURRENT_LIST_DIR}/device.cmake)
