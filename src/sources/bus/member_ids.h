// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmb {

/// Gives each member an id that tells it from the others also after it comes back, on whatever
/// port: its serial. While that is not known, its service's last id stands for it, or the service's
/// name.
///
/// Whoever counts members by id would miss the one of an id that was only a stand-in: those are
/// told as retired, once.
class MemberIds {
 public:
  struct Member {
    std::string service;
    std::string serial;   ///< empty: not known
    bool hidden = false;  ///< a newer service stands for it, under the same serial or owner
  };

  /// The ids of all that are there now, in their order; those of hidden ones mean nothing.
  std::vector<std::string> assign(std::span<const Member> members);

  /// What a member may have counted as.
  std::vector<std::string> known_as(const std::string& service, const std::string& serial) const;

  /// Stand-ins that nobody has any more.
  std::vector<std::string> take_retired() { return std::exchange(retired_, {}); }

 private:
  using Texts = std::map<std::string, std::string, std::less<>>;

  std::string guess(const std::string& service, std::span<const std::string> taken) const;
  void retire(std::span<const Member> members, std::span<const std::string> ids);

  Texts last_of_service_;
  std::vector<std::string> retired_;
};

}  // namespace dmb
