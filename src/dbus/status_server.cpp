// SPDX-License-Identifier: MIT
#include "dbus/status_server.h"

#include "dmb/codec/text.h"
#include "message.h"
#include "status_wire.h"

#include <spdlog/spdlog.h>
#include <systemd/sd-bus.h>

#include <unistd.h>

#include <exception>
#include <string_view>
#include <utility>

namespace dmb {

namespace {

constexpr std::uint64_t kNoFlags = 0;  // so it neither queues nor replaces

struct SlotRelease {
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using Slot = std::unique_ptr<sd_bus_slot, SlotRelease>;

}  // namespace

/// A filter and one asynchronous request: an object of sdbus-c++ or a watched BusName would cost
/// memory for what nobody may ever use.
class StatusServer::Impl {
 public:
  Impl(Loop& loop, Answer answer) : bus_(loop), answer_(std::move(answer)) {
    sd_bus_slot* slot = nullptr;
    message::check(sd_bus_add_filter(bus_.native(), &slot, &Impl::on_message, this),
                   "add D-Bus filter");
    filter_.reset(slot);
    const std::string name =
        std::string(status_wire::kNamePrefix) + std::to_string(static_cast<long>(::getpid()));
    message::check(sd_bus_request_name_async(bus_.native(), &slot, name.c_str(), kNoFlags,
                                             &Impl::on_name, this),
                   "request the status name");
    request_.reset(slot);
  }

 private:
  static int on_name(sd_bus_message* reply, void*, sd_bus_error*) {
    std::uint32_t answer = 0;
    const bool refused = sd_bus_message_is_method_error(reply, nullptr) > 0 ||
                         sd_bus_message_read_basic(reply, 'u', &answer) <= 0;
    constexpr std::uint32_t kPrimaryOwner = 1;
    if (refused || answer != kPrimaryOwner)
      spdlog::info("the D-Bus daemon gives this process no name for --status; all else works");
    return 0;
  }

  static int on_message(sd_bus_message* message, void* userdata, sd_bus_error*) {
    auto* self = static_cast<Impl*>(userdata);
    if (sd_bus_message_is_method_call(message, status_wire::kInterface, status_wire::kMethod) <= 0)
      return 0;
    try {
      self->answer(message);
    } catch (...) {
      // Whoever asks must not end the program: libsystemd, which called, knows no exceptions.
    }
    return 1;
  }

  void answer(sd_bus_message* call) try {
    const std::string text = answer_();
    const auto reply = message::new_reply(call);
    message::append(reply.get(), text);
    message::send(reply);
  } catch (const std::exception& error) {
    const std::string why = printable(error.what(), 200);
    message::check(sd_bus_reply_method_errorf(call, SD_BUS_ERROR_FAILED, "%s", why.c_str()),
                   "send D-Bus error");
  }

  Bus bus_;
  Answer answer_;
  Slot filter_;
  Slot request_;
};

StatusServer::StatusServer(Loop& loop, Answer answer)
    : impl_(std::make_unique<Impl>(loop, std::move(answer))) {}

StatusServer::~StatusServer() = default;

}  // namespace dmb
