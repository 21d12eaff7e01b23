// SPDX-License-Identifier: MIT
#include "../../src/dbus/process_name.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <string>

namespace dmb {
namespace {

TEST(ProcessName, NamesTheProgramAndItsScriptWithoutDirectories) {
  const std::string cmdline("/usr/bin/python3\0/data/etc/x/dbus-mqtt-battery.py\0-v\0", 53);
  EXPECT_EQ(describe_command_line(cmdline), "python3 dbus-mqtt-battery.py -v");
}

TEST(ProcessName, MakesHostileArgumentsPrintable) {
  EXPECT_EQ(describe_command_line(std::string_view("a\nb\0\x1b[2J\0", 9)), "a\\x0Ab \\x1B[2J");
  EXPECT_EQ(describe_command_line(""), "");
}

TEST(ProcessName, DescribesALiveProcess) {
  const auto pid = static_cast<std::uint32_t>(::getpid());
  const std::string text = describe_process(pid);
  EXPECT_NE(text.find("test"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("(pid " + std::to_string(pid) + ")")) << text;
}

TEST(ProcessName, DescribesAProcessThatIsGone) {
  EXPECT_EQ(describe_process(4'194'304'0U), "a process (pid 41943040)");
}

}  // namespace
}  // namespace dmb
