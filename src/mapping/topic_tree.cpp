// SPDX-License-Identifier: MIT
#include "dmb/mapping/topic_tree.h"

#include "dmb/battery/letter_case.h"
#include "dmb/codec/topic.h"
#include "number_form.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace dmb {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

/// What stands around the number of a level.
struct Around {
  std::string_view text;
  std::string_view tail;
  bool operator==(const Around&) const = default;
};

struct KeptAround {
  std::string text;
  std::string tail;
  Around view() const { return {text, tail}; }
};

struct AroundHash {
  using is_transparent = void;
  std::size_t operator()(const Around& around) const {
    return TextHash()(around.text) * 31 + TextHash()(around.tail);
  }
  std::size_t operator()(const KeptAround& around) const { return (*this)(around.view()); }
};

struct AroundEqual {
  using is_transparent = void;
  static Around view(const Around& around) { return around; }
  static Around view(const KeptAround& around) { return around.view(); }
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    return view(a) == view(b);
  }
};

std::size_t end_of_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

}  // namespace

struct TopicTree::Node {
  using Child = std::unique_ptr<Node>;
  struct Numbered {
    NumberForm form;
    Child child;
  };

  std::unordered_map<std::string, Child, TextHash, std::equal_to<>> literal;
  /// By what stands around the number; mostly one form of it each.
  std::unordered_map<KeptAround, std::vector<Numbered>, AroundHash, AroundEqual> numbered;
  Child any;
  std::vector<std::size_t> here;  ///< entries whose pattern ends here
  std::vector<std::size_t> rest;  ///< whose pattern goes on with "#"
  std::vector<std::size_t> item;  ///< whose pattern goes on with "{item}"

  Node& child_for_any() { return created(any); }
  Node& child_for(std::string_view text) { return created(literal[std::string(text)]); }
  Node& child_for(const MapStep& step) {
    auto& forms = numbered[{step.text, step.tail}];
    auto same = std::ranges::find(forms, step.number, &Numbered::form);
    if (same == forms.end()) same = forms.insert(same, Numbered{step.number, nullptr});
    return created(same->child);
  }

 private:
  static Node& created(Child& child) {
    if (!child) child = std::make_unique<Node>();
    return *child;
  }
};

namespace {

/// Walks down all branches that a topic fits. As deep as the patterns, whatever the topic.
template <typename Node>
class Finder {
 public:
  using Match = TopicTree::Match;
  Finder(std::string_view topic, const std::function<void(const Match&)>& found)
      : topic_(topic), found_(found) {}

  /// `at`: where the level begins that `node` decides about; nullopt behind the last one.
  void visit(const Node& node, std::optional<std::size_t> at, const Match& match) const {
    const bool wildcards = at != std::size_t{0} || !topic_.starts_with('$');
    if (wildcards) report(node.rest, match);
    if (!at) return report(node.here, match);
    const std::size_t slash = topic_.find('/', *at);
    const std::string_view level = topic_.substr(*at, std::min(slash, topic_.size()) - *at);
    const auto next = slash == std::string_view::npos ? std::nullopt : std::optional(slash + 1);
    if (wildcards && !node.item.empty()) {
      Match other = match;
      other.item_path = topic_.substr(*at);
      report(node.item, other);
    }
    if (const auto child = node.literal.find(level); child != node.literal.end())
      visit(*child->second, next, match);
    if (!node.numbered.empty()) visit_numbered(node, level, next, match);
    if (!wildcards || !node.any) return;
    Match other = match;
    if (other.any.data() == nullptr) other.any = level;
    visit(*node.any, next, other);
  }

 private:
  void report(const std::vector<std::size_t>& entries, Match match) const {
    for (const std::size_t entry : entries) {
      match.entry = entry;
      found_(match);
    }
  }

  void visit_numbered(const Node& node, std::string_view level, std::optional<std::size_t> next,
                      const Match& match) const {
    for (std::size_t begin = 0; begin < level.size(); ++begin) {
      if (!is_digit(level[begin])) continue;
      const std::size_t end = end_of_digits(level, begin);
      const auto forms = node.numbered.find(Around{level.substr(0, begin), level.substr(end)});
      if (forms == node.numbered.end()) continue;
      for (const auto& [form, child] : forms->second) {
        const auto number = number_written(level.substr(begin, end - begin), form);
        if (!number || (match.number && match.number != number)) continue;
        Match other = match;
        other.number = number;
        visit(*child, next, other);
      }
    }
  }

  std::string_view topic_;
  const std::function<void(const Match&)>& found_;
};

}  // namespace

TopicTree::TopicTree() : root_(std::make_unique<Node>()) {}
TopicTree::~TopicTree() = default;
TopicTree::TopicTree(TopicTree&&) noexcept = default;
TopicTree& TopicTree::operator=(TopicTree&&) noexcept = default;

void TopicTree::add(const std::vector<MapStep>& pattern, std::size_t entry) {
  Node* node = root_.get();
  for (const MapStep& step : pattern) {
    if (step.kind == MapStep::Kind::item) return node->item.push_back(entry);
    if (step.kind == MapStep::Kind::any)
      node = &node->child_for_any();
    else if (step.kind == MapStep::Kind::numbered)
      node = &node->child_for(step);
    else
      node = &node->child_for(step.text);
  }
  node->here.push_back(entry);
}

void TopicTree::add_filter(std::string_view filter, std::size_t entry) {
  Node* node = root_.get();
  std::optional<std::string_view> rest = filter;
  while (const auto level = take_level(rest)) {
    if (level == "#") return node->rest.push_back(entry);
    node = level == "+" ? &node->child_for_any() : &node->child_for(*level);
  }
  node->here.push_back(entry);
}

void TopicTree::find(std::string_view topic, const std::function<void(const Match&)>& found) const {
  Finder<Node>(topic, found).visit(*root_, 0, {});
}

}  // namespace dmb
