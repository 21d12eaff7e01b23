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

#include <algorithm>
#include <utility>
#include <vector>

namespace dmb {

namespace {

constexpr const char* kIntrospectable = "org.freedesktop.DBus.Introspectable";
constexpr const char* kPeer = "org.freedesktop.DBus.Peer";

/// What SetValue answers: docs/venus-dbus.md, "Writing".
constexpr std::int32_t kDone = 0;
constexpr std::int32_t kNotWritable = 1;
constexpr std::int32_t kRefused = 2;

/// An item, of the table of quantities or beside it.
struct Leaf {
  const ItemSpec* spec = nullptr;
  const OptValue* value = nullptr;
  std::optional<Quantity> quantity = {};  ///< nullopt: a side item
};

/// Side items that stand beside each other.
struct SidePart {
  SideItems::const_iterator first;
  SideItems::const_iterator last;

  SideItems::const_iterator begin() const { return first; }
  SideItems::const_iterator end() const { return last; }
  bool empty() const { return first == last; }
};

/// One call that is being answered.
struct Call {
  sd_bus_message* message;
  NodeKind kind;
  std::string_view path;
  Leaf leaf = {};

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
  Impl(Bus& bus, std::span<const ItemSpec> items, const ItemValues& initial, WriteHandler on_write,
       SideItems sides, SideWrite on_side_write)
      : bus_(bus),
        items_(items),
        values_(items.size()),
        index_(items),
        sides_(std::move(sides)),
        on_write_(std::move(on_write)),
        on_side_write_(std::move(on_side_write)),
        filter_(bus, [this](sd_bus_message* message) { return handle(message); }) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto id = Quantity::at(i);
      if (initial[id].exists) store(id, initial[id].value);
    }
  }

  const ItemValues& values() const { return values_; }
  const SideItems& sides() const { return sides_; }

  void update(const ItemValues& values, std::span<const Quantity> changed, const SideItems& sides) {
    if (changed.empty() && sides.empty()) return;
    for (const Quantity id : changed) store(id, values[id].value);
    for (const auto& [path, item] : sides) sides_.insert_or_assign(path, item);
    const auto signal = message::new_signal(bus_.native(), "/", kBusItem, "ItemsChanged");
    append_items(signal.get(), changed, sides.begin(), sides.end());
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
    if (const auto leaf = find(path)) {
      answer_leaf({message, NodeKind::leaf, path, *leaf});
    } else if (path == "/") {
      answer_tree({message, NodeKind::root, path});
    } else if (!index_.below(path).empty() || !sides_below(path).empty()) {
      answer_tree({message, NodeKind::node, path});
    } else {
      return false;
    }
    return true;
  }

  Leaf leaf_of(Quantity id) const { return {&items_[id.index()], &values_[id].value, id}; }
  static Leaf leaf_of(const SideItem& item) { return {item.spec, &item.value}; }

  std::optional<Leaf> find(std::string_view path) const {
    if (const Quantity* item = index_.find(path)) return leaf_of(*item);
    const auto found = sides_.find(path);
    return found == sides_.end() ? std::nullopt : std::optional(leaf_of(found->second));
  }

  /// The side items below `node`, in order of path.
  SidePart sides_below(std::string_view node) const {
    const std::string prefix = prefix_of(node);
    const auto first = sides_.lower_bound(prefix);
    const auto last = std::find_if_not(
        first, sides_.end(), [&](const auto& item) { return item.first.starts_with(prefix); });
    return {first, last};
  }

