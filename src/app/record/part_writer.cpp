// SPDX-License-Identifier: MIT
#include "app/record/part_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace dmb {
namespace {

constexpr std::chrono::seconds kBetweenSyncs{30};
constexpr std::uint64_t kWorthKeeping = std::uint64_t{64} << 10U;

/// Whether the file begins as a recording does; what else is there is somebody's.
bool is_recording(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string begin(200, '\0');
  in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(in.gcount()));
  return begin.empty() || (begin.starts_with("{\"t\":") && begin.find("\"began\"") < 60);
}

}  // namespace

void PartWriter::fail(std::string trouble) {
  trouble_ = std::move(trouble);
  is_retry_ = true;
  file_.reset();
}

/// A part that failed at its start is not worth the one before it.
bool PartWriter::make_room() {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(path_, error);
  if (!std::filesystem::exists(status)) return true;
  if (!std::filesystem::is_regular_file(status) || !is_recording(path_)) {
    fail("what is there is no recording, and is left alone");
    return false;
  }
  const auto size = std::filesystem::file_size(path_, error);
  if (size == 0 || (is_retry_ && size < kWorthKeeping))
    std::filesystem::remove(path_, error);
  else
    std::filesystem::rename(path_, path_.string() + ".1", error);
  if (error) fail(error.message());
  return !error;
}

void PartWriter::begin_part() {
  end();
  bytes_ = 0;
  trouble_.clear();
  if (!make_room()) return;
  constexpr mode_t kOwnerOnly = 0600;
  file_ = UniqueFd(
      ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (!file_) return fail(strerror(errno));
  kept_at_ = std::chrono::steady_clock::now();
}

bool PartWriter::write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file_.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      fail(strerror(errno));
      return false;
    }
    bytes_ += static_cast<std::uint64_t>(written);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool PartWriter::write(std::string_view text) {
  if (!file_) return text.empty();
  struct stat status {};
  if (::fstat(file_.get(), &status) == 0 && status.st_nlink == 0) {
    fail("somebody removed it");
    return false;
  }
  if (!write_all(text)) return false;
  if (bytes_ >= kWorthKeeping) is_retry_ = false;
  keep_now_and_then();
  return true;
}

/// Flash wears with each of these, and a power cut may take half a minute.
void PartWriter::keep_now_and_then() {
  const auto now = std::chrono::steady_clock::now();
  if (now - kept_at_ < kBetweenSyncs) return;
  kept_at_ = now;
  ::fdatasync(file_.get());
}

void PartWriter::end() {
  if (file_) ::fdatasync(file_.get());
  file_.reset();
}

}  // namespace dmb
