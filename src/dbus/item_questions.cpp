// SPDX-License-Identifier: MIT
#include "item_questions.h"

#include "bus_item.h"
#include "call_error.h"
#include "message.h"

#include <utility>

namespace dmb {
namespace {

constexpr std::size_t kMaxText = 255;

}  // namespace

ItemQuestions::ItemQuestions(Bus& bus, const std::string& service,
                             const std::vector<std::string>& paths,
                             std::chrono::milliseconds patience, std::function<void()> done)
    : done_(std::move(done)), open_(paths.size()) {
  for (const std::string& path : paths) {
    items_.push_back(std::make_unique<Remote>(bus, service, path));
    items_.back()->call(kBusItem, "GetValue", patience,
                        [this, path](sd_bus_message* reply, const sdbus::Error* error) {
                          on_answer(path, reply, error);
                        });
  }
}

void ItemQuestions::on_answer(const std::string& path, sd_bus_message* reply,
                              const sdbus::Error* error) {
  answered_ = answered_ || error == nullptr || call_error::is_from_service(*error);
  if (error == nullptr)
    if (auto value = message::take_variant(reply, kMaxText))
      answers_.insert_or_assign(path, std::move(*value));
  if (--open_ == 0) done_();
}

}  // namespace dmb
