// SPDX-License-Identifier: MIT
#include "bus_writer.h"

#include "dmb/codec/text.h"

#include <array>
#include <system_error>

namespace dmb::fuzz {

namespace {

void check(int result) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), "write D-Bus message");
}

}  // namespace

const BusWriter::Kind& BusWriter::kind(std::uint8_t choice) {
  static constexpr std::array<Kind, 19> kKinds{{{"d", &BusWriter::real},
                                                {"i", &BusWriter::integer<'i', std::int32_t>},
                                                {"s", &BusWriter::words},
                                                {"ai", &BusWriter::empty_integers},
                                                {"b", &BusWriter::boolean},
                                                {"y", &BusWriter::integer<'y', std::uint8_t>},
                                                {"n", &BusWriter::integer<'n', std::int16_t>},
                                                {"q", &BusWriter::integer<'q', std::uint16_t>},
                                                {"u", &BusWriter::integer<'u', std::uint32_t>},
                                                {"x", &BusWriter::integer<'x', std::int64_t>},
                                                {"t", &BusWriter::integer<'t', std::uint64_t>},
                                                {"as", &BusWriter::empty_words},
                                                {"ai", &BusWriter::integers},
                                                {"a{sv}", &BusWriter::dictionary},
                                                {"(id)", &BusWriter::pair},
                                                {"v", &BusWriter::nested},
                                                {"o", &BusWriter::object_path},
                                                {"g", &BusWriter::signature},
                                                {"d", &BusWriter::real}}};
  return kKinds[choice % kKinds.size()];
}

void BusWriter::open(char type, const char* contents) const {
  check(sd_bus_message_open_container(message_, type, contents));
}

void BusWriter::close() const {
  check(sd_bus_message_close_container(message_));
}

void BusWriter::text(std::string text) const {
  if (!is_bus_text(text))
    for (char& c : text)
      if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') c = '?';
  check(sd_bus_message_append_basic(message_, 's', text.c_str()));
}

std::optional<double> BusWriter::value() {
  return (this->*kind(input_.byte()).write)();
}

std::optional<double> BusWriter::variant() {
  const Kind& chosen = kind(depth_ < 3 ? input_.byte() : std::uint8_t{0});
  ++depth_;
  open('v', chosen.signature);
  const auto number = (this->*chosen.write)();
  close();
  --depth_;
  return number;
}

template <char type, typename Wire>
std::optional<double> BusWriter::integer() {
  // Small ones too: flags and enumerations are.
  const Wire value = input_.flag() ? static_cast<Wire>(input_.byte()) : input_.integer<Wire>();
  check(sd_bus_message_append_basic(message_, type, &value));
  return static_cast<double>(value);
}

std::optional<double> BusWriter::boolean() {
  const int value = input_.flag() ? 1 : 0;
  check(sd_bus_message_append_basic(message_, 'b', &value));
  return value;
}

std::optional<double> BusWriter::real() {
  const double value = input_.real();
  check(sd_bus_message_append_basic(message_, 'd', &value));
  return value;
}

std::optional<double> BusWriter::words() {
  text(input_.text(200));
  return std::nullopt;
}

std::optional<double> BusWriter::empty_integers() {
  open('a', "i");
  close();
  return std::nullopt;
}

std::optional<double> BusWriter::empty_words() {
  open('a', "s");
  close();
  return std::nullopt;
}

std::optional<double> BusWriter::integers() {
  open('a', "i");
  for (std::size_t count = input_.below(4); count > 0; --count) integer<'i', std::int32_t>();
  close();
  return std::nullopt;
}

std::optional<double> BusWriter::dictionary() {
  open('a', "{sv}");
  for (std::size_t count = input_.below(3); count > 0; --count) {
    open('e', "sv");
    text(input_.text(8));
    variant();
    close();
  }
  close();
  return std::nullopt;
}

std::optional<double> BusWriter::pair() {
  open('r', "id");
  integer<'i', std::int32_t>();
  real();
  close();
  return std::nullopt;
}

std::optional<double> BusWriter::nested() {
  variant();
  return std::nullopt;
}

std::optional<double> BusWriter::object_path() {
  check(sd_bus_message_append_basic(message_, 'o', "/Dc/0/Voltage"));
  return std::nullopt;
}

std::optional<double> BusWriter::signature() {
  check(sd_bus_message_append_basic(message_, 'g', "a{sv}"));
  return std::nullopt;
}

}  // namespace dmb::fuzz
