// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/battery/reading.h"
#include "payload_shape.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// Receives the events of nlohmann's SAX parser and puts each scalar straight where the path table
/// says, without building a document: the payload decides neither memory nor recursion depth.
class PayloadWalker {
 public:
  // What nlohmann's parser asks of a handler.
  using number_integer_t = std::int64_t;
  using number_unsigned_t = std::uint64_t;
  using number_float_t = double;
  using string_t = std::string;
  using binary_t = nlohmann::json::binary_t;

  /// The outer layer may wrap the data in {"value": …}, as Venus brokers do, the inner may not
  /// again.
  enum class Layer : std::uint8_t { outer, inner };

  /// `notes`, if wanted, are begun anew, and are true of the payload when it is accepted.
  PayloadWalker(Reading& out, Layer layer, ScalarNotes* notes);
  /// A walker for the same layer with an emptied reading, through a text other than the payload's.
  PayloadWalker restarted() const;

  bool null();
  bool boolean(bool value);
  bool number_integer(number_integer_t value);
  bool number_unsigned(number_unsigned_t value);
  bool number_float(number_float_t value, const string_t& text);
  bool string(string_t& value);
  bool binary(binary_t& value);
  bool start_object(std::size_t);
  bool key(string_t& name);
  bool end_object();
  bool start_array(std::size_t);
  bool end_array();
  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::json::exception& error);

  bool malformed() const { return malformed_; }
  bool too_deep() const { return too_deep_; }
  bool stopped() const { return malformed_ || too_deep_ || !root_.empty(); }
  const std::string& error() const { return error_; }
  /// What stood where an object was expected; empty when an object did.
  const std::string& root() const { return root_; }
  bool wrapped_null() const { return wrapped_null_; }
  std::optional<std::string>& wrapped_text() { return wrapped_text_; }

 private:
  enum class Wrapper : std::uint8_t { none, expected, inside, done };

  /// An open list that holds a value for each cell: "Voltages": [3.301, 3.299].
  struct ListOfCells {
    Quantity first;         ///< of cell 1
    std::size_t depth = 0;  ///< of the object that it stands in
    int next = 0;           ///< cells told so far
  };

  /// Objects and lists within each other; battery data has four.
  static constexpr std::size_t kMaxDepth = 16;
  /// Longer than any item's; what is longer is cut off.
  static constexpr std::size_t kMaxPath = 160;

  bool scalar_at_root(std::string_view what);
  std::optional<Quantity> item_here();
  std::optional<Quantity> item_in_list();
  void say_unknown(std::string key);
  void begin_list();
  /// Of the current key, as spelled, '/' between levels.
  std::string_view path() const { return {path_text_.data(), path_size_}; }
  void extend_path(std::string_view text);
  bool not_battery_data() const;
  void note(std::optional<Quantity> id);
  template <typename Set>
  bool scalar(std::string_view what, Set set);

  Reading* out_;
  Layer layer_;
  ScalarNotes* notes_;
  std::size_t depth_ = 0;        ///< open objects
  std::size_t array_depth_ = 0;  ///< open arrays; what is in them is passed over, but for cells
  std::optional<ListOfCells> cells_;
  std::array<char, kMaxPath> path_text_{};
  std::size_t path_size_ = 0;                       ///< of path()
  std::array<std::size_t, kMaxDepth> path_ends_{};  ///< size of path() per open object
  Wrapper wrapper_ = Wrapper::none;
  bool wrapped_null_ = false;
  std::optional<std::string> wrapped_text_;
  bool malformed_ = false;
  bool too_deep_ = false;
  std::string error_;
  std::string root_;
};

}  // namespace dmb
