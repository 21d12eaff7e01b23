// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dmb {

/// Gives each member an id that tells it from the others also after it comes back: its serial, or
/// the name of its service when it has none or when another member has the same one.
///
/// An id does not change while its member is there, and what it was is remembered: whoever counts
/// members by id would take a serial that comes late for a second shunt, and miss the first.
class ShuntIds {
 public:
  /// The id of the member on `service`; `serial` may be empty.
  const std::string& id_of(const std::string& service, const std::string& serial);
  /// It is no member any more.
  void leave(std::string_view service);

 private:
  using Texts = std::map<std::string, std::string, std::less<>>;
  struct Member {
    std::string id;
    std::string serial;
  };

  std::string choose(const std::string& service, const std::string& serial) const;
  bool is_taken(const std::string& id) const;
  void learn(const std::string& service, Member& member, const std::string& serial);

  std::map<std::string, Member, std::less<>> present_;  ///< by service
  Texts of_serial_;
  Texts last_of_service_;
};

}  // namespace dmb
