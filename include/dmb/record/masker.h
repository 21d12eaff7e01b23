// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/line.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace dmb::record {

/// What must not stand in a file that somebody sends to strangers.
enum class Secret : std::uint8_t {
  password,   ///< of brokers, and what a message calls a password, token or key
  user_name,  ///< at a broker
  serial,     ///< of a device; hardware addresses, too
  portal_id,  ///< the one that VRM knows the installation by
  broker,     ///< its name or address, unless it is this machine
  client_id,  ///< at a broker
  own_word,   ///< what the owner marked: record_mask
};
inline constexpr std::size_t kSecretKinds = 7;

/// More are not remembered: a publisher with ever new serials must not fill the memory.
inline constexpr std::size_t kMaxSecrets = 2000;
inline constexpr std::size_t kMaxSecretBytes = 500'000;  ///< of all of them

/// Puts a stand-in wherever a secret stands: the same for the same secret, in config, topics,
/// messages and logs alike, so that a masked recording is replayed to the same decisions.
/// Stand-ins are made of letters and digits ("serial1"; a portal id stays one of its kind; digits
/// stay so many digits): a masked message remains what it was for whoever decodes it.
///
/// A secret is replaced wherever it occurs if it has four characters or more, six if they are
/// digits, and is no part of a word that this program itself uses; else only behind the key that
/// tells it. A shorter word of the owner's is replaced where it is a whole word.
class Masker {
 public:
  /// Once it is known that `text` is one. Each answers false once there are too many secrets: what
  /// it was shown must not go out.
  bool learn(Secret kind, std::string_view text);
  /// The secrets of a config.ini, whatever else is wrong with it; of lines that are commented out
  /// as well.
  bool learn_config(std::string_view ini_text);
  /// The secrets that any text gives away: topics of Venus OS, keys that mean a serial or a
  /// password with what stands behind them, serials in Victron's form, hardware addresses.
  bool learn_text(std::string_view text);
  /// Those of a line, before it is masked.
  bool learn(const Line& line);

  /// How many of a kind it has learned.
  std::size_t count(Secret kind) const { return counts_.at(static_cast<std::size_t>(kind)); }

  std::string mask(std::string text) const;
  /// A config.ini: what stands behind its secret keys goes, be it as short as it may.
  std::string mask_config(std::string_view ini_text) const;
  Line mask(Line line) const;
  /// How many texts it replaces: more than before, where something new was learned.
  std::size_t size() const { return entries_.size(); }

 private:
  /// What it may be no part of.
  enum class Whole : std::uint8_t { nothing, number, word };
  struct Entry {
    std::string stand_in;
    Whole whole = Whole::nothing;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  /// `spelled`: with the key in front, which a secret that is found by chance needs.
  bool learn_spelled(Secret kind, std::string_view spelled, std::string_view value);
  bool learn_id(std::string_view id);
  bool learn_memory(const State& memory);
  bool learn_members(const MembersCame& came);
  bool learn_message(const MessageCame& message);
  std::string known_stand_in(Secret kind, std::string_view secret) const;
  std::string stand_in_for(Secret kind, std::string_view secret);
  void add(std::string_view secret, const std::string& stand_in, Whole whole = Whole::nothing);
  bool is_full() const;
  /// The longest secret that stands there; the end: none.
  Entries::const_iterator find_at(std::string_view text, std::size_t at) const;

  Entries entries_;  ///< by secret
  /// How long those are that begin with these two bytes.
  std::map<std::uint16_t, std::set<std::size_t, std::greater<>>> sizes_;
  std::bitset<65536> beginnings_;
  std::array<bool, 256> first_bytes_{};
  std::map<std::string, std::string, std::less<>> stand_ins_;  ///< by secret, in lower case
  std::size_t bytes_ = 0;                                      ///< of all secrets
  std::array<std::size_t, kSecretKinds> counts_{};
};

}  // namespace dmb::record
