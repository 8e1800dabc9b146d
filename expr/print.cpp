#include "expr/print.h"

#include <algorithm>

#include "expr/count.h"
#include "expr/diagnostic.h"
#include "expr/name_spelling.h"
#include "expr/print_emit.h"
#include "expr/print_form.h"
#include "expr/print_share.h"

namespace nabla {
namespace {

std::string emit(Context& ctx, const Forms& forms, FormId f, const Sharing& sharing, Format format) {
  Emitter out(forms, sharing, format, ctx.limits().printed_characters);
  try {
    out.write_shared(f);
  } catch (Failure& failure) {
    if (failure.diagnostic.code == Code::result_too_long) {
      const Counts counts = count_forms(forms, {&f, 1});
      failure.diagnostic.message += ": it has " + std::to_string(counts.dag_nodes) + " different parts";
    }
    throw;
  }
  return out.take();
}

Sharing sharing_for(Context& ctx, const Forms& forms, FormId f, const PrintOptions& options) {
  return options.share ? choose_parts(forms, f, ctx.limits().nesting) : Sharing{};
}

}  // namespace

std::string print(Context& ctx, Ref e, const PrintOptions& options) {
  Forms forms(ctx);
  const FormId f = forms.build({&e, 1})[0];
  return emit(ctx, forms, f, sharing_for(ctx, forms, f, options), options.format);
}

Printed describe(Context& ctx, Ref e, const PrintOptions& options) {
  Forms forms(ctx);
  std::vector<Ref> roots{e};
  const auto& extents = ctx.shape_of(e).extents;
  roots.insert(roots.end(), extents.begin(), extents.end());
  const std::vector<FormId> ids = forms.build(roots);
  const Sharing sharing = sharing_for(ctx, forms, ids[0], options);
  const Format text = options.format == Format::latex ? Format::ascii : options.format;
  Printed p;
  p.text = emit(ctx, forms, ids[0], sharing, text);
  p.latex = emit(ctx, forms, ids[0], sharing, Format::latex);
  for (size_t i = 1; i < ids.size(); ++i) p.shape.push_back(emit(ctx, forms, ids[i], {}, text));
  const Counts counts = count_forms(forms, {ids.data(), 1});
  p.nodes = counts.nodes;
  p.dag_nodes = counts.dag_nodes;
  return p;
}

std::string print_program(Context& ctx, const Program& program, const PrintOptions& options) {
  std::vector<Ref> roots;
  for (const Let& let : program.lets) {
    roots.push_back(let.name);
    roots.push_back(let.value);
  }
  for (const ProgramOutput& o : program.outputs) {
    roots.insert(roots.end(), o.entries.begin(), o.entries.end());
  }
  Forms forms(ctx);
  const std::vector<FormId> ids = forms.build(roots);
  const Sharing none;
  Emitter out(forms, none, options.format, ctx.limits().printed_characters);
  size_t next = 0;
  for (size_t i = 0; i < program.lets.size(); ++i) {
    out.write_form(ids[next++]);
    out.write(" = ");
    out.write_form(ids[next++]);
    out.write("\n");
  }
  for (const ProgramOutput& o : program.outputs) {
    const std::string name = options.format == Format::ascii     ? o.name
                             : options.format == Format::unicode ? unicode_name(o.name)
                                                                 : latex_name(o.name);
    for (size_t i = 0; i < o.entries.size(); ++i) {
      out.write(name);
      if (o.shape != scalar_shape) out.write("[" + std::to_string(i + 1) + "]");
      out.write(" = ");
      out.write_form(ids[next++]);
      out.write("\n");
    }
  }
  return out.take();
}

void order_for_people(Context& ctx, std::vector<Ref>& list) {
  Forms forms(ctx);
  const std::vector<FormId> ids = forms.build(list);
  std::vector<size_t> order(list.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return forms.precedes(ids[a], ids[b]); });
  std::vector<Ref> sorted;
  for (const size_t i : order) sorted.push_back(list[i]);
  list = std::move(sorted);
}

}  // namespace nabla
