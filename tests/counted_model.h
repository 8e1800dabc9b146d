// A model whose generated functions are run with numbers that count.
#pragma once

#include <map>
#include <string>

#include "codegen/batch_loops.h"
#include "codegen/eigen_code.h"
#include "codegen/loop_report.h"
#include "codegen/tensor_generate.h"
#include "tests/codegen_model.h"
#include "tests/counting_number.h"

namespace nabla::test {

class Counts {
 public:
  explicit Counts(const std::string& text, TensorTarget target = TensorTarget::span)
      : model_(text), target_(target) {
    entries_ = tensor_entry_points(model_.ctx, model_.model);
    names_ = tensor_names(model_.ctx, entries_, target == TensorTarget::eigen ? "double" : "template");
  }

  std::string header() {
    GenerateOptions options;
    options.name_space = "m";
    return generate_tensors(model_.ctx, model_.model, entries_, target_, options);
  }
  // The header with Eigen, for the type that counts.
  std::string eigen_header() {
    std::string text = header();
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"MatrixXd", "Matrix<Counted, -1, -1>"},
                                   {"VectorXd", "Matrix<Counted, -1, 1>"},
                                   {"double", "Counted"}}) {
      for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    }
    return "#include <Eigen/Core>\ntemplate <>\nstruct Eigen::NumTraits<Counted> : Eigen::NumTraits<double> "
           "{\n  "
           "using Real = Counted;\n  using NonInteger = Counted;\n  using Nested = Counted;\n};\n" +
           text;
  }
  OperationCount of(size_t i) {
    const TensorEntry& e = entries_.at(i);
    if (e.batch) return batch_loops(model_.ctx, e, names_.signatures[i], names_, "m").point;
    if (target_ == TensorTarget::eigen)
      return eigen_code(model_.ctx, e, names_.signatures[i], names_, types_).needs.count;
    return loop_code(model_.ctx, e, names_.signatures[i], names_).needs.count;
  }
  Count at(size_t i, const std::map<std::string, int>& sizes, Factoring way = Factoring::elimination) {
    const OperationCount count = of(i);
    const Tally& tally = count.tally(way);
    return {value(tally.operations, sizes), value(tally.functions, sizes)};
  }
  bool at_most(size_t i) { return of(i).tally(Factoring::elimination).at_most; }
  std::string report(size_t i) {
    std::string out;
    for (const std::string& line : loop_report(model_.ctx, entries_.at(i))) out += line + "\n";
    return out;
  }

 private:
  double value(Ref formula, const std::map<std::string, int>& sizes) {
    std::vector<std::pair<Ref, Ref>> list;
    for (Ref s : symbols_of(model_.ctx, formula))
      list.emplace_back(s, model_.ctx.number(sizes.at(model_.ctx.symbol(s).name)));
    const Ref number = substitute(model_.ctx, formula, list);
    REQUIRE(model_.ctx.is_number(number));
    return model_.ctx.value(number).to_double();
  }

  LoadedModel model_;
  TensorTarget target_;
  EigenTypes types_{"Eigen::MatrixXd", "Eigen::VectorXd"};
  std::vector<TensorEntry> entries_;
  TensorNames names_;
};

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline constexpr double ends_of_sum = 17;  // the lanes of a sum are added up

}  // namespace nabla::test
