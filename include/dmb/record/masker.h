// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/record/line.h"

#include <cstdint>
#include <map>
#include <optional>
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

/// Puts a stand-in wherever a secret stands: the same for the same secret, in config, topics,
/// messages and logs alike, so that a masked recording is replayed to the same decisions.
/// Stand-ins are made of letters and digits ("serial1"; a portal id stays one of its kind; digits
/// stay so many digits): a masked message remains what it was for whoever decodes it.
///
/// A secret is replaced wherever it occurs if it is long enough not to be found by chance and no
/// word that this program itself uses; else only where it is told as one: by its key of the config.
class Masker {
 public:
  /// Once it is known that `text` is one.
  void learn(Secret kind, std::string_view text);
  /// The secrets of a config.ini, whatever else is wrong with it.
  void learn_config(std::string_view ini_text);
  /// The secrets that any text gives away: topics of Venus OS, JSON keys that mean a serial or a
  /// password, serials in Victron's form.
  void learn_text(std::string_view text);
  /// Those of a line, before it is masked.
  void learn(const Line& line);

  std::string mask(std::string text) const;
  /// A config.ini: what stands in its secret keys goes, be it as short as it may.
  std::string mask_config(std::string_view ini_text) const;
  Line mask(Line line) const;
};

}  // namespace dmb::record
