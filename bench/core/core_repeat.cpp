// SPDX-License-Identifier: MIT
// Repeats one of core's operations, for a program that counts its instructions (instructions.py).
#include "operations.h"

#include <charconv>
#include <cstring>
#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "list") {
    for (const auto& operation : dmb::bench::operations())
      std::cout << operation.name << '\t' << operation.what << '\n';
    return 0;
  }
  int count = 0;
  const auto* operation = argc == 4 ? dmb::bench::find_operation(argv[2]) : nullptr;
  if (operation != nullptr) std::from_chars(argv[3], argv[3] + std::strlen(argv[3]), count);
  if (count < 1) {
    std::cerr << "Usage: core_repeat DATA-FOLDER OPERATION COUNT | core_repeat list\n";
    return 2;
  }
  try {
    const auto step = operation->prepare(argv[1]);
    for (int i = 0; i < count; ++i) step();
  } catch (const std::exception& error) {
    std::cerr << "core_repeat: " << error.what() << '\n';
    return 1;
  }
}
