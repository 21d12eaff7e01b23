// SPDX-License-Identifier: MIT
#include "app/status_command.h"

#include "app/config_file.h"
#include "dbus/status_query.h"
#include "dmb/status/json.h"
#include "dmb/status/render.h"

#include <cstdio>
#include <exception>
#include <utility>

namespace dmb {
namespace {

void add(const StatusAnswer& answer, status::Report& report) {
  status::OtherProcess other{answer.pid, answer.process, "", answer.trouble};
  if (answer.trouble.empty()) {
    auto parsed = status::parse_process(answer.text);
    if (parsed.process && parsed.process->config.file == report.config_file) {
      parsed.process->pid = answer.pid;  // as the daemon knows it, not as it says
      return report.processes.push_back(std::move(*parsed.process));
    }
    other.trouble = parsed.trouble;
    if (parsed.process) other.config_file = parsed.process->config.file;
  }
  report.others.push_back(std::move(other));
}

status::Report look(const std::filesystem::path& config_path) {
  status::Report report{.config_file = canonical_config_path(config_path),
                        .config_digest = digest_of(read_config_file(config_path))};
  try {
    const StatusFindings found = query_status();
    for (const StatusAnswer& answer : found.processes) add(answer, report);
    report.system = {found.system.present, found.system.battery_service, found.system.bms_service,
                     found.system.dvcc};
  } catch (const std::exception& error) {
    report.bus_trouble = error.what();
  }
  return report;
}

}  // namespace

int print_status(const std::filesystem::path& config_path, bool json) {
  const status::Report report = look(config_path);
  const auto advice = status::advise(report);
  const std::string text = json ? report_json(report, advice) : render(report, advice);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return static_cast<int>(verdict(report, advice));
}

}  // namespace dmb
