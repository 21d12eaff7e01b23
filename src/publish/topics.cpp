// SPDX-License-Identifier: MIT
#include "dmb/publish/topics.h"

#include "dmb/battery/letter_case.h"

#include <algorithm>
#include <utility>

namespace dmb {

std::string topic_word(std::string_view text) {
  std::string word(text);
  std::ranges::replace_if(
      word, [](char c) { return !(is_digit(c) || is_letter(c) || c == '_' || c == '-'); }, '_');
  return word;
}

PublishTopics::PublishTopics(std::string base, std::string_view client,
                             std::string discovery_prefix)
    : client_(topic_word(client)),
      own_(std::move(base) + "/" + client_),
      discovery_prefix_(std::move(discovery_prefix)) {}

std::string PublishTopics::state(std::string_view id) const {
  return own_ + "/" + std::string(id) + "/state";
}

std::string PublishTopics::availability(std::string_view id) const {
  return own_ + "/" + std::string(id) + "/availability";
}

std::string PublishTopics::discovery(std::string_view id) const {
  return discovery_prefix_ + "/device/" + topic_word(device_id(id)) + "/config";
}

std::vector<std::string> PublishTopics::filters() const {
  return {own_ + "/#", discovery_prefix_ + "/device/+/config"};
}

}  // namespace dmb
