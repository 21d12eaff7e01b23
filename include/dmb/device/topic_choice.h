// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// Which of the topics that a filter with wildcards brings is the battery's, as a value. One
/// battery is one topic: the first one heard. Others are not mixed in, neither values nor their
/// end; when the battery's own has fallen silent, the next one with a sign of life takes over.
class TopicChoice {
 public:
  enum class Verdict : std::uint8_t {
    ours,
    takes_over,  ///< from now on ours: what the one before told is void
    other,
  };

  explicit TopicChoice(std::string_view filter);

  /// About a message with battery data. `is_life`: it is a sign of life by itself; `alive`: the
  /// battery is.
  Verdict judge(std::string_view topic, bool is_life, bool alive);

  /// Whether a message without data (an end, a rejected one) concerns the battery.
  bool is_ours(std::string_view topic) const { return !wild_ || topic == chosen_; }
  /// The battery's topic; empty as long as it is not known.
  const std::string& topic() const { return chosen_; }
  /// Topics with data of other batteries, in the order they were heard; not more than a few.
  const std::vector<std::string>& others() const { return others_; }

 private:
  Verdict choose(std::string_view topic, bool is_life, Verdict verdict);
  void note_other(std::string_view topic);

  bool wild_;
  std::string chosen_;
  bool proven_ = false;  ///< it gave a sign of life; else it only filled in
  std::vector<std::string> others_;
};

}  // namespace dmb
