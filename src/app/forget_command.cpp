// SPDX-License-Identifier: MIT
#include "app/forget_command.h"

#include "dbus/status_query.h"
#include "dmb/codec/text.h"
#include "dmb/status/forget.h"

#include <cstdio>
#include <exception>
#include <vector>

namespace dmb {
namespace {

constexpr int kForgotten = 0;
constexpr int kNotForgotten = 1;
constexpr int kNothingRuns = 3;

/// Whether it is forgotten there.
bool print(const StatusAnswer& process, const std::string& name) {
  const auto answer = status::parse_forget_answer(process.text);
  const std::string trouble =
      process.trouble.empty() ? "its answer makes no sense" : printable(process.trouble, 200);
  std::printf("%s: %s", printable(process.process, 200).c_str(),
              answer ? describe(*answer, name).c_str() : (trouble + "\n").c_str());
  return answer && answer->outcome == Forgetting::forgotten;
}

}  // namespace

int forget_shunt(const std::string& name) try {
  const std::vector<StatusAnswer> processes = ask_to_forget(name);
  if (processes.empty()) {
    std::printf(
        "No dbus-mqtt-battery runs on this bus. Start it and ask again: it alone knows "
        "which shunts are missing.\n");
    return kNothingRuns;
  }
  bool forgotten = false;
  for (const StatusAnswer& process : processes) forgotten = print(process, name) || forgotten;
  return forgotten ? kForgotten : kNotForgotten;
} catch (const std::exception& error) {
  std::printf("%s\n", printable(error.what(), 300).c_str());
  return kNothingRuns;
}

}  // namespace dmb
