// SPDX-License-Identifier: MIT
#include "../support/mosquitto.h"
#include "fake_server.h"
#include "listener.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace dmb::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kLocal = "DNS:localhost,IP:127.0.0.1";

class MqttTls : public testing::Test {
 protected:
  BrokerConfig start(MosquittoOptions options) {
    broker_ = std::make_unique<Mosquitto>(std::move(options));
    broker_->start();
    return config_for(broker_->port());
  }

  BrokerConfig start(const KeyPair& server) {
    return start({.username = {}, .password = {}, .tls = server, .client_ca = {}});
  }

  BrokerConfig config_for(std::uint16_t port) const {
    BrokerConfig config = at_port(port);
    config.address = "localhost";
    config.tls_enabled = true;
    config.tls_path_to_ca = certificates_.ca();
    return config;
  }

  static bool connects(const BrokerConfig& config) {
    Listener listener(config);
    listener.wait([&] { return !listener.events().empty(); });
    return listener.count<MqttUp>() == 1;
  }

  static MqttDown failure(const BrokerConfig& config) { return Listener(config).first_failure(); }
  static std::string reason(const BrokerConfig& config) { return failure(config).reason; }
  static BrokerTrouble trouble(const BrokerConfig& config) { return failure(config).trouble; }

  Certificates certificates_;
  std::unique_ptr<Mosquitto> broker_;
};

TEST_F(MqttTls, ConnectsByNameAndByAddress) {
  BrokerConfig config = start(certificates_.issue("server", kLocal));
  EXPECT_TRUE(connects(config));
  config.address = "127.0.0.1";
  EXPECT_TRUE(connects(config));
}

TEST_F(MqttTls, RefusesACertificateOfAnUnknownAuthority) {
  BrokerConfig config = start(certificates_.issue("server", kLocal));
  config.tls_path_to_ca = certificates_.other_ca();
  EXPECT_THAT(reason(config), StartsWith("server certificate not trusted: "));
  config.tls_path_to_ca.clear();  // the system's bundle
  EXPECT_THAT(reason(config), StartsWith("server certificate not trusted: "));
}

TEST_F(MqttTls, RefusesACertificateForAnotherName) {
  const BrokerConfig config = start(certificates_.issue("other", "DNS:other.example"));
  EXPECT_THAT(reason(config),
              StartsWith("server certificate is for another host name, not for localhost"));
  EXPECT_EQ(trouble(config), BrokerTrouble::certificate);
}

TEST_F(MqttTls, RefusesACertificateForAnotherAddress) {
  BrokerConfig config = start(certificates_.issue("other", "DNS:localhost,IP:127.0.0.2"));
  config.address = "127.0.0.1";
  EXPECT_THAT(reason(config),
              StartsWith("server certificate is for another host name, not for 127.0.0.1"));
}

/// As home-made certificates have it.
TEST_F(MqttTls, TakesAnAddressWhereANameBelongs) {
  BrokerConfig config = start(certificates_.issue("server", "DNS:127.0.0.1"));
  config.address = "127.0.0.1";
  EXPECT_TRUE(connects(config));
}

/// Both connect to one place, and OpenSSL is told whom each must reach.
TEST_F(MqttTls, NeverTakesOneConnectionForAnother) {
  BrokerConfig by_name = start(certificates_.issue("server", "DNS:localhost"));
  BrokerConfig by_address = by_name;
  by_address.address = "127.0.0.1";
  MqttTiming slower = kFast;  // so that they do not always meet
  slower.first_retry = slower.longest_retry = std::chrono::milliseconds(2000);
  Listener refused(by_address, {{"t/#"}, {}}, slower);
  Listener trusting(by_name);
  ASSERT_TRUE(trusting.wait([&] {
    refused.turn();
    return trusting.count<MqttUp>() > 0;
  }));
  ASSERT_TRUE(refused.wait([&] { return refused.count<MqttDown>() >= 2; }));
  EXPECT_EQ(refused.count<MqttUp>(), 0U);
}

TEST_F(MqttTls, RefusesAnExpiredCertificate) {
  const BrokerConfig config = start(certificates_.issue("old", kLocal, -1));
  EXPECT_THAT(reason(config), HasSubstr("not trusted: certificate has expired"));
}

TEST_F(MqttTls, InsecureChecksNeitherAuthorityNorNameNorDate) {
  BrokerConfig config = start(certificates_.issue("old", "DNS:other.example", -1));
  config.tls_path_to_ca.clear();
  config.tls_insecure = true;
  EXPECT_TRUE(connects(config));
}

TEST_F(MqttTls, InsecureWithAnAuthorityChecksAllButTheName) {
  BrokerConfig config = start(certificates_.issue("server", "DNS:other.example"));
  config.tls_insecure = true;
  EXPECT_TRUE(connects(config));
  config.address = "127.0.0.1";
  EXPECT_TRUE(connects(config));
  config.tls_path_to_ca = certificates_.other_ca();
  EXPECT_THAT(reason(config), StartsWith("server certificate not trusted: "));
  EXPECT_EQ(trouble(config), BrokerTrouble::certificate);
}

