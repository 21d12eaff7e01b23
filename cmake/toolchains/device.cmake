# SPDX-License-Identifier: MIT
# Common part of the device toolchains. The sysroot holds Debian's libraries of the target
# (scripts/package/sysroot.sh); the compiler is Debian's cross compiler.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${DMB_PROCESSOR})
set(DMB_SYSROOT "" CACHE PATH "Folder with the target's libraries and headers")
# Compiler checks are projects of their own, and must know the sysroot too.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES DMB_SYSROOT)
if(NOT IS_DIRECTORY "${DMB_SYSROOT}/usr/include")
  message(FATAL_ERROR "DMB_SYSROOT='${DMB_SYSROOT}' is no sysroot: build with scripts/package.sh")
endif()

set(CMAKE_SYSROOT ${DMB_SYSROOT})
set(CMAKE_CXX_COMPILER ${DMB_TRIPLE}-g++)
set(CMAKE_CXX_COMPILER_TARGET ${DMB_TRIPLE})
set(CMAKE_LIBRARY_ARCHITECTURE ${DMB_TRIPLE})
set(CMAKE_CXX_FLAGS_INIT "${DMB_CPU_FLAGS}")
# Libraries of libraries are looked for in the sysroot only.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,-rpath-link,${DMB_SYSROOT}/usr/lib/${DMB_TRIPLE}")

set(CMAKE_FIND_ROOT_PATH ${DMB_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# pkg-config must not answer with the build machine's libraries.
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${DMB_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR}
  ${DMB_SYSROOT}/usr/lib/${DMB_TRIPLE}/pkgconfig:${DMB_SYSROOT}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")
