// SPDX-License-Identifier: MIT
// Core takes no memory for what it does all day (a device's memory does not get scattered then).
#include "../../bench/core/operations.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace dmb::bench {
namespace {

std::size_t in_steady_state(const Operation& operation) {
  const auto step = operation.prepare(DMB_TEST_DATA);
  for (int i = 0; i < 600; ++i) step();  // every shunt twice
  const std::size_t before = allocations;
  constexpr std::size_t kTimes = 100;
  for (std::size_t i = 0; i < kTimes; ++i) step();
  EXPECT_EQ((allocations - before) % kTimes, 0U) << "not the same each time";
  return (allocations - before) / kTimes;
}

TEST(Allocations, AreCounted) {
  const std::size_t before = allocations;
  const std::string long_one(100, 'x');
  EXPECT_EQ(allocations, before + 1) << long_one;
}

TEST(Allocations, AreNoneInSteadyState) {
  for (const Operation& operation : operations()) {
    if (operation.name.starts_with("decode") || operation.name.starts_with("mapped") ||
        operation.name.starts_with("charge") || operation.name.starts_with("publish"))
      continue;
    EXPECT_EQ(in_steady_state(operation), 0U) << operation.name;
  }
}

/// What is handed out: votes with their reasons, in words; and the cells that they are made of.
TEST(Allocations, OfAChargeControlAreThoseOfItsVotes) {
  const std::size_t ours = in_steady_state(*find_operation("charge_update"));
  std::cout << ours << " allocations for an update with charge control\n";
  EXPECT_LE(ours, 25U);
}

/// What is handed out: a message and its text.
TEST(Allocations, OfAPublishedStateAreThoseOfItsText) {
  const std::size_t ours = in_steady_state(*find_operation("publish_state"));
  std::cout << ours << " allocations for a published state\n";
  EXPECT_LE(ours, 20U);
}

/// What is handed out: a reading with its fields, and the list of readings.
TEST(Allocations, OfAMappedBurstAreThoseOfItsReading) {
  const std::size_t ours = in_steady_state(*find_operation("mapped_burst_40"));
  std::cout << ours << " allocations for 40 messages\n";
  EXPECT_LE(ours, 20U);
}

/// Takes what nlohmann's parser finds and does nothing with it.
struct Indifferent : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& text) override {
    if (keeps_text) last_text = std::move(text);
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }
  bool keeps_text = false;
  std::string last_text;
};

std::size_t of_the_parser(const std::string& text, std::string* last_text = nullptr) {
  const std::size_t before = allocations;
  Indifferent handler;
  handler.keeps_text = last_text != nullptr;
  EXPECT_TRUE(nlohmann::json::sax_parse(std::string_view(text), &handler));
  const std::size_t count = allocations - before;
  if (last_text != nullptr) *last_text = handler.last_text;
  return count;
}

std::string payload(const std::string& name) {
  std::ifstream file(std::string(DMB_TEST_DATA) + "/payload-" + name + ".json");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Allocations, OfDecodingAreTheJsonParsers) {
  EXPECT_EQ(in_steady_state(*find_operation("decode_minimum")),
            of_the_parser(payload("seed-minimum")));
  EXPECT_EQ(in_steady_state(*find_operation("decode_full")), of_the_parser(payload("seed-full")));
  EXPECT_EQ(in_steady_state(*find_operation("decode_limits")),
            of_the_parser(payload("seed-with-limits")));
}

/// And names, and keys that are not known, of more than 15 letters: those are kept as text.
TEST(Allocations, OfDecodingJsonDataAreTheJsonParsersAndLongTexts) {
  std::string inner;
  const std::size_t outer = of_the_parser(payload("serialbattery-jsondata"), &inner);
  const std::size_t ours = in_steady_state(*find_operation("decode_jsondata"));
  std::cout << ours << " allocations, " << outer << " + " << of_the_parser(inner)
            << " of the JSON parser\n";
  EXPECT_LE(ours, outer + of_the_parser(inner) + 4);
}

}  // namespace
}  // namespace dmb::bench
