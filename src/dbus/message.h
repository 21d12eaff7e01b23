// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/value.h"
#include "dmb/codec/bus_value.h"

#include <systemd/sd-bus.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

/// Reading and writing the body of an sd-bus message. Values go straight into the message, without
/// a map or variant in between.
namespace dmb::message {

struct Release {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Ptr = std::unique_ptr<sd_bus_message, Release>;

/// Throws std::system_error when `result` is negative: memory, or the connection has ended.
void check(int result, const char* what);

Ptr new_reply(sd_bus_message* call);
Ptr new_signal(sd_bus* bus, const char* path, const char* interface, const char* member);
void send(const Ptr& message);

/// A container being written; closed at the end of its scope.
class Container {
 public:
  /// `type` is 'a', 'e' (dictionary entry) or 'v'; `contents` the signature inside.
  Container(sd_bus_message* message, char type, const char* contents);
  ~Container();
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

 private:
  sd_bus_message* message_;
};

/// A string. What D-Bus forbids (broken UTF-8, NUL) is escaped: the daemon would cut us off for it.
void append(sd_bus_message* message, std::string_view text);

/// A variant that holds `d`, `i` or `s`, or the empty `ai` for an invalid value.
void append_variant(sd_bus_message* message, const OptValue& value);

/// A variant that holds `s`.
void append_text_variant(sd_bus_message* message, std::string_view text);

/// Takes the next value out of `message`: a basic type, an empty array, or a variant that holds one
/// of them. nullopt for anything else (structs, filled arrays, variants in variants, file
/// descriptors); then nothing more can be read from `message`.
std::optional<BusValue> read_value(sd_bus_message* message);

/// Takes a variant whatever it holds, unlike read_value(), after which nothing more can be read. A
/// longer text is cut. nullopt: no item can hold such a value.
std::optional<BusValue> take_variant(sd_bus_message* message, std::size_t max_text_bytes);

/// Takes a string (`s`); nullopt when something else or nothing comes next, which is left there.
std::optional<std::string_view> read_string(sd_bus_message* message);

/// Takes a number or a truth value of this type; nullopt for other types, and when something else
/// or nothing comes next, which is left there.
std::optional<BusValue> read_number(sd_bus_message* message, char type);

}  // namespace dmb::message
