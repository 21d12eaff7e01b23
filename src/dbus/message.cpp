// SPDX-License-Identifier: MIT
#include "message.h"

#include "dmb/codec/text.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <system_error>

namespace dmb::message {

namespace {

void append_basic(sd_bus_message* message, char type, const void* value) {
  check(sd_bus_message_append_basic(message, type, value), "write D-Bus value");
}

void append_invalid(sd_bus_message* message) {
  const Container variant(message, 'v', "ai");
  const Container empty(message, 'a', "i");
}

struct AppendVariant {
  sd_bus_message* message;

  void operator()(double number) const {
    // Not even by a fault of ours: consumers calculate with it.
    if (!std::isfinite(number)) return append_invalid(message);
    const Container variant(message, 'v', "d");
    append_basic(message, 'd', &number);
  }
  void operator()(std::int32_t number) const {
    const Container variant(message, 'v', "i");
    append_basic(message, 'i', &number);
  }
  void operator()(const std::string& text) const { append_text_variant(message, text); }
};

template <typename Wire, typename Wide>
std::optional<BusValue> read_as(sd_bus_message* message, char type) {
  Wire value{};
  if (sd_bus_message_read_basic(message, type, &value) <= 0) return std::nullopt;
  return BusValue(static_cast<Wide>(value));
}

std::optional<BusValue> read_boolean(sd_bus_message* message) {
  int value = 0;
  if (sd_bus_message_read_basic(message, 'b', &value) <= 0) return std::nullopt;
  return BusValue(value != 0);
}

std::optional<BusValue> read_text(sd_bus_message* message) {
  const auto text = read_string(message);
  if (!text) return std::nullopt;
  return BusValue(std::string(*text));
}

std::optional<BusValue> read_array(sd_bus_message* message, const char* contents) {
  if (sd_bus_message_enter_container(message, 'a', contents) <= 0) return std::nullopt;
  if (sd_bus_message_at_end(message, 0) <= 0) return std::nullopt;
  sd_bus_message_exit_container(message);
  return std::monostate();
}

std::optional<BusValue> read_plain(sd_bus_message* message) {
  char type = 0;
  const char* contents = nullptr;
  if (sd_bus_message_peek_type(message, &type, &contents) <= 0) return std::nullopt;
  switch (type) {
    case 's':
      return read_text(message);
    case 'a':
      return read_array(message, contents);
    default:
      return read_number(message, type);
  }
}

/// Never within a character: `text` is well-formed, which libsystemd has seen to.
std::string_view cut(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

std::optional<BusValue> take_text(sd_bus_message* message, std::size_t max_bytes) {
  const auto text = read_string(message);
  if (!text) return std::nullopt;
  return BusValue(std::string(cut(*text, max_bytes)));
}

/// Any empty array is the invalid value, no other array is one.
std::optional<BusValue> take_array(sd_bus_message* message, const char* contents) {
  if (sd_bus_message_enter_container(message, 'a', contents) <= 0) return std::nullopt;
  const bool is_empty = sd_bus_message_at_end(message, 0) > 0;
  while (sd_bus_message_at_end(message, 0) == 0) {
    if (sd_bus_message_skip(message, contents) < 0) return std::nullopt;
  }
  if (sd_bus_message_exit_container(message) < 0 || !is_empty) return std::nullopt;
  return std::monostate();
}

}  // namespace

void check(int result, const char* what) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), what);
}

Ptr new_reply(sd_bus_message* call) {
  sd_bus_message* reply = nullptr;
  check(sd_bus_message_new_method_return(call, &reply), "create D-Bus reply");
  return Ptr(reply);
}

Ptr new_signal(sd_bus* bus, const char* path, const char* interface, const char* member) {
  sd_bus_message* signal = nullptr;
  check(sd_bus_message_new_signal(bus, &signal, path, interface, member), "create D-Bus signal");
  return Ptr(signal);
}

void send(const Ptr& message) {
  check(sd_bus_send(nullptr, message.get(), nullptr), "send D-Bus message");
}

Container::Container(sd_bus_message* message, char type, const char* contents) : message_(message) {
  check(sd_bus_message_open_container(message, type, contents), "open D-Bus container");
}

// Fails only after a write inside failed, and that one has thrown.
Container::~Container() {
  sd_bus_message_close_container(message_);
}

void append(sd_bus_message* message, std::string_view text) {
  if (!is_bus_text(text)) return append(message, printable(text, std::string::npos));
  char* space = nullptr;
  check(sd_bus_message_append_string_space(message, text.size(), &space), "write D-Bus string");
  std::memcpy(space, text.data(), text.size());
}

void append_variant(sd_bus_message* message, const OptValue& value) {
  if (!value) return append_invalid(message);
  std::visit(AppendVariant{message}, *value);
}

void append_text_variant(sd_bus_message* message, std::string_view text) {
  const Container variant(message, 'v', "s");
  append(message, text);
}

std::optional<BusValue> read_value(sd_bus_message* message) {
  char type = 0;
  const char* contents = nullptr;
  if (sd_bus_message_peek_type(message, &type, &contents) <= 0) return std::nullopt;
  if (type != 'v') return read_plain(message);
  if (sd_bus_message_enter_container(message, 'v', contents) <= 0) return std::nullopt;
  auto value = read_plain(message);
  sd_bus_message_exit_container(message);
  return value;
}

std::optional<BusValue> take_variant(sd_bus_message* message, std::size_t max_text_bytes) {
  const char* peeked = nullptr;
  if (sd_bus_message_peek_type(message, nullptr, &peeked) <= 0) return std::nullopt;
  const std::string type(peeked);
  if (sd_bus_message_enter_container(message, 'v', type.c_str()) <= 0) return std::nullopt;
  std::optional<BusValue> value;
  if (type == "s") {
    value = take_text(message, max_text_bytes);
  } else if (type.starts_with('a')) {
    value = take_array(message, type.c_str() + 1);
  } else {
    value = read_number(message, type.front());
    if (!value) sd_bus_message_skip(message, type.c_str());
  }
  sd_bus_message_exit_container(message);
  return value;
}

std::optional<std::string_view> read_string(sd_bus_message* message) {
  const char* text = nullptr;
  if (sd_bus_message_read_basic(message, 's', &text) <= 0) return std::nullopt;
  return std::string_view(text);
}

std::optional<BusValue> read_number(sd_bus_message* message, char type) {
  switch (type) {
    case 'b':
      return read_boolean(message);
    case 'y':
      return read_as<std::uint8_t, std::uint64_t>(message, type);
    case 'n':
      return read_as<std::int16_t, std::int64_t>(message, type);
    case 'q':
      return read_as<std::uint16_t, std::uint64_t>(message, type);
    case 'i':
      return read_as<std::int32_t, std::int64_t>(message, type);
    case 'u':
      return read_as<std::uint32_t, std::uint64_t>(message, type);
    case 'x':
      return read_as<std::int64_t, std::int64_t>(message, type);
    case 't':
      return read_as<std::uint64_t, std::uint64_t>(message, type);
    case 'd':
      return read_as<double, double>(message, type);
    default:
      return std::nullopt;
  }
}

}  // namespace dmb::message
