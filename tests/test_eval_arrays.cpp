// nabla eval and eval(…) on vectors and matrices whose sizes come with the values.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/command.h"
#include "tests/paths.h"

namespace {

const char* const model =
    "dim n, m\n"
    "param A : matrix[n,m]\n"
    "param S : matrix[n,n] symmetric\n"
    "param k : vector[m] integer in [1, n]\n"
    "var x : vector[m]\n"
    "r = A*x\n";
const char* const values =
    R"({"A": [[1, 2], [3, 4], [5, 6]], "x": [1, 2], "S": [[2, 1, 0], [1, 2, 1], [0, 1, 2]], "k": [3, 1]})";

command::Result eval(const std::string& expression, const std::string& at = values) {
  const command::Folder folder;
  return command::run({paths::binary, "eval", folder.write("m.nabla", model), expression, "--format", "json",
                       "--at", folder.write("v.json", at)});
}

void flatten(const nlohmann::json& data, std::vector<double>& out) {
  if (data.is_number()) return out.push_back(data.get<double>());
  for (const auto& part : data) flatten(part, out);
}

void check(const std::string& expression, const std::vector<double>& expected,
           const std::string& at = values) {
  const command::Result r = eval(expression, at);
  INFO(expression << ": " << r.out << r.err);
  REQUIRE(r.status == 0);
  std::vector<double> found;
  flatten(nlohmann::json::parse(r.out), found);
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] - expected[i]) < 1e-11);
}

}  // namespace

TEST_CASE("eval: functions of matrices", "[dense][cli]") {
  const double s = std::sqrt(2.0);
  check("r", {5, 11, 17});
  check("eigvals(S)", {2 - s, 2, 2 + s});
  check("det(S)", {4});
  check("pinv(A)*A", {1, 0, 0, 1});
  check("eigvals(S*S)", {(2 - s) * (2 - s), 4, (2 + s) * (2 + s)});  // symmetric as written too
  check("chol(S)*chol(S)'", {2, 1, 0, 1, 2, 1, 0, 1, 2});
  check("expm(logm(S))", {2, 1, 0, 1, 2, 1, 0, 1, 2});
  check("norm2(S)", {2 + s});
  check("r[k]", {17, 5});
  check("r[argmax(S[:, 2])]", {11});  // the place of the 2 in (1, 2, 1)
  // The largest eigenvalue has the eigenvector (1/2, s/2, 1/2).
  check("grad(eigmax(S), S)", {0.25, s / 4, 0.25, s / 4, 0.5, s / 4, 0.25, s / 4, 0.25});
}

// pinv(c*A) = pinv(A)/c, also where the squares of the entries are out of the range of doubles.
TEST_CASE("eval: pseudoinverse of tiny and huge matrices", "[dense][cli]") {
  for (const char* c : {"1e-200", "1", "1e200"}) {
    const std::string at = std::string(R"({"A": [[)") + c + ", 0], [" + c + ", 0], [0, " + c + "]]}";
    check(std::string(c) + "*pinv(A)", {0.5, 0.5, 0, 0, 0, 1}, at);
  }
}

TEST_CASE("eval: large arrays are not written out", "[dense][cli]") {
  nlohmann::json at;
  std::vector<std::vector<double>> a(60, std::vector<double>(60, 1)), s(60, std::vector<double>(60, 0));
  for (size_t i = 0; i < 60; ++i) s[i][i] = 2;
  at["A"] = a, at["S"] = s, at["x"] = std::vector<double>(60, 1), at["k"] = std::vector<int>(60, 1);
  check("sum(S*A*x)", {7200}, at.dump());
  check("logdet(S)", {60 * std::log(2.0)}, at.dump());
}

TEST_CASE("eval: values that do not fit", "[dense][cli]") {
  const auto fails = [](const std::string& expression, const std::string& at, const char* message) {
    const command::Result r = eval(expression, at);
    INFO(r.out << r.err);
    CHECK(r.status == 1);
    CHECK(r.err.find(message) != std::string::npos);
  };
  fails("expm(S)", R"({"S": [[2, 1], [0, 2]]})", "'S' is declared symmetric, and its value is not");
  fails("logm(S)", R"({"S": [[-1, 0], [0, -2]]})", "'logm(S)' is undefined");
  fails("pinv(A)*x", R"({"A": [[1, 2]], "x": [1, 2, 3]})", "makes");
  fails("expm(S)", R"({"x": [1]})", "'S' has no value");
}

TEST_CASE("eval(…): sizes come with the values", "[dense][cli]") {
  const auto says = [](const std::string& statement, const std::string& expected) {
    const command::Result r =
        command::run({paths::binary, "--format", "ascii", "-e", "dim n", "-e", "var A: matrix[n, n]", "-e",
                      "var x: vector[n]", "-e", statement});
    INFO(statement << ": " << r.out << r.err);
    CHECK((r.status == 0 ? r.out : r.err).find(expected) != std::string::npos);
  };
  says("eval(expm([0, 1; -1, 0]))", "[0.5403023058681398, 0.841470984807896");  // cos(1), sin(1)
  says("eval(A*x, A = [1, 2; 3, 4], x = [1; 1])", "[3; 7]");
  says("eval(tr(A), A = [1, 2; 3, 4])", "5");
  says("eval(A*x, A = [1, 2; 3, 4], x = [1; 1; 1])", "makes 'n' = 3, but 'A' makes it 2");
  says("eval(inv(A), A = [1, 2; 2, 4])", "is undefined");
  says("eval(A*x, A = [1, 2; 3, 4], x = [1; 1]) + x", "cannot stand inside an expression of symbolic size");
  says("eval(A*x, A = [1, 2; 3, 4])", "'x' has no value");
}
