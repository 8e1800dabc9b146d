// Code for whole vectors and matrices, plain loops in C++ and C, and Eigen: the models of tests/data/whole
// are checked against dual numbers, generated, compiled with g++ and clang++ under strict flags, run at
// several sizes, also 1, and each number is compared with the evaluator of whole arrays.
#include <catch2/catch.hpp>

#include "codegen/tensor_check.h"
#include "tests/compile.h"
#include "tests/paths.h"
#include "tests/whole_code.h"

using namespace nabla;
using namespace nabla::test;

namespace {

std::vector<std::filesystem::path> models(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& f : std::filesystem::directory_iterator(std::filesystem::path(paths::source) / folder)) {
    if (f.path().extension() == ".nabla") files.push_back(f.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Program {
  std::string includes, functions, main;
  size_t calls = 0;
};

// The header of one model, written to the folder, and calls of its functions at several sizes.
void add_model(Program& program, const std::filesystem::path& file, TensorTarget target,
               const std::filesystem::path& folder) {
  INFO(file.string());
  LoadedModel model(read_file(file), file.string());
  const std::string name = "model_" + file.stem().string();
  WholeCalls calls(model, tensor_entry_points(model.ctx, model.model), target, name);
  write_file(folder / (name + ".h"), calls.header());
  std::vector<std::pair<Ref, int64_t>> least, more, large;  // more than a block
  for (Ref d : calls.dims()) {
    const Ref lower = model.ctx.symbol(d).domain.lower;
    least.emplace_back(d, lower ? *model.ctx.value(lower).as_int() : 1);
    more.emplace_back(d, 5 + static_cast<int64_t>(more.size()));
    large.emplace_back(d, 67 + 2 * static_cast<int64_t>(large.size()));
  }
  program.includes += "#include \"" + name + ".h\"\n";
  std::string functions = calls.at(least, 3);
  functions += calls.at({}, 5);
  functions += calls.at(more, 7);
  const std::string stem = file.stem().string();
  if (target != TensorTarget::eigen &&
      (stem == "stencil" || stem == "reduce" || stem == "mlp" || stem == "mixture"))
    functions += calls.at(large, 9, true);
  CHECK(calls.calls() > 0);
  for (size_t k = 1; k <= calls.calls(); ++k)
    program.main += "  check_" + name + "_" + std::to_string(k) + "();\n";
  program.functions += functions;
  program.calls += calls.calls();
}

void compile_and_run(const std::string& compiler, const Program& program, bool in_c,
                     const std::filesystem::path& folder) {
  INFO(compiler);
  const std::string file = in_c ? "main.c" : "main.cpp";
  const std::string functions =
      in_c ? program.functions : "namespace {\n" + program.functions + "}  // namespace\n";
  write_file(folder / file, program.includes + (in_c ? whole_comparison_in_c : whole_comparison) + functions +
                                "int main(" + (in_c ? "void" : "") + ") {\n" + program.main +
                                "  return wrong == 0 ? 0 : 1;\n}\n");
  const std::string source = (folder / file).string(), binary = (folder / "main").string();
  const Ran built = run("'" + compiler + "'" + (in_c ? strict_c : strict) + "-isystem '" +
                            std::string(paths::eigen) + "' '" + source + "' -o '" + binary + "' -lm",
                        folder);
  INFO(built.output.substr(0, 4000));
  REQUIRE(built.status == 0);
  const Ran ran = run("'" + binary + "'", folder);
  INFO(ran.output.substr(0, 4000));
  CHECK(ran.status == 0);
}

void check_models(const std::string& name, TensorTarget target, const std::vector<std::string>& folders,
                  const std::vector<std::string>& with) {
  const std::filesystem::path folder = fresh_folder(name);
  Program program;
  for (const std::string& from : folders) {
    for (const auto& file : models(from)) add_model(program, file, target, folder);
  }
  CHECK(program.calls > 100);
  for (const std::string& compiler : with)
    compile_and_run(compiler, program, target == TensorTarget::c, folder);
}

}  // namespace

TEST_CASE("code for whole arrays: plain loops", "[codegen][whole]") {
  check_models("whole-loops", TensorTarget::span, {"tests/data/whole", "tests/data/whole_loops"},
               compilers());
}

TEST_CASE("code for whole arrays: C", "[codegen][whole][c99]") {
  check_models("whole-c", TensorTarget::c, {"tests/data/whole", "tests/data/whole_loops"}, compilers());
}

namespace {

std::string plain_loops(const std::string& text) {
  LoadedModel model(text);
  return generate_tensors(model.ctx, model.model, tensor_entry_points(model.ctx, model.model),
                          TensorTarget::span);
}

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("code for whole arrays: neighbours are read where they stand", "[codegen][whole]") {
  const std::string code = plain_loops(
      "dim n >= 2\nvar x : vector[n]\n"
      "f(x) = sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2 for i in 1:n-1)\nderive f wrt x : grad\n");
  CHECK(code.find("T* work") == std::string::npos);
  CHECK(count(code, "grad_x[i] =") == 2);  // inside, and where a neighbour may be missing
  CHECK(code.find("first + 16 <= (n - 1)") != std::string::npos);
}

TEST_CASE("code for whole arrays: entries and sums share a loop", "[codegen][whole]") {
  const std::string code = plain_loops(
      "dim n\nvar x, y : vector[n]\nparam h : scalar\nu = sin(x .* y) + x\n"
      "f(x, y) = sum(exp(u)) + h*sum(u .* u)\nderive f wrt x, y : value\n");
  CHECK(code.find("T* work") == std::string::npos);
  CHECK(count(code, "const Wide t1 = ") == 2);  // several at once, and the rest
  CHECK(count(code, "T parts") == 2);
}

TEST_CASE("code for whole arrays: one elimination for inverse and determinant", "[codegen][whole]") {
  const std::string code = plain_loops(
      "dim n\nparam y : vector[n]\nvar K : matrix[n, n] spd\nf(K) = -y'*inv(K)*y/2 - logdet(K)/2\n"
      "derive f wrt K : grad\n");
  CHECK(count(code, "= rt::inverse_log_determinant<T>(") == 1);
  CHECK(count(code, "rt::log_determinant<T>(") == 0);
}

TEST_CASE("code for whole arrays: inverses that only multiply are solved with", "[codegen][whole]") {
  const std::string text =
      "dim n\nparam K : matrix[n, n] spd\nparam A : matrix[n, n]\nvar y : vector[n]\n"
      "f(y) = -y'*inv(K)*y/2 - logdet(K)/2\ng(y) = inv(A)'*y\nh(A) = y'*inv(A)*y + sum(inv(A))\n"
      "derive f wrt y : value, grad\nderive g wrt y : value\nderive h wrt y : value\n";
  const std::string code = plain_loops(text);
  CHECK(count(code, " = rt::factors<T>(n, K, ") == 2);  // f and f_grad: with the logarithm of the determinant
  CHECK(count(code, "rt::solve<T>(n, m1, false, y, ") == 2);
  CHECK(count(code, "rt::solve<T>(n, m1, true, y, value)") == 1);
  CHECK(count(code, "rt::inverse<T>(") == 1);  // h, whose entries are summed
  CHECK(count(code, "rt::log_determinant<T>(") == 0);
  LoadedModel model(text);
  const std::string eigen = generate_tensors(
      model.ctx, model.model, tensor_entry_points(model.ctx, model.model), TensorTarget::eigen);
  CHECK(count(eigen, "::Factors m1(K);") == 2);
  CHECK(count(eigen, " = m1.log_determinant();") == 2);
  CHECK(count(eigen, "value = m1.solve_transposed(y);") == 1);
  CHECK(count(eigen, ".inverse()") == 1);
}

TEST_CASE("code for whole arrays: a product of all but one", "[codegen][whole]") {
  const std::string code =
      plain_loops("dim n\nvar x : vector[n]\nf(x) = prod(x[i] for i in 1:n)\nderive f wrt x : grad\n");
  CHECK(count(code, "rt::products_without<T>(n, x, grad_x)") == 1);
  CHECK(count(code, "x[0] * grad_x[0]") == 1);
}

TEST_CASE("code for whole arrays: what no label changes is computed once", "[codegen][whole]") {
  const std::string code = plain_loops(
      "dim n\nvar x : vector[n]\nvar s : scalar > 0\nf(x, s) = sum(exp(-x/(2*s^2)))\nderive f wrt x : "
      "value\n");
  CHECK(code.find("exp(rt::take<Wide>(&x[i]) * t1)") != std::string::npos);
}

// Two, since a compiler reads templates of Eigen for minutes.
TEST_CASE("code for whole arrays: Eigen, first compiler", "[codegen][whole]") {
  check_models("whole-eigen-1", TensorTarget::eigen, {"tests/data/whole", "tests/data/whole_eigen"},
               {compilers().front()});
}

TEST_CASE("code for whole arrays: Eigen, other compilers", "[codegen][whole]") {
  const std::vector<std::string> all = compilers();
  check_models("whole-eigen-2", TensorTarget::eigen, {"tests/data/whole", "tests/data/whole_eigen"},
               {all.begin() + 1, all.end()});
}

TEST_CASE("code for whole arrays: the check passes", "[codegen][whole]") {
  std::vector<std::filesystem::path> files = models("tests/data/whole");
  for (const char* more : {"tests/data/whole_eigen", "tests/data/whole_loops"}) {
    for (const auto& file : models(more)) files.push_back(file);
  }
  for (const auto& file : files) {
    INFO(file.string());
    LoadedModel model(read_file(file), file.string());
    const std::vector<TensorEntry> entries = tensor_entry_points(model.ctx, model.model);
    const std::vector<TensorCheck> checks = check_tensor_entries(model.ctx, entries);
    CHECK(checks.size() == entries.size());
    for (const TensorCheck& c : checks) CHECK(c.points == 8);
  }
}

namespace {

// A perceptron of tanh layers.
std::string network(size_t layers, const std::string& outputs) {
  std::string vars, definitions, before = "X";
  for (size_t k = 1; k <= layers; ++k) {
    const std::string n = std::to_string(k);
    vars += (k > 1 ? ", W" : "W") + n;
    definitions += "A" + n + " = tanh(W" + n + "*" + before + ")\n";
    before = "A" + n;
  }
  return "dim n, h\nparam X, Y : matrix[h, n]\nvar " + vars + " : matrix[h, h]\n" + definitions +
         "E = " + before + " - Y\nf(" + vars + ") = sum(E .* E)\nderive f wrt " + vars + " : " + outputs +
         "\n";
}

size_t let_count(size_t layers, const char* outputs) {
  LoadedModel model(network(layers, outputs));
  return tensor_entry_points(model.ctx, model.model).at(0).program.lets.size();
}

}  // namespace

TEST_CASE("code for whole arrays: derivatives of deep networks stay linear", "[codegen][whole]") {
  for (const char* outputs : {"grad", "jvp", "hvp"}) {
    INFO(outputs);
    const size_t ten = let_count(10, outputs), forty = let_count(40, outputs);
    CHECK(ten >= 10);
    CHECK(forty <= 5 * ten);
  }
  LoadedModel model(network(6, "value, grad, jvp, hvp"));
  for (const TensorCheck& c : check_tensor_entries(model.ctx, tensor_entry_points(model.ctx, model.model))) {
    CHECK(c.points == 8);
  }
}

TEST_CASE("code for whole arrays: chains of products are contracted in the cheap order", "[codegen][whole]") {
  LoadedModel model("dim n\nparam A, B, C : matrix[n, n]\nvar x : vector[n]\nf(x) = A*B*C*x\ng(x) = A^3*x\n");
  for (const TensorEntry& e : tensor_entry_points(model.ctx, model.model)) {
    if (e.kind != Output::value) continue;
    CHECK(e.program.lets.size() == 3);
    for (const Let& l : e.program.lets)
      CHECK(model.ctx.shape_of(l.name).order() == 1);  // no product of matrices
  }
}

TEST_CASE("check: a wrong differential of a function of matrices is refused", "[codegen][check][whole]") {
  const std::pair<Fn, const char*> wrong[] = {{Fn::logdet, "-tr(inv(X)*dX)"},
                                              {Fn::det, "2*f*tr(inv(X)*dX)"},
                                              {Fn::tanh, "-(1 - f .^ 2) .* dx"},
                                              {Fn::norm2, "sum(dX)/f"}};
  for (const auto& [fn, text] : wrong) {
    INFO(row(fn).name);
    const std::string name(row(fn).name);
    const bool square = fn == Fn::logdet || fn == Fn::det;
    LoadedModel model("dim n\nvar x : vector[n]\nvar A : matrix[n, n] spd\n" +
                      (square ? "f(A) = " + name + "(A)" : "f(x) = sum(" + name + "(x))") + "\n");
    model.ctx.set_differential(fn, text);
    try {
      check_tensor_entries(model.ctx, tensor_entry_points(model.ctx, model.model));
      FAIL_CHECK("no refusal");
    } catch (const Failure& failure) {
      CHECK(failure.diagnostic.code == Code::check_failed);
      CHECK(failure.diagnostic.message.find("is wrong") != std::string::npos);
    }
  }
}

TEST_CASE("code for whole arrays: what has no code is refused by name", "[codegen][whole]") {
  const std::pair<const char*, const char*> refused[] = {
      {"dim n\nvar A : matrix[n, n]\nf(A) = tr(expm(A))\n", "'expm'"},
      {"dim n\nvar Z : matrix[n, n] complex\nf(Z) = Z*Z\n", "'Z'"},
      {"fun g(scalar) : scalar\ndim n\nvar x : vector[n]\nf(x) = g(x'*x)\n", "'g'"},
      {"dim n\nvar Q : matrix[n, n] orthogonal\nf(Q) = tr(Q*Q)\nderive f wrt Q : hess\n", "'Q'"}};
  for (const auto& [text, name] : refused) {
    INFO(text);
    try {
      LoadedModel model(text);
      generate_tensors(model.ctx, model.model, tensor_entry_points(model.ctx, model.model),
                       TensorTarget::span);
      FAIL_CHECK("no refusal");
    } catch (const Failure& failure) {
      CHECK(info(failure.diagnostic.code).exit_status == 4);
      CHECK(failure.diagnostic.message.find(name) != std::string::npos);
    }
  }
}
