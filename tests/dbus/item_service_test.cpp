// SPDX-License-Identifier: MIT
#include "sinks/bus/item_service.h"

#include "service_fixture.h"

#include <limits>

namespace dmb::test {
namespace {

using ItemServiceTree = ServiceFixture;

struct ReadCase {
  const char* path;
  const char* member;
  const char* signature;
  const char* body;
};

constexpr ReadCase kReads[] = {
    {"/Dc/0/Voltage", "GetValue", "v", "<d 52.7>"},
    {"/Dc/0/Voltage", "GetText", "s", "\"52.70V\""},
    {"/Dc/0/Current", "GetValue", "v", "<ai []>"},
    {"/Dc/0/Current", "GetText", "s", "\"---\""},
    {"/Soc", "GetText", "s", "\"63%\""},
    {"/ProductId", "GetValue", "v", "<i 47735>"},
    {"/ProductId", "GetText", "s", "\"0xBA77\""},
    {"/CustomName", "GetValue", "v", "<s \"Shed\">"},
    {"/CustomName", "GetText", "s", "\"Shed\""},
    {"/Dc", "GetValue", "v", "<a{sv} {\"0/Current\": <ai []>, \"0/Voltage\": <d 52.7>}>"},
    {"/Dc", "GetText", "v", "<a{ss} {\"0/Current\": \"---\", \"0/Voltage\": \"52.70V\"}>"},
    {"/Dc/0", "GetValue", "v", "<a{sv} {\"Current\": <ai []>, \"Voltage\": <d 52.7>}>"},
    {"/Dc/0", "GetText", "v", "<a{ss} {\"Current\": \"---\", \"Voltage\": \"52.70V\"}>"},
    {"/Settings", "GetValue", "v", "<a{sv} {\"Limit\": <d 12.5>, \"Switch\": <i 1>}>"},
    {"/", "GetValue", "v",
     "<a{sv} {\"CustomName\": <s \"Shed\">, \"Dc/0/Current\": <ai []>, "
     "\"Dc/0/Voltage\": <d 52.7>, \"ProductId\": <i 47735>, \"ProductName\": <s \"MQTT Battery\">, "
     "\"Settings/Limit\": <d 12.5>, \"Settings/Switch\": <i 1>, \"Soc\": <d 63.9>, "
     "\"SocBms\": <ai []>, \"State\": <i 9>}>"},
    {"/", "GetText", "v",
     "<a{ss} {\"CustomName\": \"Shed\", \"Dc/0/Current\": \"---\", \"Dc/0/Voltage\": \"52.70V\", "
     "\"ProductId\": \"0xBA77\", \"ProductName\": \"MQTT Battery\", \"Settings/Limit\": \"12.5A\", "
     "\"Settings/Switch\": \"1\", \"Soc\": \"63%\", \"SocBms\": \"---\", \"State\": \"9\"}>"},
    {"/", "GetItems", "a{sa{sv}}",
     "{\"/CustomName\": {\"Value\": <s \"Shed\">, \"Text\": <s \"Shed\">}, "
     "\"/Dc/0/Current\": {\"Value\": <ai []>, \"Text\": <s \"---\">}, "
     "\"/Dc/0/Voltage\": {\"Value\": <d 52.7>, \"Text\": <s \"52.70V\">}, "
     "\"/ProductId\": {\"Value\": <i 47735>, \"Text\": <s \"0xBA77\">}, "
     "\"/ProductName\": {\"Value\": <s \"MQTT Battery\">, \"Text\": <s \"MQTT Battery\">}, "
     "\"/Settings/Limit\": {\"Value\": <d 12.5>, \"Text\": <s \"12.5A\">}, "
     "\"/Settings/Switch\": {\"Value\": <i 1>, \"Text\": <s \"1\">}, "
     "\"/Soc\": {\"Value\": <d 63.9>, \"Text\": <s \"63%\">}, "
     "\"/SocBms\": {\"Value\": <ai []>, \"Text\": <s \"---\">}, "
     "\"/State\": {\"Value\": <i 9>, \"Text\": <s \"9\">}}"},
};

TEST_F(ItemServiceTree, AnswersReadsOnLeavesNodesAndTheRoot) {
  for (const auto& c : kReads) {
    const auto answer = item(c.path, c.member);
    EXPECT_EQ(answer.error, "") << c.path << ' ' << c.member;
    EXPECT_EQ(answer.signature, c.signature) << c.path << ' ' << c.member;
    EXPECT_EQ(answer.body, c.body) << c.path << ' ' << c.member;
  }
}

TEST_F(ItemServiceTree, HasAnEmptyDescription) {
  const auto answer = item("/Soc", "GetDescription", "si", "en", 100);
  EXPECT_EQ(answer.signature, "s");
  EXPECT_EQ(answer.body, "\"\"");
}

TEST_F(ItemServiceTree, AnswersACallThatNamesNoInterface) {
  EXPECT_EQ(client_->call(name_, "/State", "", "GetValue").body, "<i 9>");
}

TEST_F(ItemServiceTree, AnswersPing) {
  EXPECT_EQ(client_->call(name_, "/Soc", "org.freedesktop.DBus.Peer", "Ping").error, "");
}

struct ErrorCase {
  const char* path;
  const char* interface;
  const char* member;
  const char* error;
};

constexpr const char* kBusItem = "com.victronenergy.BusItem";
constexpr const char* kUnknownMethod = "org.freedesktop.DBus.Error.UnknownMethod";
constexpr const char* kUnknownObject = "org.freedesktop.DBus.Error.UnknownObject";
constexpr const char* kInvalidArgs = "org.freedesktop.DBus.Error.InvalidArgs";

constexpr ErrorCase kErrors[] = {
    {"/Nowhere", kBusItem, "GetValue", kUnknownObject},
    {"/So", kBusItem, "GetValue", kUnknownObject},
    {"/soc", kBusItem, "GetValue", kUnknownObject},
    {"/Dc/0/Voltage/Deeper", kBusItem, "GetValue", kUnknownObject},
    {"/Voltages/Cell25", kBusItem, "GetValue", kUnknownObject},
    {"/Voltages", kBusItem, "GetValue", kUnknownObject},
    {"/Nowhere", "org.freedesktop.DBus.Introspectable", "Introspect", kUnknownObject},
    {"/Soc", kBusItem, "GetItems", kUnknownMethod},
    {"/Soc", kBusItem, "GetMin", kUnknownMethod},
    {"/Soc", kBusItem, "Explode", kUnknownMethod},
    {"/Soc", "com.example.Other", "GetValue", kUnknownMethod},
    {"/Dc", kBusItem, "GetItems", kUnknownMethod},
    {"/Dc", kBusItem, "GetDescription", kUnknownMethod},
    {"/", kBusItem, "Explode", kUnknownMethod},
    {"/Soc", kBusItem, "SetValue", kInvalidArgs},
    {"/CustomName", kBusItem, "SetValue", kInvalidArgs},
    {"/Soc", kBusItem, "GetDescription", kInvalidArgs},
};

TEST_F(ItemServiceTree, AnswersErrorsByTheirUsualNames) {
  for (const auto& c : kErrors) {
    EXPECT_EQ(client_->call(name_, c.path, c.interface, c.member).error, c.error)
        << c.path << ' ' << c.member;
  }
}

TEST_F(ItemServiceTree, HasNeitherSetValueOnTreeNodesNorArgumentsOnReads) {
  EXPECT_EQ(item("/Dc", "SetValue", "v", "i", 1).error, kUnknownMethod);
  EXPECT_EQ(item("/", "SetValue", "v", "i", 1).error, kUnknownMethod);
  EXPECT_EQ(item("/Soc", "GetValue", "i", 1).error, kInvalidArgs);
  EXPECT_EQ(item("/", "GetItems", "s", "x").error, kInvalidArgs);
}

std::string without_blanks_at_line_starts(const std::string& xml) {
  std::string out;
  for (const char c : xml) {
    if (c == ' ' && (out.empty() || out.back() == '\n')) continue;
    out += c;
  }
  return out;
}

class ItemServiceIntrospection : public ServiceFixture {
 protected:
  std::string introspect(const std::string& path) {
    return without_blanks_at_line_starts(
        client_->call(name_, path, "org.freedesktop.DBus.Introspectable", "Introspect").body);
  }
  static bool has(const std::string& xml, const std::string& part) {
    return xml.find(part) != std::string::npos;
  }
};

TEST_F(ItemServiceIntrospection, ListsTheChildrenOfEachLevel) {
  const std::string root = introspect("/");
  for (const char* child :
       {"CustomName", "Dc", "ProductId", "ProductName", "Settings", "Soc", "SocBms", "State"}) {
    const std::string line = "<node name=\"" + std::string(child) + "\"/>";
    EXPECT_TRUE(has(root, line)) << child;
    EXPECT_EQ(root.find(line), root.rfind(line)) << child;
  }
  EXPECT_FALSE(has(root, "Voltages"));
  EXPECT_TRUE(has(introspect("/Dc"), "<node name=\"0\"/>"));
  EXPECT_TRUE(has(introspect("/Dc/0"), "<node name=\"Current\"/>\n<node name=\"Voltage\"/>"));
  EXPECT_FALSE(has(introspect("/Soc"), "<node name"));
}

TEST_F(ItemServiceIntrospection, DescribesTheMembersOfEachKindOfObject) {
  const std::string text_as_variant =
      "<method name=\"GetText\">\n<arg name=\"text\" type=\"v\" direction=\"out\"/>";
  const std::string text_as_string =
      "<method name=\"GetText\">\n<arg name=\"text\" type=\"s\" direction=\"out\"/>";
  const std::string root = introspect("/");
  const std::string node = introspect("/Dc");
  const std::string leaf = introspect("/Soc");
  for (const auto& xml : {root, node, leaf}) {
    EXPECT_TRUE(has(xml, "<interface name=\"com.victronenergy.BusItem\">"));
    EXPECT_TRUE(has(xml, "<method name=\"GetValue\">\n<arg name=\"value\" type=\"v\""));
  }
  EXPECT_TRUE(has(root, text_as_variant));
  EXPECT_TRUE(has(node, text_as_variant));
  EXPECT_TRUE(has(leaf, text_as_string));
  EXPECT_TRUE(has(root, "GetItems") && has(root, "ItemsChanged"));
  EXPECT_FALSE(has(node, "GetItems") || has(node, "SetValue"));
  EXPECT_TRUE(has(leaf, "SetValue") && has(leaf, "PropertiesChanged"));
}

using ItemServiceUpdate = ServiceFixture;

TEST_F(ItemServiceUpdate, EmitsOneSignalWithJustTheChangedItems) {
  auto values = sample_values();
  values.set(kVoltage, 53.04);
  values.set(kCurrent, -1.25);
  values.set(kSoc, std::nullopt);
  values.set(kState, 10);  // changed, but not listed
  update(values, {kVoltage, kCurrent, kSoc});

  const auto events = signals();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].member, "ItemsChanged");
  EXPECT_EQ(events[0].path, "/");
  EXPECT_EQ(events[0].signature, "a{sa{sv}}");
  EXPECT_EQ(events[0].body,
            "{\"/Dc/0/Voltage\": {\"Value\": <d 53.04>, \"Text\": <s \"53.04V\">}, "
            "\"/Dc/0/Current\": {\"Value\": <d -1.25>, \"Text\": <s \"-1.2A\">}, "
            "\"/Soc\": {\"Value\": <ai []>, \"Text\": <s \"---\">}}");
  EXPECT_EQ(item("/Soc", "GetValue").body, "<ai []>");
  EXPECT_EQ(item("/State", "GetValue").body, "<i 9>");
}

