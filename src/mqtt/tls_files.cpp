// SPDX-License-Identifier: MIT
#include "tls_files.h"

#include "dmb/codec/text.h"

#include <openssl/err.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace dmb {
namespace {

constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t kPathBytes = 200;

Failure files_failure(std::string reason) {
  return {BrokerTrouble::tls_files, std::move(reason)};
}

std::optional<Failure> unreadable(const std::string& key, const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  if (file && file.peek() != std::ifstream::traits_type::eof()) return std::nullopt;
  const std::string why = errno ? std::generic_category().message(errno) : "the file is empty";
  return files_failure("tls file not readable: " + printable(path, kPathBytes) + " (" + why +
                       "): check " + key);
}

bool has_pass_phrase(const std::string& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return text.find("ENCRYPTED") != std::string::npos;
}

}  // namespace

std::string openssl_words() {
  const unsigned long error = ERR_peek_error();
  const char* words = error ? ERR_reason_error_string(error) : nullptr;
  return words ? words : "no reason given";
}

Failure unusable_file(const std::string& key, const std::string& path) {
  return files_failure("tls file not usable: " + printable(path, kPathBytes) + " (" +
                       openssl_words() + "): check " + key);
}

std::string ca_file(const BrokerConfig& broker) {
  return broker.tls_path_to_ca.empty() ? kSystemBundle : broker.tls_path_to_ca;
}

bool verifies_chain(const BrokerConfig& broker) {
  return !broker.tls_insecure || !broker.tls_path_to_ca.empty();
}

std::optional<Failure> tls_file_problem(const BrokerConfig& broker) {
  if (!broker.tls_enabled) return std::nullopt;
  if (verifies_chain(broker))
    if (auto problem = unreadable("tls_path_to_ca", ca_file(broker))) return problem;
  if (broker.tls_path_to_cert.empty()) return std::nullopt;
  if (auto problem = unreadable("tls_path_to_cert", broker.tls_path_to_cert)) return problem;
  // The key may stand in the certificate's file.
  const std::string& key =
      broker.tls_path_to_key.empty() ? broker.tls_path_to_cert : broker.tls_path_to_key;
  if (auto problem = unreadable("tls_path_to_key", key)) return problem;
  if (has_pass_phrase(key))
    return files_failure("the key in " + printable(key, kPathBytes) +
                         " has a pass phrase: store it without one (tls_path_to_key)");
  return std::nullopt;
}

}  // namespace dmb
