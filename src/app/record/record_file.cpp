// SPDX-License-Identifier: MIT
#include "app/record/record_file.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace dmb {
namespace {

constexpr std::size_t kMaxWaitingBytes = std::size_t{4} << 20U;
constexpr std::size_t kWorthWriting = std::size_t{64} << 10U;
constexpr std::chrono::seconds kGather{1};
constexpr std::chrono::seconds kEnd{3};

struct Chunk {
  std::optional<PartStart> begins_part = {};
  std::string text;
  std::size_t lines = 0;
};

}  // namespace

/// Where lines lie until the thread takes them.
struct RecordFile::Desk {
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable ended;
  std::vector<Chunk> waiting;
  std::size_t waiting_bytes = 0;
  bool ends = false;
  bool has_ended = false;
  State state;

  std::vector<Chunk> take(std::unique_lock<std::mutex>& lock);
  void write_all(PartWriter& writer);
};

/// Nothing wakes it while nothing is added.
std::vector<Chunk> RecordFile::Desk::take(std::unique_lock<std::mutex>& lock) {
  wake.wait(lock, [this] { return ends || waiting_bytes > 0; });
  wake.wait_for(lock, kGather, [this] { return ends || waiting_bytes >= kWorthWriting; });
  waiting_bytes = 0;
  return std::exchange(waiting, {});
}

void RecordFile::Desk::write_all(PartWriter& writer) {
  std::unique_lock lock(mutex);
  while (!ends || waiting_bytes > 0) {
    const std::vector<Chunk> chunks = take(lock);
    lock.unlock();
    std::size_t lost = 0;
    for (const Chunk& chunk : chunks) {
      if (chunk.begins_part) writer.begin_part(*chunk.begins_part);
      if (!writer.write(chunk.text)) lost += chunk.lines;
    }
    lock.lock();
    state.lost_lines += lost;
    state.bytes = writer.bytes();
    state.trouble = writer.trouble();
  }
}

RecordFile::RecordFile(std::filesystem::path path)
    : path_(std::move(path)), desk_(std::make_shared<Desk>()) {
  std::thread([desk = desk_, path = path_] {
    PartWriter writer(path);
    desk->write_all(writer);
    writer.end();
    const std::scoped_lock lock(desk->mutex);
    desk->has_ended = true;
    desk->ended.notify_all();
  }).detach();
}

RecordFile::~RecordFile() {
  std::unique_lock lock(desk_->mutex);
  desk_->ends = true;
  desk_->wake.notify_one();
  desk_->ended.wait_for(lock, kEnd, [this] { return desk_->has_ended; });
}

void RecordFile::begin_part(PartStart start) {
  const std::scoped_lock lock(desk_->mutex);
  desk_->waiting.push_back({.begins_part = start, .text = {}, .lines = 0});
}

bool RecordFile::add(const std::string& line) {
  const std::scoped_lock lock(desk_->mutex);
  const std::size_t before = desk_->waiting_bytes;
  const std::size_t after = before + line.size() + 1;
  if (after > kMaxWaitingBytes) return false;
  if (desk_->waiting.empty()) desk_->waiting.emplace_back();
  Chunk& last = desk_->waiting.back();
  last.text.append(line).push_back('\n');
  ++last.lines;
  desk_->waiting_bytes = after;
  // Whoever waits for the first, or for enough, is told once.
  if (before == 0 || (before < kWorthWriting && after >= kWorthWriting)) desk_->wake.notify_one();
  return true;
}

RecordFile::State RecordFile::state() const {
  const std::scoped_lock lock(desk_->mutex);
  return desk_->state;
}

}  // namespace dmb