TEST_F(ItemServiceUpdate, EmitsNothingForAnEmptyList) {
  update(sample_values(), {});
  EXPECT_TRUE(signals().empty());
}

TEST_F(ItemServiceUpdate, CreatesItemsAndTheNodesAboveThem) {
  auto values = sample_values();
  values.set(kCell, 3.3);
  update(values, {kCell});

  const auto events = signals();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].body,
            "{\"/Voltages/Cell25\": {\"Value\": <d 3.3>, \"Text\": <s \"3.300V\">}}");
  EXPECT_EQ(item("/Voltages/Cell25", "GetText").body, "\"3.300V\"");
  EXPECT_EQ(item("/Voltages", "GetValue").body, "<a{sv} {\"Cell25\": <d 3.3>}>");
  EXPECT_NE(item("/", "GetItems").body.find("/Voltages/Cell25"), std::string::npos);
}

TEST_F(ItemServiceUpdate, SendsNumbersWithoutWhatFloatsLeaveBehind) {
  auto values = sample_values();
  values.set(kVoltage, 77.10000000000001);
  update(values, {kVoltage});
  const auto events = signals();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_NE(events[0].body.find("<d 77.1>"), std::string::npos) << events[0].body;
  EXPECT_EQ(item("/Dc/0/Voltage", "GetValue").body, "<d 77.1>");
}

