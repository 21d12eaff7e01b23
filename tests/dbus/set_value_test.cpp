// SPDX-License-Identifier: MIT
#include "service_fixture.h"

#include <sys/socket.h>
#include <unistd.h>

namespace dmb::test {
namespace {

class SetValue : public ServiceFixture {
 protected:
  /// Writes a variant and returns the code as text.
  template <typename Argument>
  std::string write(const std::string& path, const char* type, Argument argument) {
    return item(path, "SetValue", "v", type, argument).body;
  }
  std::string value(const std::string& path) { return item(path, "GetValue").body; }

  /// Sends a call that `fill` writes the arguments of.
  Answer write_raw(const std::string& path, const std::function<void(sd_bus_message*)>& fill) {
    auto* message = client_->new_call(name_, path, "com.victronenergy.BusItem", "SetValue");
    fill(message);
    return client_->send(message);
  }
};

TEST_F(SetValue, TakesEveryNumericTypeForAnIntegerItem) {
  const std::string path = "/Settings/Switch";
  EXPECT_EQ(write(path, "y", 2), "0");
  EXPECT_EQ(value(path), "<i 2>");
  EXPECT_EQ(write(path, "n", 3), "0");
  EXPECT_EQ(value(path), "<i 3>");
  EXPECT_EQ(write(path, "q", 4), "0");
  EXPECT_EQ(value(path), "<i 4>");
  EXPECT_EQ(write(path, "i", 5), "0");
  EXPECT_EQ(value(path), "<i 5>");
  EXPECT_EQ(write(path, "u", 6U), "0");
  EXPECT_EQ(value(path), "<i 6>");
  EXPECT_EQ(write(path, "x", std::int64_t{7}), "0");
  EXPECT_EQ(value(path), "<i 7>");
  EXPECT_EQ(write(path, "t", std::uint64_t{8}), "0");
  EXPECT_EQ(value(path), "<i 8>");
  EXPECT_EQ(write(path, "d", 9.9), "0");
  EXPECT_EQ(value(path), "<i 9>");
  EXPECT_EQ(write(path, "s", "12"), "0");
  EXPECT_EQ(value(path), "<i 12>");
  EXPECT_EQ(write(path, "b", 1), "0");
  EXPECT_EQ(value(path), "<i 1>");
}

TEST_F(SetValue, KeepsTheTypeOfADoubleItem) {
  const std::string path = "/Settings/Limit";
  EXPECT_EQ(write(path, "i", 42), "0");
  EXPECT_EQ(value(path), "<d 42>");
  EXPECT_EQ(write(path, "s", "-1.5"), "0");
  EXPECT_EQ(value(path), "<d -1.5>");
  EXPECT_EQ(write(path, "b", 1), "0");
  EXPECT_EQ(value(path), "<d 1>");
}

TEST_F(SetValue, TakesTextsOnlyForATextItem) {
  EXPECT_EQ(write("/CustomName", "s", "Garage"), "0");
  EXPECT_EQ(value("/CustomName"), "<s \"Garage\">");
  EXPECT_EQ(write("/CustomName", "i", 7), "1");
  EXPECT_EQ(write("/CustomName", "s", std::string(33, 'x').c_str()), "1");
  EXPECT_EQ(value("/CustomName"), "<s \"Garage\">");
}

TEST_F(SetValue, AnswersOneForWhatCannotBeConverted) {
  EXPECT_EQ(write("/Settings/Switch", "s", "zz"), "1");
  EXPECT_EQ(write("/Settings/Switch", "i", 101), "1");
  EXPECT_EQ(write("/Settings/Switch", "i", -1), "1");
  EXPECT_EQ(write("/Settings/Switch", "t", UINT64_MAX), "1");
  EXPECT_EQ(write("/Settings/Limit", "d", 1e300), "1");
  EXPECT_EQ(write("/Settings/Limit", "d", std::numeric_limits<double>::quiet_NaN()), "1");
  EXPECT_EQ(write("/Settings/Limit", "s", "inf"), "1");
  EXPECT_EQ(write("/CustomName", "s", std::string(5'000'000, 'x').c_str()), "1");
  EXPECT_EQ(write("/CustomName", "o", "/a/path"), "1");
  EXPECT_TRUE(signals().empty());
  EXPECT_TRUE(writes_.empty());
}

TEST_F(SetValue, AnswersOneForReadOnlyItemsWhateverIsWritten) {
  EXPECT_EQ(write("/Soc", "d", 50.0), "1");
  EXPECT_EQ(write("/Soc", "d", 63.9), "1");
  EXPECT_EQ(write("/ProductName", "s", "x"), "1");
  EXPECT_EQ(item("/Soc", "SetValue", "i", 5).body, "1");
  EXPECT_EQ(item("/Soc", "SetValue", "v", "ai", 0).body, "1");
  EXPECT_EQ(value("/Soc"), "<d 63.9>");
  EXPECT_TRUE(signals().empty());
}

TEST_F(SetValue, AnswersTwoWhenTheOwnerRefuses) {
  accept_ = false;
  EXPECT_EQ(write("/CustomName", "s", "Garage"), "2");
  EXPECT_EQ(value("/CustomName"), "<s \"Shed\">");
  EXPECT_TRUE(signals().empty());
  EXPECT_EQ(writes_, std::vector<Quantity>{kCustomName});
}

TEST_F(SetValue, AnswersZeroWithoutASignalWhenTheValueIsTheSame) {
  EXPECT_EQ(write("/CustomName", "s", "Shed"), "0");
  EXPECT_EQ(write("/Settings/Switch", "d", 1.0), "0");
  EXPECT_EQ(write("/Settings/Limit", "s", "12.5"), "0");
  EXPECT_TRUE(signals().empty());
  EXPECT_TRUE(writes_.empty());
}

TEST_F(SetValue, SignalsTheChangeBeforeItReplies) {
  client_->clear_events();
  EXPECT_EQ(write("/CustomName", "s", "Garage"), "0");
  const auto& events = client_->events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].member, "PropertiesChanged");
  EXPECT_EQ(events[0].path, "/CustomName");
  EXPECT_EQ(events[0].signature, "a{sv}");
  EXPECT_EQ(events[0].body, "{\"Value\": <s \"Garage\">, \"Text\": <s \"Garage\">}");
  EXPECT_EQ(events[1].member, "reply");
  EXPECT_EQ(events[1].signature, "i");
}

