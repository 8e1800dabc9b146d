#include "codegen/known_forms.h"

#include "codegen/greedy_sharing.h"

namespace nabla {

KnownForms::Shared KnownForms::share(SumProduct form, size_t& allowance) {
  if (form.size() > most_nodes_of_one) {
    const bool complete = share_parts(form, allowance);
    return {form.plan(), complete};
  }
  const uint64_t hash = form.hash();
  const auto [begin, end] = known_.equal_range(hash);
  for (auto at = begin; at != end; ++at) {
    const Known& known = at->second;
    if (known.spent > allowance || !(known.form == form)) continue;
    allowance -= known.spent;
    return {known.plan, true};
  }
  const size_t before = allowance;
  Known known{form, {}, 0};
  const bool complete = share_parts(form, allowance);
  known.plan = form.plan();
  known.spent = before - allowance;
  Shared out{known.plan, complete};
  if (complete) keep(hash, std::move(known));
  return out;
}

void KnownForms::keep(uint64_t hash, Known known) {
  nodes_ += known.form.size();
  if (nodes_ > most_nodes) {
    known_.clear();
    nodes_ = known.form.size();
  }
  known_.emplace(hash, std::move(known));
}

}  // namespace nabla