TEST_F(ItemServiceUpdate, NeverSendsWhatWouldHarmItsReaders) {
  auto values = sample_values();
  values.set(kVoltage, std::numeric_limits<double>::quiet_NaN());
  values.set(kCurrent, std::numeric_limits<double>::infinity());
  values.set(kProductName, std::string("broken \xFF, cut \0 off", 18));
  update(values, {kVoltage, kCurrent, kProductName});

  EXPECT_EQ(item("/Dc/0/Voltage", "GetValue").body, "<ai []>");
  EXPECT_EQ(item("/Dc/0/Current", "GetText").body, "\"---\"");
  EXPECT_EQ(item("/ProductName", "GetValue").body, "<s \"broken \\xFF, cut \\x00 of\">");
}

TEST_F(ItemServiceUpdate, TwoServicesInOneProcessHaveConnectionsOfTheirOwn) {
  std::unique_ptr<Bus> second_bus;
  std::unique_ptr<ItemService> second;
  std::string second_name;
  auto values = sample_values();
  values.set(kState, 14);
  runner_->run([&] {
    second_bus = std::make_unique<Bus>(loop_);
    second = std::make_unique<ItemService>(*second_bus, kSampleItems, values, nullptr);
    const char* name = nullptr;
    sd_bus_get_unique_name(second_bus->native(), &name);
    second_name = name;
  });
  EXPECT_NE(name_, second_name);
  EXPECT_EQ(client_->item(second_name, "/State", "GetValue").body, "<i 14>");
  EXPECT_EQ(item("/State", "GetValue").body, "<i 9>");
  runner_->run([&] {
    second.reset();
    second_bus.reset();
  });
  EXPECT_EQ(item("/State", "GetValue").body, "<i 9>");
}

}  // namespace
}  // namespace dmb::test
