// Names and sizes of code for many points that a model can get in the way of.
#include <catch2/catch.hpp>

#include "codegen/identifiers.h"
#include "codegen/tensor_check.h"
#include "codegen/tensor_generate.h"
#include "tests/batch_program.h"
#include "tests/codegen_model.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::string header_of(const std::string& text) {
  LoadedModel model(text);
  const auto entries = tensor_entry_points(model.ctx, model.model);
  (void)check_tensor_entries(model.ctx, entries);
  GenerateOptions options;
  options.name_space = "m";
  return generate_tensors(model.ctx, model.model, entries, TensorTarget::span, options);
}

}  // namespace

// With X the identity: the sum of exp(w*c)*y, of exp(w)*y where c is 1.
TEST_CASE("batch of loops: locals beside inputs of the same names", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nparam X : matrix[n, n]\nparam shared1 : vector[n]\nparam shared_work : vector[n]\n"
      "var w : vector[n]\nvar y : vector[n]\n"
      "f(w, y) = sum(exp(X*(w .* shared1)) .* y) + shared_work'*w\nderive f wrt y : grad, batch(y)\n");
  check_program("names", header, R"(
int main() {
  const double w[] = {0.5, -1}, X[] = {1, 0, 0, 1}, ones[] = {1, 1};
  const double y[] = {1, 2, 3, 4, 5, 6};  // three points
  double value[3], grad[6];
  std::vector<double> room(m::f_grad_batch_work(2));
  m::f_grad_batch(3, 2, w, y, X, ones, ones, value, grad, room.data());
  for (int p = 0; p < 3; ++p) {
    expect("value", p, value[p], std::exp(0.5) * y[p] + std::exp(-1.0) * y[3 + p] - 0.5, 1.0);
    expect("first", p, grad[p], std::exp(0.5), 1.0);
    expect("second", p, grad[3 + p], std::exp(-1.0), 1.0);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O2"});
}

// The logarithm of the sum of exp(i*y) over i in 1:k is a function of k as well; its slope is a mean of i.
TEST_CASE("batch of loops: an integer parameter as a size", "[codegen][batch][whole]") {
  const std::string header = header_of(
      "dim n\nparam k integer >= 1\nvar y : vector[n]\n"
      "z(y) = softmax([y[1]*i for i in 1:k])\n"
      "f(y) = z(y)'*[i for i in 1:k]*y[1] + sum(y)\nderive f wrt y : value, batch(y)\n");
  check_program("integer-size", header, R"(
int main() {
  const double y[] = {0, 0.5, 7, 8};  // two points of two entries
  double value[2];
  std::vector<double> room(m::f_batch_work(2, 3));
  m::f_batch(2, 2, y, 3, value, room.data());
  for (int p = 0; p < 2; ++p) {
    double sum = 0, mean = 0;
    for (int i = 1; i <= 3; ++i) sum += std::exp(y[p] * i), mean += i * std::exp(y[p] * i);
    expect("value", p, value[p], mean / sum * y[p] + y[p] + y[2 + p], 1.0);
  }
  return wrong == 0 ? 0 : 1;
}
)",
                {"-O2"});
}

TEST_CASE("a stem has no numbered name beside it", "[codegen][names]") {
  const std::string taken[] = {"shared1", "work", "part_2_7", "part3"};
  Identifiers names(taken);
  CHECK(names.fresh_stem("shared") == "shared_2_");
  CHECK(names.fresh_stem("shared") == "shared_3_");  // that is taken, too
  CHECK(names.fresh_stem("part") == "part_3_");
  CHECK(names.fresh_stem("wor") == "wor");
}
