#include "expr/print_share.h"

#include <algorithm>

#include "expr/count.h"

namespace nabla {
namespace {

constexpr uint64_t least_shared_tree = 200;
// A name is worth it when it saves more nodes than its definition costs a reader.
constexpr uint64_t least_saving = 6;

uint64_t add_saturated(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

class Chooser {
 public:
  Chooser(const Forms& forms, FormId root, uint64_t nesting)
      : forms_(forms), root_(root), deepest_(std::max<uint64_t>(nesting / 4, 1)), uses_(root + size_t{1}) {}

  Sharing run(bool share) {
    count_uses();
    name_parts(share);
    if (any_) number_parts();
    return std::move(sharing_);
  }

 private:
  // How often each form stands in the text if all others have names. The dividend of a*b/c is part of its
  // quotient and written out wherever that stands.
  void count_uses() {
    std::vector<uint32_t> opened(root_ + size_t{1});
    uses_[root_] = 1;
    for (FormId f = root_; f > 0; --f) {
      const uint32_t written = std::min((uses_[f] ? 1u : 0u) + opened[f], 1000u);
      if (written == 0) continue;
      const auto edges = forms_.edges(f);
      for (size_t i = 0; i < edges.size(); ++i) {
        uint32_t& count = forms_.is_inline(f, i) ? opened[edges[i].id()] : uses_[edges[i].id()];
        count = std::min(count + written, 1000000u);
      }
      if (opened[f]) used_inline_.push_back(f);
    }
  }

  void name_parts(bool share) {
    std::vector<uint64_t> size(root_ + size_t{1}), level(root_ + size_t{1});
    sharing_.number.assign(root_ + size_t{1}, 0);
    std::vector<bool> reached(root_ + size_t{1});
    for (const FormId f : used_inline_) reached[f] = true;
    for (FormId f = 1; f <= root_; ++f) {
      if (uses_[f] == 0 && !reached[f]) continue;
      const auto edges = forms_.edges(f);
      uint64_t s = forms_.operators(f), deep = 0;
      for (size_t i = 0; i < edges.size(); ++i) {
        const FormId c = edges[i].id();
        const bool named = sharing_.number[c] != 0 && !forms_.is_inline(f, i);
        s = add_saturated(s, named ? 1 : size[c]);
        if (!named) deep = std::max(deep, level[c] + (nests(f, i, edges[i]) ? 1 : 0));
      }
      size[f] = s;
      level[f] = deep;
      if (f == root_ || edges.empty() || !nameable(f) || uses_[f] == 0) continue;
      const bool brief = forms_[f].kind == FormKind::power && s == 3;  // x^2 is as short as a name
      const bool pays = share && !brief && uses_[f] > 1 && s > 1 &&
                        (uses_[f] - 1) >= least_saving / (s - 1) &&
                        (uses_[f] - 1) * std::min<uint64_t>(s - 1, least_saving) >= least_saving;
      if (pays || deep >= deepest_) {
        sharing_.number[f] = 1;
        any_ = true;
      }
    }
  }

  // A name stands for a value, not for a condition or a range.
  bool nameable(FormId f) const {
    const Binding b = forms_[f].binding;
    return !forms_[f].local && (b > Binding::range || b == Binding::conditional);
  }

  // Whether the i-th part may stand in brackets of some kind; the left operand of an operator as tight as
  // itself does not.
  bool nests(FormId f, size_t i, Edge part) const {
    if (forms_.is_inline(f, i) || forms_.is_piece(f, part)) return false;
    const Binding b = forms_[f].binding;
    return i != 0 || forms_[part.id()].binding != b || b >= Binding::sign || b == Binding::conditional;
  }

  // Numbers by a walk through the text from its beginning: a part is finished before what uses it.
  void number_parts() {
    struct Visit {
      FormId form;
      uint32_t next;
    };
    std::vector<bool> visited(root_ + size_t{1});
    std::vector<Visit> stack{{root_, 0}};
    visited[root_] = true;
    while (!stack.empty()) {
      Visit& v = stack.back();
      const auto edges = forms_.edges(v.form);
      if (v.next < edges.size()) {
        const FormId c = edges[v.next++].id();
        if (!visited[c]) {
          visited[c] = true;
          stack.push_back({c, 0});
        }
        continue;
      }
      if (sharing_.number[v.form]) {
        sharing_.parts.push_back(v.form);
        sharing_.number[v.form] = static_cast<uint32_t>(sharing_.parts.size());
      }
      stack.pop_back();
    }
    sharing_.prefix = forms_.free_prefix("tspqrwmz");
  }

  const Forms& forms_;
  FormId root_;
  uint64_t deepest_;
  std::vector<uint32_t> uses_;  // where a name could stand
  std::vector<FormId> used_inline_;
  Sharing sharing_;
  bool any_ = false;
};

}  // namespace

Sharing choose_parts(const Forms& forms, FormId root, uint64_t nesting) {
  const Counts counts = count_forms(forms, {&root, 1});
  const bool share = counts.nodes > least_shared_tree && counts.nodes / 2 >= counts.dag_nodes;
  return Chooser(forms, root, nesting).run(share);
}

}  // namespace nabla
