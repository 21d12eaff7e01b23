// SPDX-License-Identifier: MIT
#pragma once

#include "child.h"

#include <string>

namespace dmb::test {

struct KeyPair {
  std::string certificate;  ///< path of the PEM file
  std::string key;
};

/// A certificate authority for one test, made with the openssl program.
class Certificates {
 public:
  Certificates();

  std::string ca() const { return file("ca.crt"); }
  /// Another authority, which signed nothing here.
  std::string other_ca();
  /// `names` as in subjectAltName: "DNS:localhost,IP:127.0.0.1". Expired if `days` is negative.
  KeyPair issue(const std::string& name, const std::string& names, int days = 30);
  const std::filesystem::path& folder() const { return dir_.path(); }

 private:
  std::string file(const std::string& name) const { return (dir_.path() / name).string(); }
  void make_authority(const std::string& name);

  TempDir dir_;
};

}  // namespace dmb::test
