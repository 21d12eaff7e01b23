// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/audience.h"
#include "app/replay/run_time.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dmb::replay {

/// A decision that is another one now than it was then.
struct Difference {
  std::string where;  ///< when, and of which device, for people
  std::string recorded;
  std::string replayed;
};

/// Compares what is decided while a recording is played with what it says was decided then. Where
/// the beginning of a run is missing, each device is compared from the first moment on in which it
/// decides what it did then: what it knew by then is not all known. One that never does differs.
class Comparison final : public Audience {
 public:
  void on_run(const record::Began& began, Instant now) override;
  void on_created(Played& device, Instant now) override;
  void on_changed(Played& device, Instant now) override;
  void on_ended(Played& device, Instant now) override;
  void on_view(Played& device, const std::optional<record::Decision>& news, Instant now) override;
  void on_remark(const std::string& text, Instant now) override;
  void on_line(const record::Line& line) override;
  /// The last line was played.
  void end();

  /// The first ones, kMost at most.
  const std::vector<Difference>& differences() const { return differences_; }
  std::size_t different() const { return different_; }
  /// How many recorded decisions there were to compare with.
  std::size_t decisions() const { return decisions_; }
  /// What keeps the recording from being played as it was, for people.
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  static constexpr std::size_t kMost = 10;

  struct Both {
    std::optional<record::Decision> recorded;  ///< nullopt: not yet
    std::optional<record::Decision> replayed;
    bool is_noted = false;  ///< that they differ
    bool agreed = false;    ///< once
    /// How they differed first, of a run whose beginning is not known, until they agree.
    std::optional<Difference> held = {};
  };

  void compare_viewed();
  Difference difference_of(const std::string& device, const Both& both) const;
  void differ(const std::string& device, Both& both);
  void agree(const std::string& device, Both& both);
  void note(Difference difference);

  RunTime time_;
  bool lacks_beginning_ = false;
  std::map<std::string, Both> devices_;  ///< by service
  std::optional<std::string> viewed_;    ///< a decision of this one may follow
  Instant viewed_at_;
  std::vector<Difference> differences_;
  std::size_t different_ = 0;
  std::size_t decisions_ = 0;
  std::vector<std::string> remarks_;
};

}  // namespace dmb::replay
