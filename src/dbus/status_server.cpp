// SPDX-License-Identifier: MIT
#include "dbus/status_server.h"

#include "dmb/codec/text.h"
#include "message.h"
#include "status_wire.h"

#include <spdlog/spdlog.h>
#include <systemd/sd-bus.h>

#include <unistd.h>

#include <exception>
#include <optional>
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
  Impl(Loop& loop, Answer answer, Forget forget)
      : bus_(loop), answer_(std::move(answer)), forget_(std::move(forget)) {
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
    const auto calls = [message](const char* method) {
      return sd_bus_message_is_method_call(message, status_wire::kInterface, method) > 0;
    };
    const bool forget = calls(status_wire::kForget);
    if (!forget && !calls(status_wire::kGetStatus)) return 0;
    try {
      self->answer(message, forget);
    } catch (...) {
      // Whoever asks must not end the program: libsystemd, which called, knows no exceptions.
    }
    return 1;
  }

  /// The name that is to be forgotten; nullopt: nothing that could be one.
  static std::optional<std::string> name_in(sd_bus_message* call) {
    if (sd_bus_message_has_signature(call, "s") <= 0) return std::nullopt;
    const auto name = message::read_string(call);
    if (!name || name->empty() || name->size() > status_wire::kMaxNameBytes) return std::nullopt;
    return std::string(*name);
  }

  void answer(sd_bus_message* call, bool forget) try {
    const auto name = forget ? name_in(call) : std::nullopt;
    if (forget && !name) {
      message::check(sd_bus_reply_method_errorf(call, SD_BUS_ERROR_INVALID_ARGS,
                                                "the name of a shunt is expected"),
                     "send D-Bus error");
      return;
    }
    const std::string text = forget ? forget_(*name) : answer_();
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
  Forget forget_;
  Slot filter_;
  Slot request_;
};

StatusServer::StatusServer(Loop& loop, Answer answer, Forget forget)
    : impl_(std::make_unique<Impl>(loop, std::move(answer), std::move(forget))) {}

StatusServer::~StatusServer() = default;

}  // namespace dmb