TEST_F(SetValue, KeepsWhatTheOwnerMakesOfTheValue) {
  replace_with_ = OptValue("MQTT Battery");
  client_->clear_events();
  EXPECT_EQ(write("/CustomName", "s", ""), "0");
  EXPECT_EQ(client_->events()[0].body,
            "{\"Value\": <s \"MQTT Battery\">, \"Text\": <s \"MQTT Battery\">}");
  EXPECT_EQ(value("/CustomName"), "<s \"MQTT Battery\">");
}

TEST_F(SetValue, TakesAnyEmptyArrayAsInvalid) {
  EXPECT_EQ(item("/Settings/Switch", "SetValue", "v", "ai", 0).body, "0");
  EXPECT_EQ(value("/Settings/Switch"), "<ai []>");
  EXPECT_EQ(item("/Settings/Limit", "SetValue", "v", "au", 0).body, "0");
  EXPECT_EQ(value("/Settings/Limit"), "<ai []>");
  EXPECT_EQ(item("/CustomName", "SetValue", "v", "a{sv}", 0).body, "0");
  const auto events = signals();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].body, "{\"Value\": <ai []>, \"Text\": <s \"---\">}");
}

TEST_F(SetValue, TakesBareArgumentsAsTheDeviceGuiSendsThem) {
  EXPECT_EQ(item("/Settings/Switch", "SetValue", "i", 5).body, "0");
  EXPECT_EQ(value("/Settings/Switch"), "<i 5>");
  EXPECT_EQ(item("/CustomName", "SetValue", "s", "Garage").body, "0");
  EXPECT_EQ(value("/CustomName"), "<s \"Garage\">");
  EXPECT_EQ(item("/Settings/Limit", "SetValue", "ai", 0).body, "0");
  EXPECT_EQ(value("/Settings/Limit"), "<ai []>");
}

TEST_F(SetValue, SurvivesContainersInTheVariant) {
  EXPECT_EQ(item("/Settings/Switch", "SetValue", "v", "ai", 2, 5, 6).body, "1");
  EXPECT_EQ(item("/Settings/Switch", "SetValue", "v", "v", "i", 5).body, "1");
  EXPECT_EQ(item("/Settings/Switch", "SetValue", "v", "(ii)", 5, 6).body, "1");
  EXPECT_EQ(item("/Settings/Switch", "SetValue", "v", "a{sv}", 1, "a", "i", 5).body, "1");
  EXPECT_EQ(item("/Settings/Switch", "SetValue", "a{sv}", 1, "a", "i", 5).body, "1");
  EXPECT_EQ(item("/Settings/Switch", "SetValue", "(i)", 5).body, "1");
  EXPECT_EQ(value("/Settings/Switch"), "<i 1>");
}

TEST_F(SetValue, SurvivesDeeplyNestedVariants) {
  const auto answer = write_raw("/Settings/Switch", [](sd_bus_message* message) {
    constexpr int kDepth = 30;
    for (int i = 0; i < kDepth; ++i) {
      sd_bus_message_open_container(message, 'v', i + 1 < kDepth ? "v" : "i");
    }
    sd_bus_message_append(message, "i", 5);
    for (int i = 0; i < kDepth; ++i) sd_bus_message_close_container(message);
  });
  EXPECT_EQ(answer.body, "1");
  EXPECT_EQ(value("/Settings/Switch"), "<i 1>");
}

TEST_F(SetValue, SurvivesALargeArray) {
  const std::vector<std::uint8_t> bytes(5'000'000);
  const auto answer = write_raw("/CustomName", [&](sd_bus_message* message) {
    sd_bus_message_open_container(message, 'v', "ay");
    sd_bus_message_append_array(message, 'y', bytes.data(), bytes.size());
    sd_bus_message_close_container(message);
  });
  EXPECT_EQ(answer.body, "1");
}

TEST_F(SetValue, SurvivesAFileDescriptor) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(item("/CustomName", "SetValue", "v", "h", ends[0]).body, "1");
  EXPECT_EQ(value("/CustomName"), "<s \"Shed\">");
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace dmb::test