TEST_F(MqttTls, InsecureWithAnAuthorityRefusesAnExpiredCertificate) {
  BrokerConfig config = start(certificates_.issue("old", "DNS:other.example", -1));
  config.tls_insecure = true;
  EXPECT_THAT(reason(config), HasSubstr("not trusted: certificate has expired"));
}

TEST_F(MqttTls, ShowsTheClientCertificate) {
  BrokerConfig config = start({.username = {},
                               .password = {},
                               .tls = certificates_.issue("server", kLocal),
                               .client_ca = certificates_.ca()});
  EXPECT_THAT(reason(config), StartsWith("the broker wants a client certificate"));
  EXPECT_EQ(trouble(config), BrokerTrouble::client_certificate);
  const KeyPair client = certificates_.issue("client", "DNS:client");
  config.tls_path_to_cert = client.certificate;
  config.tls_path_to_key = client.key;
  EXPECT_TRUE(connects(config));
}

TEST_F(MqttTls, SaysThatTheClientCertificateIsRefused) {
  Certificates strangers;
  BrokerConfig config = start({.username = {},
                               .password = {},
                               .tls = certificates_.issue("server", kLocal),
                               .client_ca = certificates_.ca()});
  const KeyPair client = strangers.issue("client", "DNS:client");
  config.tls_path_to_cert = client.certificate;
  config.tls_path_to_key = client.key;
  EXPECT_THAT(reason(config), StartsWith("the broker refuses the client certificate ("));
}

TEST_F(MqttTls, SaysThatThePortSpeaksNoTls) {
  const BrokerConfig config = start(MosquittoOptions{});
  EXPECT_THAT(reason(config), StartsWith("broker speaks no TLS on port "));
  EXPECT_EQ(trouble(config), BrokerTrouble::tls);
}

TEST_F(MqttTls, SaysThatTlsMayBeMissing) {
  BrokerConfig config = start(certificates_.issue("server", kLocal));
  config.tls_enabled = false;
  EXPECT_THAT(reason(config), HasSubstr("tls_enabled if the broker wants TLS"));
}

TEST_F(MqttTls, SaysThatTheBrokerIsNotThere) {
  EXPECT_THAT(reason(config_for(free_port())), StartsWith("connection refused"));
}

TEST_F(MqttTls, SaysThatNobodyAnswers) {
  const SilentServer server;
  MqttTiming timing = kFast;
  timing.connect_timeout = std::chrono::seconds(1);
  Listener listener(config_for(server.port()), {{"t/#"}, {}}, timing);
  EXPECT_THAT(listener.first_reason(), StartsWith("no answer within 1 s"));
}

TEST_F(MqttTls, WaitsForAMissingAuthorityFile) {
  BrokerConfig config = start(certificates_.issue("server", kLocal));
  config.tls_path_to_ca = (certificates_.folder() / "later.crt").string();
  Listener listener(config);
  EXPECT_THAT(listener.first_reason(), StartsWith("tls file not readable: "));
  EXPECT_THAT(listener.first_reason(), HasSubstr("No such file"));
  EXPECT_EQ(listener.first_trouble(), BrokerTrouble::tls_files);
  std::filesystem::copy_file(certificates_.ca(), config.tls_path_to_ca);
  EXPECT_TRUE(listener.wait_up());
}

TEST_F(MqttTls, TakesAReplacedAuthorityFile) {
  BrokerConfig config = start(certificates_.issue("server", kLocal));
  config.tls_path_to_ca = certificates_.other_ca();
  Listener listener(config);
  EXPECT_THAT(listener.first_reason(), StartsWith("server certificate not trusted"));
  write_file(config.tls_path_to_ca, read_file(certificates_.ca()));
  EXPECT_TRUE(listener.wait_up());
}

TEST_F(MqttTls, SaysWhichFileIsNoCertificate) {
  BrokerConfig config = start(certificates_.issue("server", kLocal));
  const std::string junk = (certificates_.folder() / "junk").string();
  write_file(junk, "no certificate\n");
  config.tls_path_to_ca = junk;
  EXPECT_THAT(reason(config), StartsWith("tls file not usable: " + junk));
  EXPECT_THAT(reason(config), HasSubstr("check tls_path_to_ca"));
  config.tls_path_to_ca = certificates_.ca();
  config.tls_path_to_cert = certificates_.issue("client", "DNS:client").certificate;
  config.tls_path_to_key = junk;
  EXPECT_THAT(reason(config), HasSubstr("check tls_path_to_key"));
}

TEST_F(MqttTls, NeverAsksForAPassPhrase) {
  BrokerConfig config = start(certificates_.issue("server", kLocal));
  const KeyPair client = certificates_.issue("client", "DNS:client");
  config.tls_path_to_cert = client.certificate;
  config.tls_path_to_key = client.key + ".locked";
  run({"openssl", "pkey", "-in", client.key, "-aes128", "-passout", "pass:1234", "-out",
       config.tls_path_to_key});
  EXPECT_THAT(reason(config), HasSubstr("has a pass phrase"));
}

}  // namespace
}  // namespace dmb::test
