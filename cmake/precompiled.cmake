# SPDX-License-Identifier: MIT
# Reading the headers of the standard library is half the work of compiling a file. With DMB_PRECOMPILE it is done
# once for all. Whoever leaves an #include out would not be told then: packages and fuzzers are built without it.
set(DMB_PRECOMPILED_STD
  <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <functional> <map> <memory> <optional> <set> <span>
  <string> <string_view> <utility> <variant> <vector>)

# Every library of `directory` and below reads what `pch` has read, but for those that are made small:
# gcc does not take it then.
function(dmb_use_precompiled directory pch)
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(options ${target} COMPILE_OPTIONS)
    if(type STREQUAL STATIC_LIBRARY AND NOT target STREQUAL pch AND NOT "${options}" MATCHES "-Os")
      target_precompile_headers(${target} REUSE_FROM ${pch})
    endif()
  endforeach()
  get_property(below DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(subdirectory ${below})
    dmb_use_precompiled(${subdirectory} ${pch})
  endforeach()
endfunction()
