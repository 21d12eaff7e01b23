// SPDX-License-Identifier: MIT
#include "dmb/config/ini_text.h"

#include "dmb/config/ini_value.h"

#include <ini.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <utility>

namespace dmb {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

/// A line that counts: a section header or a key. `owner` is filled in by inih.
struct Line {
  bool is_section = false;
  int number = 0;
  std::string_view name;
  std::string value;
  int value_column = 0;
  std::size_t owner = 0;  ///< index of the header it stands under, plus one; 0: before the first
};

/// Cuts the text into the lines that count, and reads them, which inih cannot be left to do: it
/// takes an indented key for more of the value above, lets the keys below a header that is not
/// closed fall to the section before, cuts headers at 49 and lines at 199 bytes and values at " ;"
/// (passwords!), and tells neither headers without keys, nor line numbers, nor of bad lines more
/// than the first. Whatever is made fit for it (unindented, shortened, without comments, each bad
/// line told) has been read for that already, so all that is left to it is to say which key stands
/// under which header.
class LineScanner {
 public:
  LineScanner(std::string_view text, Problems& problems) : problems_(problems) { scan(text); }

  std::vector<Line> lines;
  bool readable = true;

 private:
  void scan(std::string_view text);
  void take(std::string_view text);
  void take_section(std::string_view text);
  void take_key_or_rest(std::string_view text);
  void error(const std::string& message) const {
    SpotProblems(problems_, {.line = number_, .section = {}, .key = {}}).error(message);
  }

  Problems& problems_;
  int number_ = 0;
  bool damaged_ = false;    ///< NUL bytes were seen
  bool after_key_ = false;  ///< an indented line may continue the value
};

void LineScanner::scan(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    number_ = 1;
    readable = false;
    error("the file is saved as UTF-16; save it as plain text in UTF-8");
    return;
  }
  if (text.starts_with(kUtf8Mark)) text.remove_prefix(kUtf8Mark.size());
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    ++number_;
    take(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  readable = !damaged_ || !lines.empty();  // what remains of a damaged file is worth checking
}

void LineScanner::take(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    if (!damaged_) {
      error("NUL bytes: the file is damaged or not saved as UTF-8 text; write this line anew");
    }
    damaged_ = true;
    after_key_ = false;
    return;
  }
  const std::string_view content = trim(text);
  if (content.empty() || content.front() == ';' || content.front() == '#') return;
  if (content.front() == '[') {
    take_section(content);
  } else {
    take_key_or_rest(text);
  }
}

void LineScanner::take_section(std::string_view text) {
  const std::size_t close = text.find(']');
  const std::size_t end = close < text.size() ? close : comment_start(text);
  const std::string_view name = trim(text.substr(1, end - 1));
  after_key_ = false;
  lines.push_back({.is_section = true, .number = number_, .name = name, .value = {}});
  if (close == std::string_view::npos) {
    error("a section must be closed with \"]\", e.g. [MQTT]");
  } else if (name.empty()) {
    error("a section needs a name between the brackets, e.g. [MQTT]");
  } else if (const auto rest = trim(text.substr(close + 1));
             !rest.empty() && rest.front() != ';' && rest.front() != '#') {
    SpotProblems(problems_, {.line = number_, .section = std::string(name), .key = {}})
        .warning("the text behind \"]\" is ignored; write keys on lines of their own");
  }
}

void LineScanner::take_key_or_rest(std::string_view text) {
  const std::size_t delimiter = text.find_first_of("=:");
  if (delimiter < comment_start(text)) {
    const std::string_view key = trim(text.substr(0, delimiter));
    after_key_ = !key.empty();
    if (key.empty()) return error("the name of the key is missing; expected: key = value");
    lines.push_back({.is_section = false,
                     .number = number_,
                     .name = key,
                     .value = std::string(text.substr(delimiter + 1)),
                     .value_column = static_cast<int>(delimiter) + 2});
    return;
  }
  if (after_key_ && is_blank(text.front())) {
    lines.back().value.append(1, '\n').append(text);
    return;
  }
  after_key_ = false;
  error("must be a [section], \"key = value\", or a comment that starts with ; or #");
}

/// What inih reads from and writes to.
struct Feed {
  std::vector<Line>& lines;
  std::size_t next = 0;
};

// inih is handed a short line for each line that counts, with the line's index in place of the
// text, and says which key stands under which header. Both functions are called from C: they must
// not throw.
extern "C" {
static char* feed_line(char* buffer, int size, void* stream) noexcept {
  auto& feed = *static_cast<Feed*>(stream);
  if (feed.next == feed.lines.size()) return nullptr;
  const bool is_section = feed.lines[feed.next].is_section;
  const std::string_view before = is_section ? "[" : "line = ";
  const std::string_view after = is_section ? "]\n" : "\n";
  char* const end = buffer + size - after.size() - 1;
  char* out = std::copy(before.begin(), before.end(), buffer);
  out = std::to_chars(out, end, feed.next++).ptr;
  *std::copy(after.begin(), after.end(), out) = '\0';
  return buffer;
}

static int take_key(void* user, const char* section, const char*, const char* value) noexcept {
  auto& lines = static_cast<Feed*>(user)->lines;
  std::size_t header = 0;
  std::size_t index = lines.size();
  const bool under_header =
      std::from_chars(section, section + std::strlen(section), header).ec == std::errc{};
  std::from_chars(value, value + std::strlen(value), index);
  if (index < lines.size()) lines[index].owner = under_header ? header + 1 : 0;
  return 1;
}
}

/// The keys before the first header, read as if they stood in [DEFAULT].
void add_leading_section(IniDocument& document, const std::vector<Line>& lines,
                         Problems& problems) {
  if (lines.empty() || lines.front().is_section) return;
  document.sections.push_back({.line = 0, .name = "DEFAULT", .entries = {}});
  SpotProblems(problems, {.line = lines.front().number, .section = {}, .key = {}})
      .warning("stands before the first [section]; read as if [DEFAULT] stood above it");
}

}  // namespace

IniDocument read_ini(std::string_view text, Problems& problems) {
  LineScanner scanner(text, problems);
  auto& lines = scanner.lines;
  Feed feed{.lines = lines};
  ini_parse_stream(feed_line, &feed, take_key, &feed);

  IniDocument document{.sections = {}, .readable = scanner.readable};
  add_leading_section(document, lines, problems);
  std::vector<std::size_t> section_of(lines.size() + 1, 0);  // by owner
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Line& line = lines[i];
    if (line.is_section) {
      section_of[i + 1] = document.sections.size();
      document.sections.push_back(
          {.line = line.number, .name = std::string(line.name), .entries = {}});
    } else {
      document.sections[section_of[line.owner]].entries.push_back(
          {.line = line.number,
           .key = std::string(line.name),
           .raw_value = std::move(line.value),
           .value_column = line.value_column});
    }
  }
  return document;
}

}  // namespace dmb
