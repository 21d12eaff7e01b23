// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dmb {

/// The three kinds of object in an item tree.
enum class NodeKind : std::uint8_t { root, node, leaf };

/// What org.freedesktop.DBus.Introspectable.Introspect answers for such an object.
std::string introspection_xml(NodeKind kind, std::span<const std::string_view> children);

}  // namespace dmb
