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

/// Whether there is nothing, or what begins as a recording does; what else is there is somebody's.
bool is_ours(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(path, error);
  if (!std::filesystem::exists(status)) return true;
  if (!std::filesystem::is_regular_file(status)) return false;
  std::ifstream in(path, std::ios::binary);
  std::string begin(200, '\0');
  in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(in.gcount()));
  return begin.empty() || (begin.starts_with("{\"t\":") && begin.find("\"began\"") < 60);
}

}  // namespace

void PartWriter::fail(std::string trouble) {
  trouble_ = std::move(trouble);
  file_.reset();
}

/// What is there and goes on stays; else the file is that of the part before.
bool PartWriter::make_room(std::uint64_t append_below) {
  if (!is_ours(path_)) {
    fail("what is there is no recording, and is left alone");
    return false;
  }
  std::error_code error;
  const auto size = std::filesystem::file_size(path_, error);
  return error || size == 0 || size < append_below || move_away();
}

bool PartWriter::move_away() {
  const std::filesystem::path before = path_.string() + ".1";
  if (!is_ours(before)) {
    fail(before.string() + " is no recording, and is left alone");
    return false;
  }
  std::error_code error;
  std::filesystem::rename(path_, before, error);
  if (error) fail(error.message());
  return !error;
}

bool PartWriter::cut_back() {
  if (!file_ || ::ftruncate(file_.get(), static_cast<off_t>(part_start_)) != 0) return false;
  bytes_ = part_start_;
  return true;
}

void PartWriter::begin_part(PartStart start) {
  if (start.replaces && cut_back()) return;
  end();
  bytes_ = 0;
  if (!trouble_.empty() && !start.after_trouble) return;
  trouble_.clear();
  if (make_room(start.append_below)) open();
}

void PartWriter::open() {
  constexpr mode_t kOwnerOnly = 0600;
  constexpr int kFlags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
  file_ = UniqueFd(::open(path_.c_str(), kFlags, kOwnerOnly));
  struct stat status {};
  if (!file_ || ::fstat(file_.get(), &status) != 0) return fail(strerror(errno));
  bytes_ = static_cast<std::uint64_t>(status.st_size);
  kept_at_ = std::chrono::steady_clock::now();
  end_cut_line();
  part_start_ = bytes_;
}

/// Who was killed while it wrote may have left half a line.
void PartWriter::end_cut_line() {
  char last = '\n';
  if (bytes_ > 0 && ::pread(file_.get(), &last, 1, static_cast<off_t>(bytes_ - 1)) != 1) last = 0;
  if (last != '\n') write_all("\n");
}

/// All or nothing: of a line that is cut off in the middle of a file nobody knows what it was.
bool PartWriter::write_all(std::string_view text) {
  std::uint64_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(file_.get(), text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int why = errno;
      if (done > 0 && ::ftruncate(file_.get(), static_cast<off_t>(bytes_)) != 0) bytes_ += done;
      fail(strerror(why));
      return false;
    }
    done += static_cast<std::uint64_t>(written);
  }
  bytes_ += done;
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
