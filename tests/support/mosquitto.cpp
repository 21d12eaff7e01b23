// SPDX-License-Identifier: MIT
#include "mosquitto.h"

#include "runtime/unique_fd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace dmb::test {
namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool is_listening(std::uint16_t port) {
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  return connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void wait_until(const std::string& what, const std::function<bool()>& reached) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!reached()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("waited for " + what);
    std::this_thread::sleep_for(5ms);
  }
}

}  // namespace

std::uint16_t free_port() {
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

Mosquitto::Mosquitto(MosquittoOptions options) : options_(std::move(options)), port_(free_port()) {}

void Mosquitto::write_config() const {
  std::ostringstream config;
  // Started by root it would give root up, and then could not read our private files.
  if (geteuid() == 0) config << "user root\n";
  for (const char* kind : {"error", "warning", "notice", "information", "subscribe"})
    config << "log_type " << kind << "\n";
  config << "listener " << port_ << " 127.0.0.1\n";
  if (options_.username.empty()) {
    config << "allow_anonymous true\n";
  } else {
    config << "allow_anonymous false\npassword_file " << file("passwords") << "\n";
    write_file(file("passwords"), "");
    run({"mosquitto_passwd", "-b", file("passwords"), options_.username, options_.password});
  }
  if (options_.tls)
    config << "certfile " << options_.tls->certificate << "\nkeyfile " << options_.tls->key << "\n";
  if (!options_.client_ca.empty())
    config << "cafile " << options_.client_ca << "\nrequire_certificate true\n";
  write_file(file("mosquitto.conf"), config.str());
}

void Mosquitto::start() {
  write_config();
  child_ = Child({"mosquitto", "-c", file("mosquitto.conf")}, file("log"));
  wait_until("mosquitto to listen", [this] {
    if (!child_.is_running())
      throw std::runtime_error("mosquitto ended: " + read_file(file("log")));
    return is_listening(port_);
  });
}

void Mosquitto::kill() {
  child_.stop(SIGKILL);
}
void Mosquitto::suspend() const {
  child_.signal(SIGSTOP);
}
void Mosquitto::resume() const {
  child_.signal(SIGCONT);
}

std::string Mosquitto::log() const {
  return read_file(file("log"));
}

std::vector<std::string> Mosquitto::client(const std::string& program) const {
  return {program, "-h", "127.0.0.1", "-p", std::to_string(port_)};
}

void Mosquitto::publish(const Publication& what) const {
  auto command = client("mosquitto_pub");
  command.insert(command.end(), {"-t", what.topic});
  if (what.retain) command.emplace_back("-r");
  if (what.payload.empty()) {
    command.emplace_back("-n");
  } else {
    write_file(file("payload"), what.payload);
    command.insert(command.end(), {"-f", file("payload")});
  }
  run(command);
}

void Mosquitto::publish_lines(const std::string& topic, const std::string& lines) const {
  write_file(file("lines"), lines);
  std::string line;
  for (const std::string& word : client("mosquitto_pub")) line += word + " ";
  run({"sh", "-c", line + "-l -t " + topic + " < " + file("lines")});
}

Watcher::Watcher(const Mosquitto& broker, const std::string& filter) {
  // The retained message tells that the subscription holds.
  broker.publish({.topic = "watcher/ready", .payload = "x", .retain = true});
  child_ = Child({"mosquitto_sub", "-h", "127.0.0.1", "-p", std::to_string(broker.port()), "-t",
                  filter, "-t", "watcher/ready", "-F", "%t|%p|%r"},
                 dir_.path() / "out");
  wait_until("mosquitto_sub to subscribe", [this] {
    return read_file(dir_.path() / "out").find("watcher/ready") != std::string::npos;
  });
}

std::vector<std::string> Watcher::lines() const {
  std::istringstream out(read_file(dir_.path() / "out"));
  std::vector<std::string> found;
  for (std::string line; std::getline(out, line);)
    if (line.ends_with("|0")) found.push_back(line.substr(0, line.size() - 2));
  return found;
}

}  // namespace dmb::test