  std::vector<std::string_view> children(std::string_view node) const {
    std::vector<std::string_view> names = index_.children(node);
    for (const auto& [path, item] : sides_below(node)) {
      const std::string_view rest = std::string_view(path).substr(prefix_of(node).size());
      const std::string_view name = rest.substr(0, rest.find('/'));
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
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
    message::append_variant(reply.get(), *call.leaf.value);
    message::send(reply);
  }

  void get_text(const Call& call) { reply_string(call, text(call.leaf)); }

  void describe(const Call& call) { reply_string(call, ""); }

  void introspect(const Call& call) {
    reply_string(call, introspection_xml(call.kind, children(call.path)));
  }

  void get_tree_value(const Call& call) {
    const auto reply = message::new_reply(call.message);
    {
      const message::Container variant(reply.get(), 'v', "a{sv}");
      const message::Container dictionary(reply.get(), 'a', "{sv}");
      for_each_below(call.path, [&](const Leaf& leaf, std::string_view relative) {
        const message::Container entry(reply.get(), 'e', "sv");
        message::append(reply.get(), relative);
        message::append_variant(reply.get(), *leaf.value);
      });
    }
    message::send(reply);
  }

  void get_tree_text(const Call& call) {
    const auto reply = message::new_reply(call.message);
    {
      const message::Container variant(reply.get(), 'v', "a{ss}");
      const message::Container dictionary(reply.get(), 'a', "{ss}");
      for_each_below(call.path, [&](const Leaf& leaf, std::string_view relative) {
        const message::Container entry(reply.get(), 'e', "ss");
        message::append(reply.get(), relative);
        message::append(reply.get(), text(leaf));
      });
    }
    message::send(reply);
  }

  void get_items(const Call& call) {
    const auto reply = message::new_reply(call.message);
    append_items(reply.get(), index_.below("/"), sides_.begin(), sides_.end());
    message::send(reply);
  }

  /// `a{sa{sv}}`: absolute path -> Value and Text.
  void append_items(sd_bus_message* message, std::span<const Quantity> ids,
                    SideItems::const_iterator side, SideItems::const_iterator sides_end) {
    const message::Container items(message, 'a', "{sa{sv}}");
    for (const Quantity id : ids) append_item(message, items_[id.index()].path, leaf_of(id));
    for (; side != sides_end; ++side) append_item(message, side->first, leaf_of(side->second));
  }

  void append_item(sd_bus_message* message, std::string_view path, const Leaf& leaf) {
    const message::Container entry(message, 'e', "sa{sv}");
    message::append(message, path);
    append_properties(message, leaf);
  }

  /// `a{sv}`: Value and Text of one item.
  void append_properties(sd_bus_message* message, const Leaf& leaf) {
    const message::Container properties(message, 'a', "{sv}");
    {
      const message::Container value(message, 'e', "sv");
      message::append(message, "Value");
      message::append_variant(message, *leaf.value);
    }
    const message::Container as_text(message, 'e', "sv");
    message::append(message, "Text");
    message::append_text_variant(message, text(leaf));
  }

  template <typename Visit>
  void for_each_below(std::string_view node, Visit visit) {
    const std::size_t prefix_size = prefix_of(node).size();
    for (const Quantity id : index_.below(node))
      visit(leaf_of(id), items_[id.index()].path.substr(prefix_size));
    for (const auto& [path, item] : sides_below(node))
      visit(leaf_of(item), std::string_view(path).substr(prefix_size));
  }

  void set_value(const Call& call) {
    if (call.has_arguments("")) {
      return reply_error(call, SD_BUS_ERROR_INVALID_ARGS, "SetValue needs a value");
    }
    const ItemSpec& spec = *call.leaf.spec;
    if (!has(spec.traits, Trait::writable)) return reply_code(call, kNotWritable);
    const auto written = message::read_value(call.message);
    const auto value = written ? convert(*written, spec) : std::nullopt;
    reply_code(call, value ? apply_write(call, *value) : kNotWritable);
  }

  /// The change signal goes out before the reply, as velib's does.
  std::int32_t apply_write(const Call& call, const OptValue& value) {
    if (!call.leaf.quantity) return apply_side_write(call, value);
    const Quantity item = *call.leaf.quantity;
    if (value == values_[item].value) return kDone;
    auto kept = on_write_(item, value);
    if (!kept) return kRefused;
    store(item, *kept);
    signal_one(call);
    return kDone;
  }

  /// What was not kept as it was written is signalled too: whoever wrote it shows it until then.
  std::int32_t apply_side_write(const Call& call, const OptValue& value) {
    const auto kept = on_side_write_ ? on_side_write_(call.path, value) : std::nullopt;
    if (!kept) return kRefused;
    SideItem& item = sides_.find(call.path)->second;
    const OptValue before = std::exchange(item.value, as_published(*kept, *item.spec));
    if (item.value != before || item.value != value) signal_one(call);
    return kDone;
  }

  void signal_one(const Call& call) {
    const std::string path(call.path);
    const auto signal =
        message::new_signal(bus_.native(), path.c_str(), kBusItem, "PropertiesChanged");
    append_properties(signal.get(), call.leaf);
    message::send(signal);
  }

  /// Computed when asked for: kept texts would double the memory of a tree.
  std::string_view text(const Leaf& leaf) {
    text_.clear();
    append_text(text_, *leaf.value, leaf.spec->text);
    return text_;
  }

  Bus& bus_;
  std::span<const ItemSpec> items_;
  ItemValues values_;
  ItemIndex index_;
  SideItems sides_;
  WriteHandler on_write_;
  SideWrite on_side_write_;
  std::string text_;  ///< reused by text()
  Filter filter_;
};

ItemService::ItemService(Bus& bus, std::span<const ItemSpec> items, const ItemValues& initial,
                         WriteHandler on_write, SideItems sides, SideWrite on_side_write)
    : impl_(std::make_unique<Impl>(bus, items, initial, std::move(on_write), std::move(sides),
                                   std::move(on_side_write))) {}

ItemService::~ItemService() = default;

const ItemValues& ItemService::values() const {
  return impl_->values();
}

const SideItems& ItemService::sides() const {
  return impl_->sides();
}

void ItemService::update(const ItemValues& values, std::span<const Quantity> changed,
                         const SideItems& sides) {
  impl_->update(values, changed, sides);
}

}  // namespace dmb
