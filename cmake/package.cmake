# SPDX-License-Identifier: MIT
# Builds for a package that brings its own libraries along (scripts/package.sh).
set(DMB_PACKAGE_LOADER "" CACHE STRING
  "Dynamic loader, relative to the folder of the package, e.g. lib/ld-linux-armhf.so.3")
set(DMB_SPDLOG spdlog::spdlog)
if(NOT DMB_PACKAGE_LOADER)
  return()
endif()

# Two libraries less: 0.5 MB.
set(DMB_SPDLOG spdlog::spdlog_header_only)
target_compile_definitions(dmb_options INTERFACE FMT_HEADER_ONLY)

# A relative loader is looked up from the working folder, to which the launcher changes: the kernel
# starts the program by its own name, and nothing depends on where the package was unpacked.
# RPATH, not RUNPATH: it holds for the libraries of libraries and goes before LD_LIBRARY_PATH.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")
target_link_options(dmb_options INTERFACE
  -Wl,--dynamic-linker=${DMB_PACKAGE_LOADER} -Wl,--disable-new-dtags
  -Wl,--as-needed -Wl,--gc-sections -Wl,--build-id=sha1)
# Every byte counts on devices with 32 MiB; neither may the build folder show in the result. Seen as a whole,
# the program is a fifth smaller: parts of the JSON library that nothing calls fall away (armv7 0.96 to 0.76 MB).
set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
target_compile_options(dmb_options INTERFACE
  -ffunction-sections -fdata-sections -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.
  -ffile-prefix-map=${CMAKE_SYSROOT}=)
