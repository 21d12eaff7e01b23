// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dmb {

/// Gives each member an id that tells it from the others also after it comes back: its serial, or
/// the name of its service when it has none or when another member has the same one.
class ShuntIds {
 public:
  /// The id of the member on `service`; stays the same while its serial does, whoever else leaves.
  const std::string& id_of(const std::string& service, const std::string& serial);
  /// It is no member any more.
  void forget(std::string_view service);

 private:
  struct Entry {
    std::string serial;
    std::string id;
  };
  bool is_taken(const std::string& id) const;

  std::map<std::string, Entry, std::less<>> entries_;  ///< by service
};

}  // namespace dmb
