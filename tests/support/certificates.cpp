// SPDX-License-Identifier: MIT
#include "certificates.h"

namespace dmb::test {
namespace {

const std::vector<std::string> kNewKey = {"-newkey", "ec", "-pkeyopt",
                                          "ec_paramgen_curve:prime256v1", "-nodes"};

std::vector<std::string> openssl(std::vector<std::string> words,
                                 const std::vector<std::string>& more) {
  words.insert(words.begin(), "openssl");
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

Certificates::Certificates() {
  make_authority("ca");
}

std::string Certificates::other_ca() {
  make_authority("other-ca");
  return file("other-ca.crt");
}

void Certificates::make_authority(const std::string& name) {
  run(openssl({"req", "-x509", "-days", "30", "-subj", "/CN=" + name, "-keyout",
               file(name + ".key"), "-out", file(name + ".crt")},
              kNewKey));
}

KeyPair Certificates::issue(const std::string& name, const std::string& names, int days) {
  const KeyPair pair{file(name + ".crt"), file(name + ".key")};
  const std::string request = file(name + ".csr");
  const std::string extensions = file(name + ".ext");
  write_file(extensions, "subjectAltName=" + names + "\n");
  run(openssl({"req", "-subj", "/CN=" + name, "-keyout", pair.key, "-out", request}, kNewKey));
  run({"openssl", "x509", "-req", "-in", request, "-CA", ca(), "-CAkey", file("ca.key"),
       "-CAcreateserial", "-days", std::to_string(days), "-extfile", extensions, "-out",
       pair.certificate});
  return pair;
}

}  // namespace dmb::test
