#include "parser/nearest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "parser/unicode.h"

namespace nabla {
namespace {

constexpr size_t longest = 64;  // longer names are not compared

std::u32string code_points(std::string_view text) {
  std::u32string out;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end && out.size() <= longest;) {
    const CodePoint c = decode(p, end);
    out += c.value;
    p += c.length;
  }
  return out;
}

size_t distance(const std::u32string& a, const std::u32string& b, size_t limit) {
  const size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > limit || a.size() > longest || b.size() > longest) return limit + 1;
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return std::min(last[b.size()], limit + 1);
}

// What else the functions are called, in other languages and in books.
struct OtherName {
  std::string_view other;
  std::string_view ours;
};

constexpr std::array<OtherName, 100> other_names = {{
    {"ln", "log"},
    {"lg", "log10"},
    {"lb", "log2"},
    {"ld", "log2"},
    {"exponential", "exp"},
    {"logarithm", "log"},
    {"squareroot", "sqrt"},
    {"fabs", "abs"},
    {"sgn", "sign"},
    {"signum", "sign"},
    {"ceiling", "ceil"},
    {"rem", "mod"},
    {"fmod", "mod"},
    {"power", "pow"},
    {"sen", "sin"},
    {"tg", "tan"},
    {"ctg", "cot"},
    {"cotan", "cot"},
    {"cosec", "csc"},
    {"arcsin", "asin"},
    {"arccos", "acos"},
    {"arctan", "atan"},
    {"arctg", "atan"},
    {"arccot", "acot"},
    {"arcctg", "acot"},
    {"arcsec", "asec"},
    {"arccsc", "acsc"},
    {"arctan2", "atan2"},
    {"sh", "sinh"},
    {"ch", "cosh"},
    {"th", "tanh"},
    {"arcsinh", "asinh"},
    {"arccosh", "acosh"},
    {"arctanh", "atanh"},
    {"arsinh", "asinh"},
    {"arcosh", "acosh"},
    {"artanh", "atanh"},
    {"loggamma", "lgamma"},
    {"gammaln", "lgamma"},
    {"psi", "digamma"},
    {"heaviside", "step"},
    {"maximum", "max"},
    {"minimum", "min"},
    {"average", "mean"},
    {"reduce_sum", "sum"},
    {"reduce_mean", "mean"},
    {"reduce_max", "max"},
    {"reduce_min", "min"},
    {"trace", "tr"},
    {"transp", "transpose"},
    {"determinant", "det"},
    {"inverse", "inv"},
    {"identity", "eye"},
    {"pinverse", "pinv"},
    {"adjugate", "adj"},
    {"eig", "eigvals"},
    {"eigenvalues", "eigvals"},
    {"svd", "singval"},
    {"cholesky", "chol"},
    {"linsolve", "solve"},
    {"Re", "real"},
    {"Im", "imag"},
    {"conjugate", "conj"},
    {"derivative", "diff"},
    {"gradient", "grad"},
    {"jacobian", "jac"},
    {"hessian", "hess"},
    {"hesian", "hess"},
    {"substitute", "subs"},
    {"series", "taylor"},
    {"sinus", "sin"},
    {"cosinus", "cos"},
    {"tangent", "tan"},
    {"log_e", "log"},
    {"log_2", "log2"},
    {"log_10", "log10"},
    {"absolute", "abs"},
    {"norm_2", "norm2"},
    {"norm_1", "norm1"},
    {"norm_inf", "norminf"},
    {"vdot", "dot"},
    {"inner", "dot"},
    {"invert", "inv"},
    {"slogdet", "logdet"},
    {"eigvalsh", "eigvals"},
    {"vstack", "vcat"},
    {"hstack", "hcat"},
    {"concatenate", "vcat"},
    {"block_diag", "blockdiag"},
    {"flatten", "vec"},
    {"ravel", "vec"},
    {"amax", "max"},
    {"amin", "min"},
    {"deriv", "diff"},
    {"Derivative", "diff"},
    {"Hessian", "hess"},
    {"Jacobian", "jac"},
    {"Gradient", "grad"},
    {"replace", "subs"},
    {"evalf", "eval"},
}};

bool same_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a.size() > 1 && a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

// How well `name` fits, among names at the same distance.
size_t likeness(const std::u32string& wrong, const std::u32string& name) {
  size_t common = 0;
  while (common < wrong.size() && common < name.size() && wrong[common] == name[common]) ++common;
  const std::u32string& longer = wrong.size() > name.size() ? wrong : name;
  const bool doubled = wrong.size() != name.size() && common > 0 && common < longer.size() &&
                       longer[common] == longer[common - 1];
  const bool swapped =
      wrong.size() == name.size() && std::is_permutation(wrong.begin(), wrong.end(), name.begin());
  return common + (doubled || swapped ? longest + 1 : 0);
}

}  // namespace

std::string_view usual_name(std::string_view other) {
  for (const OtherName& row : other_names) {
    if (row.other == other) return row.ours;
  }
  return {};
}

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  return distance(code_points(a), code_points(b), limit);
}

std::string_view nearest(std::string_view wrong, std::span<const std::string_view> names) {
  const std::string_view ours = usual_name(wrong);
  if (!ours.empty() && std::find(names.begin(), names.end(), ours) != names.end()) return ours;
  for (const std::string_view name : names) {
    if (same_but_for_case(wrong, name)) return name;
  }
  const std::u32string target = code_points(wrong);
  std::string_view best;
  size_t best_distance = 0, best_likeness = 0;
  for (const std::string_view name : names) {
    const std::u32string candidate = code_points(name);
    const size_t length = std::max(target.size(), candidate.size());
    if (length < 2) continue;
    const size_t limit = std::clamp<size_t>(length / 3, 1, 3);
    const size_t d = distance(target, candidate, limit);
    if (d > limit || d == length) continue;
    const size_t fits = likeness(target, candidate);
    if (!best.empty() && (d > best_distance || (d == best_distance && fits <= best_likeness))) continue;
    best = name;
    best_distance = d;
    best_likeness = fits;
  }
  return best;
}

std::string did_you_mean(std::string_view wrong, std::span<const std::string_view> names) {
  const std::string_view name = nearest(wrong, names);
  return name.empty() ? std::string() : "did you mean '" + std::string(name) + "'?";
}

}  // namespace nabla
