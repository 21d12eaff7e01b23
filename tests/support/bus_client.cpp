// SPDX-License-Identifier: MIT
#include "bus_client.h"

#include "wait_for.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace dmb::test {

namespace {

void check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::to_string(-result));
}

template <typename Number>
std::string read_integer(sd_bus_message* message, char type) {
  Number value{};
  check(sd_bus_message_read_basic(message, type, &value), "read");
  return std::to_string(value);
}

std::string read_double(sd_bus_message* message) {
  double value = 0;
  check(sd_bus_message_read_basic(message, 'd', &value), "read");
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.10g", value);
  return text.data();
}

std::string read_string(sd_bus_message* message, char type) {
  const char* value = nullptr;
  check(sd_bus_message_read_basic(message, type, &value), "read");
  return '"' + std::string(value) + '"';
}

std::string read_basic(sd_bus_message* message, char type) {
  switch (type) {
    case 'y':
      return read_integer<std::uint8_t>(message, type);
    case 'n':
      return read_integer<std::int16_t>(message, type);
    case 'q':
      return read_integer<std::uint16_t>(message, type);
    case 'b':
    case 'i':
      return read_integer<std::int32_t>(message, type);
    case 'u':
      return read_integer<std::uint32_t>(message, type);
    case 'x':
      return read_integer<std::int64_t>(message, type);
    case 't':
      return read_integer<std::uint64_t>(message, type);
    case 'd':
      return read_double(message);
    default:
      return read_string(message, type);
  }
}

std::string read_next(sd_bus_message* message);

std::string read_all(sd_bus_message* message, std::string_view separator) {
  std::string out;
  while (sd_bus_message_at_end(message, 0) == 0) {
    if (!out.empty()) out += separator;
    out += read_next(message);
  }
  return out;
}

std::string read_container(sd_bus_message* message, char type, const std::string& contents) {
  check(sd_bus_message_enter_container(message, type, contents.c_str()), "enter");
  std::string inner = read_all(message, type == 'e' ? ": " : ", ");
  check(sd_bus_message_exit_container(message), "exit");
  if (type == 'v') return '<' + contents + ' ' + inner + '>';
  if (type == 'e') return inner;
  if (type == 'a' && contents.starts_with('{')) return '{' + inner + '}';
  return type == 'a' ? '[' + inner + ']' : '(' + inner + ')';
}

std::string read_next(sd_bus_message* message) {
  char type = 0;
  const char* contents = nullptr;
  check(sd_bus_message_peek_type(message, &type, &contents), "peek");
  if (contents == nullptr) return read_basic(message, type);
  return read_container(message, type, contents);
}

struct PendingAnswer {
  BusClient::Answer answer;
  bool arrived = false;
  std::vector<BusClient::Event>* events = nullptr;
};

int on_reply(sd_bus_message* reply, void* userdata, sd_bus_error*) {
  auto* pending = static_cast<PendingAnswer*>(userdata);
  pending->arrived = true;
  if (const sd_bus_error* error = sd_bus_message_get_error(reply)) {
    pending->answer.error = error->name;
    pending->answer.text = error->message == nullptr ? "" : error->message;
  } else {
    pending->answer.signature = sd_bus_message_get_signature(reply, 1);
    pending->answer.body = dump(reply);
  }
  pending->events->push_back({"reply", "", "", pending->answer.signature, pending->answer.body});
  return 0;
}

}  // namespace

std::string dump(sd_bus_message* message) {
  return read_all(message, ", ");
}

BusClient::BusClient(const std::string& address) {
  check(sd_bus_new(&bus_), "new bus");
  check(sd_bus_set_address(bus_, address.c_str()), "set address");
  check(sd_bus_set_bus_client(bus_, 1), "set client");
  check(sd_bus_start(bus_), "connect");
  check(sd_bus_flush(bus_), "flush");
}

BusClient::~BusClient() {
  sd_bus_flush_close_unref(bus_);
}

sd_bus_message* BusClient::new_call(const std::string& service, const std::string& path,
                                    const std::string& interface, const std::string& member) {
  sd_bus_message* message = nullptr;
  check(sd_bus_message_new_method_call(bus_, &message, service.c_str(), path.c_str(),
                                       interface.empty() ? nullptr : interface.c_str(),
                                       member.c_str()),
        "new call");
  return message;
}

BusClient::Answer BusClient::send(sd_bus_message* message) {
  PendingAnswer pending;
  pending.events = &events_;
  sd_bus_slot* slot = nullptr;
  const auto timeout_usec = std::chrono::microseconds(kDeadline).count();
  const int result = sd_bus_call_async(bus_, &slot, message, on_reply, &pending,
                                       static_cast<std::uint64_t>(timeout_usec));
  sd_bus_message_unref(message);
  check(result, "send");
  wait_for([&] { return pending.arrived; });
  sd_bus_slot_unref(slot);
  if (!pending.arrived) throw std::runtime_error("no answer");
  return pending.answer;
}

void BusClient::watch(const std::string& rule) {
  check(sd_bus_add_match(bus_, nullptr, rule.c_str(), &BusClient::on_signal, this), "match");
}

int BusClient::on_signal(sd_bus_message* signal, void* userdata, sd_bus_error*) {
  const char* sender = sd_bus_message_get_sender(signal);
  static_cast<BusClient*>(userdata)->events_.push_back(
      {sd_bus_message_get_member(signal), sd_bus_message_get_path(signal),
       sender == nullptr ? "" : sender, sd_bus_message_get_signature(signal, 1), dump(signal)});
  return 0;
}

bool BusClient::wait_for(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    const int processed = sd_bus_process(bus_, nullptr);
    if (processed < 0) return condition();
    if (processed == 0) sd_bus_wait(bus_, 20'000);
  }
  return true;
}

void BusClient::settle(const std::string& service) {
  call(service, "/", "org.freedesktop.DBus.Peer", "Ping");
  std::erase_if(events_, [](const Event& event) { return event.member == "reply"; });
}

bool BusClient::request_name(const std::string& name) {
  return sd_bus_request_name(bus_, name.c_str(), 0) >= 0;
}

void BusClient::release_name(const std::string& name) {
  sd_bus_release_name(bus_, name.c_str());
}

std::string BusClient::unique_name() const {
  const char* name = nullptr;
  check(sd_bus_get_unique_name(bus_, &name), "unique name");
  return name;
}

std::string BusClient::owner_of(const std::string& name) {
  const auto answer = call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                           "GetNameOwner", "s", name.c_str());
  return answer.error.empty() ? answer.body.substr(1, answer.body.size() - 2) : "";
}

}  // namespace dmb::test
