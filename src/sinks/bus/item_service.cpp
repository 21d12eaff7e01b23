// SPDX-License-Identifier: MIT
#include "sinks/bus/item_service.h"

#include "dbus/bus_item.h"
#include "dbus/message.h"
#include "dbus/slot.h"
#include "dmb/codec/bus_value.h"
#include "dmb/codec/text.h"
#include "dmb/device/change.h"
#include "introspection.h"
#include "item_index.h"

#include <utility>

namespace dmb {

namespace {

constexpr const char* kIntrospectable = "org.freedesktop.DBus.Introspectable";
constexpr const char* kPeer = "org.freedesktop.DBus.Peer";

/// What SetValue answers: docs/venus-dbus.md, "Writing".
constexpr std::int32_t kDone = 0;
constexpr std::int32_t kNotWritable = 1;
constexpr std::int32_t kRefused = 2;

/// One call that is being answered.
struct Call {
  sd_bus_message* message;
  NodeKind kind;
  std::string_view path;
  std::optional<Quantity> item;  ///< of a leaf

  bool has_arguments(std::string_view signature) const {
    return sd_bus_message_get_signature(message, 1) == signature;
  }
  /// True when `interface` was asked for, or none at all, which D-Bus allows.
  bool is(const char* interface, std::string_view member) const {
    const char* asked = sd_bus_message_get_interface(message);
    return (asked == nullptr || std::string_view(asked) == interface) &&
           sd_bus_message_get_member(message) == member;
  }
};

void reply_error(const Call& call, const char* name, const char* text) {
  const auto error = SD_BUS_ERROR_MAKE_CONST(name, text);
  message::check(sd_bus_reply_method_error(call.message, &error), "send D-Bus error");
}

void reply_string(const Call& call, std::string_view text) {
  const auto reply = message::new_reply(call.message);
  message::append(reply.get(), text);
  message::send(reply);
}

void reply_code(const Call& call, std::int32_t code) {
  message::check(sd_bus_reply_method_return(call.message, "i", code), "send D-Bus reply");
}

}  // namespace

/// Answers calls from a Filter, which says why.
class ItemService::Impl {
 public:
  Impl(Bus& bus, std::span<const ItemSpec> items, const ItemValues& initial, WriteHandler on_write)
      : bus_(bus),
        items_(items),
        values_(items.size()),
        index_(items),
        on_write_(std::move(on_write)),
        filter_(bus, [this](sd_bus_message* message) { return handle(message); }) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto id = Quantity::at(i);
      if (initial[id].exists) store(id, initial[id].value);
    }
  }

  const ItemValues& values() const { return values_; }

  void update(const ItemValues& values, std::span<const Quantity> changed) {
    if (changed.empty()) return;
    for (const Quantity id : changed) store(id, values[id].value);
    const auto signal = message::new_signal(bus_.native(), "/", kBusItem, "ItemsChanged");
    append_items(signal.get(), changed);
    message::send(signal);
  }

  void store(Quantity id, const OptValue& value) {
    if (!values_[id].exists) index_.add(id);
    values_.set(id, as_published(value, items_[id.index()]));
  }

 private:
  /// False leaves the message to sd-bus: it answers Peer, and UnknownObject for foreign paths.
  bool handle(sd_bus_message* message) {
    if (sd_bus_message_is_method_call(message, nullptr, nullptr) <= 0) return false;
    if (sd_bus_message_is_method_call(message, kPeer, nullptr) > 0) return false;
    const std::string_view path = sd_bus_message_get_path(message);
    if (const Quantity* item = index_.find(path)) {
      answer_leaf({message, NodeKind::leaf, path, *item});
    } else if (path == "/") {
      answer_tree({message, NodeKind::root, path, std::nullopt});
    } else if (!index_.below(path).empty()) {
      answer_tree({message, NodeKind::node, path, std::nullopt});
    } else {
      return false;
    }
    return true;
  }

  void answer_leaf(const Call& call) {
    if (call.is(kBusItem, "SetValue")) return set_value(call);
    if (call.is(kBusItem, "GetValue")) return with_arguments(call, "", &Impl::get_value);
    if (call.is(kBusItem, "GetText")) return with_arguments(call, "", &Impl::get_text);
    if (call.is(kBusItem, "GetDescription")) return with_arguments(call, "si", &Impl::describe);
    answer_other(call);
  }

  void answer_tree(const Call& call) {
    if (call.is(kBusItem, "GetValue")) return with_arguments(call, "", &Impl::get_tree_value);
    if (call.is(kBusItem, "GetText")) return with_arguments(call, "", &Impl::get_tree_text);
    if (call.kind == NodeKind::root && call.is(kBusItem, "GetItems")) {
      return with_arguments(call, "", &Impl::get_items);
    }
    answer_other(call);
  }

  void answer_other(const Call& call) {
    if (call.is(kIntrospectable, "Introspect")) return with_arguments(call, "", &Impl::introspect);
    reply_error(call, SD_BUS_ERROR_UNKNOWN_METHOD,
                "this object has no such method; Introspect lists those it has");
  }

  using Answer = void (Impl::*)(const Call&);
  void with_arguments(const Call& call, std::string_view signature, Answer answer) {
    if (call.has_arguments(signature)) return (this->*answer)(call);
    reply_error(call, SD_BUS_ERROR_INVALID_ARGS,
                "wrong arguments; Introspect shows the right ones");
  }

  void get_value(const Call& call) {
    const auto reply = message::new_reply(call.message);
    message::append_variant(reply.get(), values_[*call.item].value);
    message::send(reply);
  }

  void get_text(const Call& call) { reply_string(call, text(*call.item)); }

  void describe(const Call& call) { reply_string(call, ""); }

  void introspect(const Call& call) {
    reply_string(call, introspection_xml(call.kind, index_.children(call.path)));
  }

  void get_tree_value(const Call& call) {
    const auto reply = message::new_reply(call.message);
    {
      const message::Container variant(reply.get(), 'v', "a{sv}");
      const message::Container dictionary(reply.get(), 'a', "{sv}");
      for_each_below(call.path, [&](Quantity id, std::string_view relative) {
        const message::Container entry(reply.get(), 'e', "sv");
        message::append(reply.get(), relative);
        message::append_variant(reply.get(), values_[id].value);
      });
    }
    message::send(reply);
  }

  void get_tree_text(const Call& call) {
    const auto reply = message::new_reply(call.message);
    {
      const message::Container variant(reply.get(), 'v', "a{ss}");
      const message::Container dictionary(reply.get(), 'a', "{ss}");
      for_each_below(call.path, [&](Quantity id, std::string_view relative) {
        const message::Container entry(reply.get(), 'e', "ss");
        message::append(reply.get(), relative);
        message::append(reply.get(), text(id));
      });
    }
    message::send(reply);
  }

  void get_items(const Call& call) {
    const auto reply = message::new_reply(call.message);
    append_items(reply.get(), index_.below("/"));
    message::send(reply);
  }

  /// `a{sa{sv}}`: absolute path -> Value and Text.
  void append_items(sd_bus_message* message, std::span<const Quantity> ids) {
    const message::Container items(message, 'a', "{sa{sv}}");
    for (const Quantity id : ids) {
      const message::Container entry(message, 'e', "sa{sv}");
      message::append(message, items_[id.index()].path);
      append_properties(message, id);
    }
  }

  /// `a{sv}`: Value and Text of one item.
  void append_properties(sd_bus_message* message, Quantity id) {
    const message::Container properties(message, 'a', "{sv}");
    {
      const message::Container value(message, 'e', "sv");
      message::append(message, "Value");
      message::append_variant(message, values_[id].value);
    }
    const message::Container as_text(message, 'e', "sv");
    message::append(message, "Text");
    message::append_text_variant(message, text(id));
  }

  template <typename Visit>
  void for_each_below(std::string_view node, Visit visit) {
    const std::size_t prefix_size = prefix_of(node).size();
    for (const Quantity id : index_.below(node))
      visit(id, items_[id.index()].path.substr(prefix_size));
  }

  void set_value(const Call& call) {
    if (call.has_arguments("")) {
      return reply_error(call, SD_BUS_ERROR_INVALID_ARGS, "SetValue needs a value");
    }
    const ItemSpec& spec = items_[call.item->index()];
    if (!has(spec.traits, Trait::writable)) return reply_code(call, kNotWritable);
    const auto written = message::read_value(call.message);
    const auto value = written ? convert(*written, spec) : std::nullopt;
    reply_code(call, value ? apply_write(call, *value) : kNotWritable);
  }

  /// The change signal goes out before the reply, as velib's does.
  std::int32_t apply_write(const Call& call, const OptValue& value) {
    if (value == values_[*call.item].value) return kDone;
    auto kept = on_write_(*call.item, value);
    if (!kept) return kRefused;
    store(*call.item, *kept);
    const std::string path(call.path);
    const auto signal =
        message::new_signal(bus_.native(), path.c_str(), kBusItem, "PropertiesChanged");
    append_properties(signal.get(), *call.item);
    message::send(signal);
    return kDone;
  }

  /// Computed when asked for: kept texts would double the memory of a tree.
  std::string_view text(Quantity id) {
    text_.clear();
    append_text(text_, values_[id].value, items_[id.index()].text);
    return text_;
  }

  Bus& bus_;
  std::span<const ItemSpec> items_;
  ItemValues values_;
  ItemIndex index_;
  WriteHandler on_write_;
  std::string text_;  ///< reused by text()
  Filter filter_;
};

ItemService::ItemService(Bus& bus, std::span<const ItemSpec> items, const ItemValues& initial,
                         WriteHandler on_write)
    : impl_(std::make_unique<Impl>(bus, items, initial, std::move(on_write))) {}

ItemService::~ItemService() = default;

const ItemValues& ItemService::values() const {
  return impl_->values();
}

void ItemService::update(const ItemValues& values, std::span<const Quantity> changed) {
  impl_->update(values, changed);
}

}  // namespace dmb
