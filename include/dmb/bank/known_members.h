// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_memory.h"
#include "dmb/bank/member.h"
#include "dmb/bank/stop_cause.h"
#include "dmb/battery/value.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// A shunt that was away for so long is forgotten.
inline constexpr std::chrono::hours kMemberForgottenAfter{7 * 24};

/// One that has counted, as last heard.
struct KnownMember {
  std::string name;
  std::optional<double> capacity_ah;
  StopCauses causes;  ///< they hold while it is away
  Standing standing = Standing::counted;
  bool present = false;
  bool switched_off = false;     ///< by a person, whether it is there or not; never `present`
  Instant gone_at{};             ///< while it is not present
  std::chrono::hours absent{0};  ///< before that, in earlier runs of the program
};

/// What comes of the wish to forget a shunt.
enum class Forgetting : std::uint8_t {
  forgotten,
  present,  ///< it is there, so it would only be known anew
  several,  ///< of that name: which one is meant must be said by serial
  unknown,
};

/// Every shunt that ever counted, whether it is there now or not, and how many there should be.
///
/// Lost are as many as are missing of the expected number, which is configured or else as many as
/// were ever heard together: so a shunt that was exchanged for another one is not missed. One that
/// is switched off is not missed either, nor is it forgotten; but its share may not be used.
class KnownMembers {
 public:
  using ById = std::map<std::string, KnownMember>;

  /// nullopt: as many as were ever heard together, and not fewer than `at_least`.
  void expect(std::optional<std::size_t> count, std::size_t at_least = 0);
  /// How many more are on the bus that should count, and tell nothing.
  void set_mute(std::size_t count);

  /// These are switched off from now on, and no others. `there`: whoever is there, and what it is.
  void switch_off(const std::set<std::string>& ids, std::span<const MemberSnapshot> there,
                  Instant now);
  std::size_t switched_off() const { return off_; }

  /// `members` are all that are heard.
  void look(std::span<const MemberSnapshot> members, Instant now);
  /// One of them told something new.
  KnownMember& hear(const MemberSnapshot& member);
  /// Forgets those that were away for too long.
  void let_pass(Instant now);
  /// When let_pass() does something.
  std::optional<Instant> deadline() const;

  /// `entry` as of is_named(), though nobody knows the instance of one that is missing.
  Forgetting forget(std::string_view entry);
  /// The names of those that are not there, with the id where that is another.
  std::vector<std::string> missing() const;

  /// By id: it never counted, whatever it seemed to be.
  void drop(const std::string& id);

  const ById& all() const { return shunts_; }
  std::size_t present() const { return present_; }
  std::size_t expected() const;
  std::size_t lost() const {
    return expected() > present_ + off_ ? expected() - present_ - off_ : 0;
  }
  /// What part of the bank is there and connected: by capacity where every one's is known, else by
  /// number. Of those that may be meant by the lost ones the biggest are taken. 0…1.
  double share_present() const;

  std::size_t heard_together() const { return together_; }

  /// Shunts and their number; the rest is a BMS's.
  BankMemory memory(Instant now) const;
  /// Before the first look(): nobody is there yet.
  void resume(const BankMemory& memory, Instant now);

 private:
  void forget_surplus();
  void erase(ById::iterator shunt);

  ById shunts_;
  std::size_t present_ = 0;
  std::size_t off_ = 0;  ///< switched off
  std::size_t together_ = 0;
  std::size_t mute_ = 0;
  std::optional<std::size_t> configured_;
  std::size_t at_least_ = 0;
  mutable std::optional<double> share_;
};

}  // namespace dmb
