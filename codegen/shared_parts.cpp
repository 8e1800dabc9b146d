#include "codegen/shared_parts.h"

#include <algorithm>
#include <string>
#include <vector>

#include "expr/scratch.h"

namespace nabla {
namespace {

class SharedParts {
 public:
  SharedParts(Context& ctx, const Program& program)
      : ctx_(ctx), program_(program), users_(program.lets.size()), closed_(program.lets.size()) {}

  Ref difference(Ref a, Ref b, Ref sign) {
    if (ctx_.kind(b) != Kind::let) return {};
    roots_[0] = index(a);
    roots_[1] = index(b);
    const size_t last = std::max(roots_[0], roots_[1]);
    ctx_.budget().spend(last + 1);
    if (!mark_users(last)) return {};
    mark_open(last);
    for (size_t i = 0; i <= last; ++i) {
      if (open_[i]) closed_[i] = close(program_.lets[i].value);
    }
    if (!any_) return {};
    return ctx_.subtract(closed_[roots_[0]], ctx_.scale(sign, closed_[roots_[1]]));
  }

 private:
  size_t index(Ref let) const { return ctx_[let].payload; }

  // Bit k: root k is computed from the let. False if a let is no operation over atoms.
  bool mark_users(size_t last) {
    users_[roots_[0]] |= 1;
    users_[roots_[1]] |= 2;
    for (size_t i = last + 1; i-- > 0;) {
      if (users_[i] == 0) continue;
      for (Ref o : ctx_.operands(program_.lets[i].value)) {
        if (!is_atom(ctx_, o)) return false;
        if (ctx_.kind(o) == Kind::let) users_[index(o)] |= users_[i];
      }
    }
    return true;
  }

  // The lets from which a root is computed without one that stands as a name.
  void mark_open(size_t last) {
    open_.assign(last + 1, false);
    open_[roots_[0]] = open_[roots_[1]] = true;
    for (size_t i = last + 1; i-- > 0;) {
      if (!open_[i]) continue;
      for (Ref o : ctx_.operands(program_.lets[i].value)) {
        if (ctx_.kind(o) == Kind::let && !is_name(index(o))) open_[index(o)] = true;
      }
    }
  }

  // A real number that both roots are computed from.
  bool is_name(size_t i) const {
    if (users_[i] != 3 || i == roots_[0] || i == roots_[1]) return false;
    const Ref value = program_.lets[i].value;
    if (ctx_[value].facts & complex_valued) return false;
    switch (ctx_.kind(value)) {
      case Kind::sum:
      case Kind::long_sum:
      case Kind::product:
      case Kind::long_product:
      case Kind::power:
      case Kind::function:
        return true;
      default:
        return false;  // it may be a condition
    }
  }

  Ref close(Ref value) {
    Scratch<Ref, 64> list;
    for (Ref o : ctx_.operands(value)) {
      const bool is_let = ctx_.kind(o) == Kind::let;
      list.push_back(!is_let ? o : is_name(index(o)) ? name(index(o)) : closed_[index(o)]);
    }
    return list.empty() ? value : ctx_.rebuild(value, list);
  }

  Ref name(size_t i) {
    any_ = true;
    Symbol s;
    s.name = "t" + std::to_string(i + 1);
    s.role = Role::placeholder;
    return ctx_.symbol(s);
  }

  Context& ctx_;
  const Program& program_;
  size_t roots_[2] = {};
  std::vector<uint8_t> users_;
  std::vector<bool> open_;
  std::vector<Ref> closed_;
  bool any_ = false;  // some let stands as a name
};

}  // namespace

Ref difference_over_shared(Context& ctx, const Program& program, Ref a, Ref b, Ref sign) {
  return SharedParts(ctx, program).difference(a, b, sign);
}

}  // namespace nabla
