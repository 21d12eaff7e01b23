// SPDX-License-Identifier: MIT
// Runs a fuzzer's corpus without libFuzzer: replay FOLDER. For compilers that have none.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

bool passes(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
  // A copy of exactly this size, so that a sanitizer sees a read past its end.
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  try {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    return true;
  } catch (const std::exception& error) {
    std::printf("%s: %s\n", file.c_str(), error.what());
    return false;
  }
}

}  // namespace

int main(int count, char** arguments) {
  int files = 0;
  int failed = 0;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(arguments[i])) {
      if (!entry.is_regular_file()) continue;
      ++files;
      failed += passes(entry.path()) ? 0 : 1;
    }
  }
  std::printf("%d inputs, %d failed\n", files, failed);
  return files > 0 && failed == 0 ? 0 : 1;
}
