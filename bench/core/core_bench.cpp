// SPDX-License-Identifier: MIT
// How long core's operations take. Options are those of Google Benchmark (--help).
#include "operations.h"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const auto& operation : dmb::bench::operations())
    benchmark::RegisterBenchmark(operation.name.data(), [&operation](benchmark::State& state) {
      const auto step = operation.prepare(DMB_BENCH_DATA);
      for (auto _ : state) step();
    });
  benchmark::RunSpecifiedBenchmarks();
}
