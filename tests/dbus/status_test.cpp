// SPDX-License-Identifier: MIT
#include "../support/bus_client.h"
#include "../support/loop_runner.h"
#include "../support/private_bus.h"
#include "../support/wait_for.h"
#include "dbus/status_query.h"
#include "dbus/status_server.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace dmb::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kInterface = "io.github.dbus_mqtt_battery.Status";
constexpr auto kPatience = 300ms;

std::string own_name() {
  return std::string(kInterface) + ".p" + std::to_string(::getpid());
}

class StatusOnBus : public testing::Test {
 protected:
  StatusOnBus() {
    private_bus_.use_for_this_process();
    client_ = std::make_unique<BusClient>(private_bus_.address());
  }

  void serve(StatusServer::Answer answer) {
    server_ =
        std::make_unique<StatusServer>(loop_, std::move(answer), [this](const std::string& name) {
          asked_to_forget_.push_back(name);
          return "forgotten " + name;
        });
    runner_ = std::make_unique<LoopRunner>(loop_);
    ASSERT_TRUE(wait_for([this] { return !client_->owner_of(own_name()).empty(); }));
  }

  ~StatusOnBus() override { runner_.reset(); }

  PrivateBus private_bus_;
  std::unique_ptr<BusClient> client_;
  Loop loop_;
  std::unique_ptr<StatusServer> server_;
  std::unique_ptr<LoopRunner> runner_;
  std::vector<std::string> asked_to_forget_;
};

TEST_F(StatusOnBus, IsFoundAndAnswers) {
  int asked = 0;
  serve([&asked] { return "answer " + std::to_string(++asked); });
  EXPECT_EQ(asked, 0);
  const StatusFindings found = query_status();
  ASSERT_EQ(found.processes.size(), 1U);
  EXPECT_EQ(found.processes[0].pid, static_cast<std::uint32_t>(::getpid()));
  EXPECT_EQ(found.processes[0].text, "answer 1");
  EXPECT_EQ(found.processes[0].trouble, "");
  EXPECT_FALSE(found.system.present);
}

TEST_F(StatusOnBus, AnswersWithAnErrorWhatCannotBeWorkedOutAndLives) {
  bool fail = true;
  serve([&fail]() -> std::string {
    if (fail) throw std::runtime_error("no \x1b memory");
    return "well";
  });
  EXPECT_EQ(query_status().processes.at(0).trouble, "it answers with an error: no \\x1B memory");
  runner_->run([&fail] { fail = false; });
  EXPECT_EQ(query_status().processes.at(0).text, "well");
}

TEST_F(StatusOnBus, TellsWhatIsToBeForgotten) {
  serve([] { return "x"; });
  const auto answers = ask_to_forget("Bow \u00e4", kPatience);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].text, "forgotten Bow \u00e4");
  EXPECT_EQ(asked_to_forget_, std::vector<std::string>{"Bow \u00e4"});
}

TEST_F(StatusOnBus, RefusesToForgetWhatIsNoName) {
  serve([] { return "x"; });
  const std::string error = "org.freedesktop.DBus.Error.InvalidArgs";
  const auto forget = [this](auto... arguments) {
    return client_->call(own_name(), "/", kInterface, "Forget", arguments...).error;
  };
  EXPECT_EQ(forget(), error);
  EXPECT_EQ(forget("s", ""), error);
  EXPECT_EQ(forget("s", std::string(256, 'x').c_str()), error);
  EXPECT_EQ(forget("i", 7), error);
  EXPECT_EQ(forget("ss", "Bow", "Stern"), error);
  EXPECT_TRUE(asked_to_forget_.empty());
}

TEST_F(StatusOnBus, OffersNothingElse) {
  serve([] { return "x"; });
  EXPECT_NE(client_->call(own_name(), "/", kInterface, "Other").error, "");
  EXPECT_NE(client_->call(own_name(), "/", "com.victronenergy.BusItem", "GetValue").error, "");
}

TEST_F(StatusOnBus, WorksWithoutAName) {
  ASSERT_TRUE(client_->request_name(own_name()));
  server_ = std::make_unique<StatusServer>(
      loop_, [] { return "x"; }, [](const std::string&) { return "y"; });
  runner_ = std::make_unique<LoopRunner>(loop_);
  runner_->run([] {});
  client_->release_name(own_name());
}

TEST_F(StatusOnBus, ReportsWhoDoesNotAnswerAndDoesNotWaitForEver) {
  ASSERT_TRUE(client_->request_name(std::string(kInterface) + ".p1"));
  const auto begin = std::chrono::steady_clock::now();
  const StatusFindings found = query_status(kPatience);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kDeadline);
  ASSERT_EQ(found.processes.size(), 1U);
  EXPECT_NE(found.processes[0].trouble.find("does not answer"), std::string::npos);
  EXPECT_EQ(found.processes[0].pid, static_cast<std::uint32_t>(::getpid()));
}

TEST_F(StatusOnBus, BoundsHowManyAreAsked) {
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE(client_->request_name(std::string(kInterface) + ".p" + std::to_string(i)));
  EXPECT_EQ(query_status(kPatience).processes.size(), 20U);
}

TEST(StatusQuery, SaysThatThereIsNoBus) {
  ::setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/socket", 1);
  EXPECT_THROW(query_status(), std::runtime_error);
}

}  // namespace
}  // namespace dmb::test
