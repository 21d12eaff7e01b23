# SPDX-License-Identifier: MIT
# What makes a memory error harder to exploit. Sanitizers replace these and clash with some.
if(DMB_SANITIZE OR DMB_BUILD_FUZZERS)
  return()
endif()

include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

target_compile_options(dmb_options INTERFACE -fstack-protector-strong)
# Needs optimisation; Debian's headers complain without. Undefined first: some compilers preset it.
target_compile_options(dmb_options INTERFACE
  $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
target_link_options(dmb_options INTERFACE
  -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code)
