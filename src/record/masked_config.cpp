// SPDX-License-Identifier: MIT
#include "dmb/battery/letter_case.h"
#include "dmb/config/ini_value.h"
#include "dmb/record/masker.h"
#include "secret_words.h"

#include <utility>

namespace dmb::record {
namespace {

/// One line of a config.ini, and what it tells, be it commented out or only the rest of a value.
struct ConfigLine {
  std::string_view start;  ///< up to the value
  std::string_view value;  ///< empty: none, or none that is secret
  std::optional<Secret> kind = {};
};

bool is_comment_mark(char c) {
  return c == ';' || c == '#';
}

class ConfigLines {
 public:
  explicit ConfigLines(std::string_view text) : rest_(text) {}

  /// nullopt at the end. A line keeps its line feed, in `end_of_line`.
  std::optional<ConfigLine> next() {
    if (rest_.empty()) return std::nullopt;
    const std::size_t size = std::min(rest_.find_first_of("\r\n"), rest_.size());
    const std::string_view line = rest_.substr(0, size);
    const std::size_t end = rest_.substr(size).starts_with("\r\n") ? size + 2 : size + 1;
    end_of_line = rest_.substr(size, end - size);
    rest_.remove_prefix(std::min(end, rest_.size()));
    return read(line);
  }
  std::string_view end_of_line;

 private:
  ConfigLine read(std::string_view line) {
    std::size_t start = 0;
    while (start < line.size() && (is_blank(line[start]) || is_comment_mark(line[start]))) ++start;
    const bool is_comment = line.substr(0, start).find_first_of(";#") != std::string_view::npos;
    const std::size_t delimiter = line.find_first_of("=:", start);
    if (delimiter == std::string_view::npos) return read_rest(line, start, is_comment);
    const std::string_view key = trim(line.substr(start, delimiter - start));
    const bool is_prose = is_comment && key.find(' ') != std::string_view::npos;
    const auto kind = is_prose ? std::nullopt : secret_of_config_key(to_lower(key));
    if (!is_comment) kind_above_ = kind;
    return split(line, delimiter + 1, kind);
  }
  /// An indented line goes on with the value above.
  ConfigLine read_rest(std::string_view line, std::size_t start, bool is_comment) {
    const bool goes_on = !is_comment && start > 0 && start < line.size() && kind_above_;
    if (!is_comment && start == 0 && !line.empty()) kind_above_.reset();
    return goes_on ? split(line, start, kind_above_) : ConfigLine{line, {}};
  }
  static ConfigLine split(std::string_view line, std::size_t at, std::optional<Secret> kind) {
    if (!kind || trim(line.substr(at)).empty()) return {line, {}};
    return {line.substr(0, at), line.substr(at), kind};
  }

  std::string_view rest_;
  std::optional<Secret> kind_above_;
};

std::vector<std::string> secrets_of(const ConfigLine& line) {
  if (line.kind == Secret::own_word) return clean_value(line.value, ValueSyntax::list).items;
  const bool has_comments = line.kind != Secret::password && line.kind != Secret::user_name;
  return {clean_value(line.value, has_comments ? ValueSyntax::name : ValueSyntax::secret).text};
}

}  // namespace

bool Masker::learn_config(std::string_view ini_text) {
  bool learned = true;
  ConfigLines lines(ini_text);
  while (const auto line = lines.next()) {
    if (!line->kind) continue;
    for (const std::string& secret : secrets_of(*line))
      learned = learn(*line->kind, secret) && learned;
    if (line->kind == Secret::password)
      learned = learn(*line->kind, trim(line->value)) && learned;  // with its quotes, too
  }
  return learn_text(ini_text) && learned;
}

std::string Masker::mask_config(std::string_view ini_text) const {
  std::string out;
  ConfigLines lines(ini_text);
  while (const auto line = lines.next()) {
    out += mask(std::string(line->start));
    std::string values;
    if (line->kind)
      for (const std::string& secret : secrets_of(*line))
        values += (values.empty() ? " " : ", ") + known_stand_in(*line->kind, secret);
    (out += values) += lines.end_of_line;
  }
  return out;
}

}  // namespace dmb::record
