// SPDX-License-Identifier: MIT
#include "introspection.h"

namespace dmb {

namespace {

constexpr std::string_view kHead =
    R"(<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node>
 <interface name="org.freedesktop.DBus.Introspectable">
  <method name="Introspect">
   <arg name="xml" type="s" direction="out"/>
  </method>
 </interface>
 <interface name="org.freedesktop.DBus.Peer">
  <method name="Ping"/>
  <method name="GetMachineId">
   <arg name="machine_uuid" type="s" direction="out"/>
  </method>
 </interface>
 <interface name="com.victronenergy.BusItem">
  <method name="GetValue">
   <arg name="value" type="v" direction="out"/>
  </method>
)";

constexpr std::string_view kTreeText =
    R"(  <method name="GetText">
   <arg name="text" type="v" direction="out"/>
  </method>
)";

constexpr std::string_view kRootOnly =
    R"(  <method name="GetItems">
   <arg name="items" type="a{sa{sv}}" direction="out"/>
  </method>
  <signal name="ItemsChanged">
   <arg name="changes" type="a{sa{sv}}"/>
  </signal>
)";

constexpr std::string_view kLeafOnly =
    R"(  <method name="GetText">
   <arg name="text" type="s" direction="out"/>
  </method>
  <method name="SetValue">
   <arg name="value" type="v" direction="in"/>
   <arg name="result" type="i" direction="out"/>
  </method>
  <method name="GetDescription">
   <arg name="language" type="s" direction="in"/>
   <arg name="length" type="i" direction="in"/>
   <arg name="description" type="s" direction="out"/>
  </method>
  <signal name="PropertiesChanged">
   <arg name="changes" type="a{sv}"/>
  </signal>
)";

}  // namespace

std::string introspection_xml(NodeKind kind, std::span<const std::string_view> children) {
  std::string xml(kHead);
  xml += kind == NodeKind::leaf ? kLeafOnly : kTreeText;
  if (kind == NodeKind::root) xml += kRootOnly;
  xml += " </interface>\n";
  for (const std::string_view child : children) {
    xml.append(" <node name=\"").append(child).append("\"/>\n");
  }
  xml += "</node>\n";
  return xml;
}

}  // namespace dmb
