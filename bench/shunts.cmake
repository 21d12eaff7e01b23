# SPDX-License-Identifier: MIT
# Measuring programs for the SmartShunt aggregator, started by bench/run.sh shunts.
add_library(bench_shunt_bus STATIC shunt_bus.cpp)
target_link_libraries(bench_shunt_bus PUBLIC dmb_options PkgConfig::SYSTEMD)

add_executable(bench_shunt_probe shunt_probe.cpp shunt_bank.cpp shunt_view.cpp)
target_link_libraries(bench_shunt_probe PRIVATE bench_shunt_bus nlohmann_json::nlohmann_json)

add_executable(bench_shunt_floor shunt_floor.cpp)
target_link_libraries(bench_shunt_floor PRIVATE bench_shunt_bus)
