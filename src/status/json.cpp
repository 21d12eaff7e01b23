// SPDX-License-Identifier: MIT
#include "dmb/status/json.h"

#include "dmb/codec/text.h"
#include "fields.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace dmb::status {
namespace {

using Json = nlohmann::ordered_json;

// --- Writing ---

Json write(bool value) {
  return value;
}
Json write(std::int64_t value) {
  return value;
}
/// What D-Bus cannot carry would make the whole answer unreadable.
Json write(const std::string& value) {
  return is_bus_text(value) ? value : printable(value, std::string::npos);
}
/// To the millisecond, millivolt …: what a conversion leaves behind that is noise to a reader.
Json write(double value) {
  return std::round(value * 1000) / 1000;
}
template <typename T>
requires std::is_enum_v<T> Json write(T value) {
  for (const auto& [name, known] : names_of(value))
    if (known == value) return name;
  return nullptr;
}
template <typename T>
Json write(const std::optional<T>& value);
template <typename T>
Json write(const std::vector<T>& values);
template <typename T>
requires std::is_class_v<T> Json write(const T& value) {
  Json object = Json::object();
  fields(value, [&object](const char* key, const auto& field) { object[key] = write(field); });
  return object;
}
template <typename T>
Json write(const std::optional<T>& value) {
  return value ? write(*value) : Json(nullptr);
}
template <typename T>
Json write(const std::vector<T>& values) {
  Json array = Json::array();
  for (const T& value : values) array.push_back(write(value));
  return array;
}

// --- Reading ---

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxElements = 600;

void read(const Json& json, bool& out) {
  if (json.is_boolean()) out = json.get<bool>();
}
void read(const Json& json, std::int64_t& out) {
  const bool too_big = json.is_number_unsigned() &&
                       json.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max();
  if (json.is_number_integer() && !too_big) out = json.get<std::int64_t>();
}
void read(const Json& json, double& out) {
  if (json.is_number()) out = json.get<double>();
}
void read(const Json& json, std::string& out) {
  if (json.is_string()) out = json.get<std::string>();
}
template <typename T>
requires std::is_enum_v<T>
void read(const Json& json, T& out) {
  if (!json.is_string()) return;
  for (const auto& [name, value] : names_of(out))
    if (json.get_ref<const std::string&>() == name) out = value;
}
template <typename T>
void read(const Json& json, std::optional<T>& out);
template <typename T>
void read(const Json& json, std::vector<T>& out);
template <typename T>
requires std::is_class_v<T>
void read(const Json& json, T& out) {
  if (!json.is_object()) return;
  fields(out, [&json](const char* key, auto& field) {
    if (const auto found = json.find(key); found != json.end()) read(*found, field);
  });
}
/// A name that a later version may have made up is as good as none.
template <typename T>
void read(const Json& json, std::optional<T>& out) {
  if (json.is_null()) return;
  if constexpr (std::is_enum_v<T>) {
    if (!json.is_string()) return;
    for (const auto& [name, value] : names_of(T{}))
      if (json.get_ref<const std::string&>() == name) out = value;
  } else {
    read(json, out.emplace());
  }
}
template <typename T>
void read(const Json& json, std::vector<T>& out) {
  if (!json.is_array()) return;
  for (const Json& element : json) {
    if (out.size() == kMaxElements) return;
    read(element, out.emplace_back());
  }
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::healthy:
      return "healthy";
    case Verdict::degraded:
      return "degraded";
    case Verdict::not_running:
      break;
  }
  return "not_running";
}

}  // namespace

std::string to_json(const ProcessStatus& process) {
  Json object{{"schema", kSchema}};
  object.update(write(process));
  return object.dump();
}

Parsed parse_process(std::string_view json) {
  if (json.size() > kMaxBytes) return {{}, "its answer is too long to be a status"};
  const Json object = Json::parse(json, nullptr, false);
  if (!object.is_object()) return {{}, "its answer is not a status"};
  std::int64_t schema = 0;
  if (const auto found = object.find("schema"); found != object.end()) read(*found, schema);
  if (schema == 0) return {{}, "its answer is not a status"};
  if (schema != kSchema) return {{}, "it is another version, ask with the --status of that one"};
  Parsed parsed;
  read(object, parsed.process.emplace());
  return parsed;
}

std::string to_json(const ForgetAnswer& answer) {
  return write(answer).dump();
}

std::optional<ForgetAnswer> parse_forget_answer(std::string_view json) {
  if (json.size() > kMaxBytes) return std::nullopt;
  const Json object = Json::parse(json, nullptr, false);
  if (!object.is_object() || !object.contains("outcome")) return std::nullopt;
  ForgetAnswer answer;
  read(object, answer);
  return answer;
}

std::string about_json(const BatteryStatus& battery) {
  const Json object{{"name", write(battery.name)},
                    {"life", write(battery.life)},
                    {"last_sign_age_s", write(battery.last_sign_age_s)},
                    {"limits", write(battery.limits)},
                    {"doubts", write(battery.doubts)}};
  return object.dump();
}

std::string about_json(const AggregateStatus& aggregate) {
  const Json object{{"name", write(aggregate.name)},
                    {"holding", write(aggregate.holding)},
                    {"limits", write(aggregate.limits)},
                    {"members", write(aggregate.members)},
                    {"missing", write(aggregate.missing)}};
  return object.dump();
}

std::string report_json(const Report& report, const std::vector<Advice>& advice) {
  const Verdict result = verdict(report, advice);
  const Json object{{"schema", kSchema},
                    {"verdict", name_of(result)},
                    {"exit_code", static_cast<int>(result)},
                    {"advice", write(advice)},
                    {"config_file", write(report.config_file)},
                    {"bus_trouble", write(report.bus_trouble)},
                    {"processes", write(report.processes)},
                    {"others", write(report.others)},
                    {"system", write(report.system)}};
  return object.dump(2) + '\n';
}

}  // namespace dmb::status
