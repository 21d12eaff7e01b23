// SPDX-License-Identifier: MIT
#include "dmb/codec/payload.h"

#include "dmb/battery/quantity.h"
#include "dmb/battery/sufficiency.h"
#include "dmb/codec/json_repair.h"
#include "dmb/codec/text.h"
#include "payload_steps.h"
#include "payload_walker.h"

#include <nlohmann/json.hpp>

namespace dmb {
namespace {

constexpr std::string_view kExample = R"({"Soc":63,"Dc":{"Power":321.6,"Voltage":52.7}})";

Rejected not_an_object(std::string_view what) {
  return {RejectCause::not_an_object, "the payload is " + std::string(what) +
                                          ", but must be a JSON object such as " +
                                          std::string(kExample)};
}

std::string shown(Quantity id) {
  std::string name(id.spec().path.substr(1));
  return id == q("/Dc/0/Voltage") ? name + " (nor Dc/0/Power with Dc/0/Current)" : name;
}

/// The keys that are there, so that the reader sees what the publisher calls things.
std::string keys_of(const Reading& reading) {
  constexpr std::size_t kMaxKeys = 5;
  constexpr std::size_t kMaxKeyWidth = 24;
  std::string keys;
  std::size_t count = 0;
  const auto add = [&](std::string_view key) {
    if (++count <= kMaxKeys) keys += (count > 1 ? ", " : "") + printable(key, kMaxKeyWidth);
  };
  for (const Reading::Field& field : reading.fields()) add(field.id.spec().path.substr(1));
  for (const std::string& key : reading.unknown_keys()) add(key);
  if (count == 0) return "no key that says anything about a battery";
  return count > kMaxKeys ? keys + " …" : keys;
}

/// Walks `text` once; on malformed JSON once more with bare words quoted.
bool walk(std::string_view text, PayloadWalker& walker) {
  if (nlohmann::json::sax_parse(text, &walker)) return true;
  if (!walker.malformed()) return false;
  const std::string repaired = quote_bare_words(text);
  if (repaired.size() == text.size()) return false;
  PayloadWalker second = walker.restarted();
  if (!nlohmann::json::sax_parse(repaired, &second) && second.malformed()) return false;
  walker = std::move(second);
  return !walker.stopped();
}

DecodeResult decode(std::string_view text, Reading& out, const RequiredItems& required,
                    PayloadWalker::Layer layer, ScalarNotes* notes) {
  PayloadWalker walker(out, layer, notes);
  if (!walk(text, walker)) {
    if (walker.malformed()) return Rejected{RejectCause::not_json, walker.error()};
    if (walker.too_deep())
      return Rejected{RejectCause::too_deep,
                      "the payload is nested deeper than any battery data; nothing of it is used"};
    return not_an_object(walker.root());
  }
  if (walker.wrapped_null()) return DeviceGone{};
  if (walker.wrapped_text()) {
    std::string inner = std::move(*walker.wrapped_text());
    out.clear();
    DecodeResult result = decode(inner, out, required, PayloadWalker::Layer::inner, notes);
    if (notes != nullptr) notes->wrapped = std::move(inner);
    return result;
  }
  return accept_or_reject(out, required);
}

}  // namespace

DecodeResult accept_or_reject(const Reading& reading, const RequiredItems& required) {
  const Sufficiency found = sufficiency_of(reading, required);
  if (found.missing.empty()) return Accepted{};
  std::string missing;
  for (const Quantity id : found.missing)
    missing += (missing.empty() ? "" : " and no ") + shown(id);
  return Rejected{RejectCause::minimum_missing, "the payload has no " + missing + "; it has " +
                                                    keys_of(reading) + "; the least is " +
                                                    std::string(kExample)};
}

DecodeResult decode_payload(std::string_view payload, Reading& out, const RequiredItems& required) {
  return walk_payload(payload, out, required, nullptr);
}

DecodeResult walk_payload(std::string_view payload, Reading& out, const RequiredItems& required,
                          ScalarNotes* notes) {
  out.clear();
  if (payload.empty()) return DeviceGone{};
  return decode(payload, out, required, PayloadWalker::Layer::outer, notes);
}

}  // namespace dmb
