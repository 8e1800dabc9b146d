// Constrained minimisation by Ipopt, with gradient, sparse Jacobian and the sparse lower half of the Hessian
// that Nabla generated.
#include <IpIpoptApplication.hpp>
#include <IpTNLP.hpp>
#include <algorithm>
#include <array>
#include <cstdio>

#include "hs039.h"

namespace {

using Ipopt::Index;
using Ipopt::Number;
namespace jac = hs039::constraints_jac_csr_only_pattern;
namespace hess = hs039::lagrangian_hess_lower_csr_only_pattern;

// Ipopt counts rows and columns of each number, from 0 if it is told so.
template <class Rows, class Columns>
void places(const Rows& row_ptr, const Columns& col_idx, Index* rows, Index* columns) {
  for (std::size_t row = 0; row + 1 < row_ptr.size(); ++row) {
    for (int k = row_ptr[row]; k < row_ptr[row + 1]; ++k) {
      rows[k] = static_cast<Index>(row);
      columns[k] = col_idx[static_cast<std::size_t>(k)];
    }
  }
}

std::array<double, 4> point(const Number* x) { return {x[0], x[1], x[2], x[3]}; }

class Problem39 : public Ipopt::TNLP {
 public:
  std::array<double, 4> solution{};
  double value = 0;

  bool get_nlp_info(Index& n, Index& m, Index& jacobian, Index& hessian, IndexStyleEnum& style) override {
    n = 4;
    m = 2;
    jacobian = jac::nonzeros;
    hessian = hess::nonzeros;
    style = C_STYLE;
    return true;
  }
  bool get_bounds_info(Index, Number* low, Number* high, Index, Number* g_low, Number* g_high) override {
    std::fill_n(low, 4, -1e19);
    std::fill_n(high, 4, 1e19);
    std::fill_n(g_low, 2, 0);
    std::fill_n(g_high, 2, 0);
    return true;
  }
  bool get_starting_point(Index, bool, Number* x, bool, Number*, Number*, Index, bool, Number*) override {
    std::fill_n(x, 4, 2);
    return true;
  }
  bool eval_f(Index, const Number* x, bool, Number& f) override {
    f = hs039::objective(point(x));
    return true;
  }
  bool eval_grad_f(Index, const Number* x, bool, Number* grad) override {
    const auto g = hs039::objective_grad(point(x)).grad;
    std::copy(g.begin(), g.end(), grad);
    return true;
  }
  bool eval_g(Index, const Number* x, bool, Index, Number* g) override {
    const auto value = hs039::constraints(point(x));
    std::copy(value.begin(), value.end(), g);
    return true;
  }
  bool eval_jac_g(Index, const Number* x, bool, Index, Index, Index* rows, Index* columns,
                  Number* values) override {
    if (values == nullptr) {
      places(jac::row_ptr, jac::col_idx, rows, columns);
    } else {
      const auto j = hs039::constraints_jac_csr_only(point(x)).jac;
      std::copy(j.begin(), j.end(), values);
    }
    return true;
  }
  bool eval_h(Index, const Number* x, bool, Number s, Index, const Number* l, bool, Index, Index* rows,
              Index* columns, Number* values) override {
    if (values == nullptr) {
      places(hess::row_ptr, hess::col_idx, rows, columns);
    } else {
      const auto h = hs039::lagrangian_hess_lower_csr_only(point(x), s, {l[0], l[1]}).hess;
      std::copy(h.begin(), h.end(), values);
    }
    return true;
  }
  void finalize_solution(Ipopt::SolverReturn, Index, const Number* x, const Number*, const Number*, Index,
                         const Number*, const Number*, Number f, const Ipopt::IpoptData*,
                         Ipopt::IpoptCalculatedQuantities*) override {
    solution = point(x);
    value = f;
  }
};

}  // namespace

int main() {
  Ipopt::SmartPtr<Problem39> problem = new Problem39;
  Ipopt::SmartPtr<Ipopt::IpoptApplication> solver = IpoptApplicationFactory();
  solver->Options()->SetIntegerValue("print_level", 0);
  solver->Options()->SetStringValue("sb", "yes");
  solver->Options()->SetNumericValue("tol", 1e-12);
  if (solver->Initialize() != Ipopt::Solve_Succeeded) return 1;
  if (solver->OptimizeTNLP(problem) != Ipopt::Solve_Succeeded) return 2;
  std::printf("nonzeros of the Hessian = %d, known 3\n", hess::nonzeros);
  std::printf("f = %.10f, known -1\n", problem->value);
  constexpr double known[] = {1, 1, 0, 0};
  for (std::size_t i = 0; i < 4; ++i)
    std::printf("x%zu = %.10f, known %g\n", i + 1, problem->solution[i], known[i]);
}
