// SPDX-License-Identifier: MIT
#include "address.h"

#include "diagnosis.h"

#include <gmock/gmock.h>

namespace dmb {
namespace {

BrokerConfig broker_at(const std::string& address, bool tls = false) {
  BrokerConfig broker;
  broker.address = address;
  broker.port = 1884;
  broker.tls_enabled = tls;
  return broker;
}

TEST(Address, PutsIpv6InBrackets) {
  EXPECT_EQ(host_and_port(broker_at("broker.lan")), "broker.lan:1884");
  EXPECT_EQ(host_and_port(broker_at("192.168.1.2")), "192.168.1.2:1884");
  EXPECT_EQ(host_and_port(broker_at("fe80::1")), "[fe80::1]:1884");
  EXPECT_EQ(host_and_port(broker_at("[fe80::1]")), "[fe80::1]:1884");
}

TEST(Address, GivesPahoTheAddressAlsoUnderTls) {
  EXPECT_EQ(paho_uri(broker_at("broker.lan"), "10.0.0.1"), "tcp://10.0.0.1:1884");
  EXPECT_EQ(paho_uri(broker_at("broker.lan"), "::1"), "tcp://[::1]:1884");
  EXPECT_EQ(paho_uri(broker_at("broker.lan", true), "10.0.0.1"), "ssl://10.0.0.1:1884");
}

TEST(Address, KnowsAddressesFromNames) {
  for (const char* address : {"127.0.0.1", "::1", "fe80::1", "192.168.178.20"})
    EXPECT_TRUE(is_ip(address)) << address;
  for (const char* name : {"localhost", "venus.local", "1.2.3.4.lan", "", "[::1]"})
    EXPECT_FALSE(is_ip(name)) << name;
}

TEST(Address, FindsIpv4First) {
  const Resolved found = resolve("localhost");
  EXPECT_FALSE(found.failure);
  ASSERT_FALSE(found.addresses.empty());
  EXPECT_EQ(found.addresses[0], "127.0.0.1");
}

TEST(Address, SaysWhichNameIsNotFound) {
  const Resolved found = resolve("no-such-host.invalid");
  EXPECT_TRUE(found.addresses.empty());
  EXPECT_THAT(found.failure.value().reason, testing::HasSubstr("no-such-host.invalid"));
}

TEST(ConnackFailure, IsSaidInWords) {
  BrokerConfig broker = broker_at("b");
  EXPECT_THAT(connack_failure(5, broker).reason, testing::HasSubstr("set username and password"));
  broker.username = "me";
  for (const int code : {4, 5})
    EXPECT_THAT(connack_failure(code, broker).reason,
                testing::HasSubstr("check username and password"));
  EXPECT_THAT(connack_failure(1, broker).reason, testing::HasSubstr("MQTT 3.1.1"));
  EXPECT_THAT(connack_failure(2, broker).reason, testing::HasSubstr("client id"));
  EXPECT_THAT(connack_failure(3, broker).reason, testing::HasSubstr("not available"));
  EXPECT_THAT(connack_failure(77, broker).reason, testing::HasSubstr("77"));
}

}  // namespace
}  // namespace dmb
