// SPDX-License-Identifier: MIT
#pragma once

#include "input_bytes.h"

#include <systemd/sd-bus.h>

#include <optional>
#include <string>

namespace dmb::fuzz {

/// Writes whatever D-Bus can carry, as the input says.
class BusWriter {
 public:
  BusWriter(sd_bus_message* message, InputBytes& input) : message_(message), input_(input) {}

  void open(char type, const char* contents) const;
  void close() const;
  /// Broken UTF-8, which no bus would deliver, becomes "?".
  void text(std::string text) const;

  /// One value of any type, without a variant around it. What it is as a number, if it is one.
  std::optional<double> value();
  /// The same in a variant.
  std::optional<double> variant();

 private:
  struct Kind {
    const char* signature;
    std::optional<double> (BusWriter::*write)();
  };
  static const Kind& kind(std::uint8_t choice);

  template <char type, typename Wire>
  std::optional<double> integer();
  std::optional<double> boolean();
  std::optional<double> real();
  std::optional<double> words();
  std::optional<double> empty_integers();
  std::optional<double> empty_words();
  std::optional<double> integers();
  std::optional<double> dictionary();
  std::optional<double> pair();
  std::optional<double> nested();
  std::optional<double> object_path();
  std::optional<double> signature();

  sd_bus_message* message_;
  InputBytes& input_;
  int depth_ = 0;
};

}  // namespace dmb::fuzz
