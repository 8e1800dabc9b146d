#include "expr/name_spelling.h"

#include <array>

namespace nabla {
namespace {

struct Greek {
  std::string_view letter;  // two bytes of UTF-8 each
  std::string_view name;
};

// The first row of a name is the letter it is printed as.
constexpr std::array<Greek, 56> greek = {{
    {"α", "alpha"},    {"β", "beta"},     {"γ", "gamma"}, {"δ", "delta"},      {"ε", "epsilon"},
    {"ζ", "zeta"},     {"η", "eta"},      {"θ", "theta"}, {"ι", "iota"},       {"κ", "kappa"},
    {"λ", "lambda"},   {"μ", "mu"},       {"ν", "nu"},    {"ξ", "xi"},         {"ο", "omicron"},
    {"π", "pi"},       {"ρ", "rho"},      {"σ", "sigma"}, {"τ", "tau"},        {"υ", "upsilon"},
    {"φ", "phi"},      {"χ", "chi"},      {"ψ", "psi"},   {"ω", "omega"},      {"Α", "Alpha"},
    {"Β", "Beta"},     {"Γ", "Gamma"},    {"Δ", "Delta"}, {"Ε", "Epsilon"},    {"Ζ", "Zeta"},
    {"Η", "Eta"},      {"Θ", "Theta"},    {"Ι", "Iota"},  {"Κ", "Kappa"},      {"Λ", "Lambda"},
    {"Μ", "Mu"},       {"Ν", "Nu"},       {"Ξ", "Xi"},    {"Ο", "Omicron"},    {"Π", "Pi"},
    {"Ρ", "Rho"},      {"Σ", "Sigma"},    {"Τ", "Tau"},   {"Υ", "Upsilon"},    {"Φ", "Phi"},
    {"Χ", "Chi"},      {"Ψ", "Psi"},      {"Ω", "Omega"}, {"ϵ", "varepsilon"}, {"ϕ", "varphi"},
    {"ϑ", "vartheta"}, {"ς", "varsigma"}, {"ϖ", "varpi"}, {"ϱ", "varrho"},     {"ϰ", "varkappa"},
    {"µ", "mu"},  // the micro sign
}};

bool is_letter_byte(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || u >= 0x80;
}

// Subscript digits are E2 82 80 … E2 82 89.
bool is_subscript(std::string_view rest) {
  return rest.size() >= 3 && rest.substr(0, 2) == "\xE2\x82" && (rest[2] & 0x7f) <= 9;
}

std::string_view greek_name(std::string_view letter) {
  for (const Greek& row : greek) {
    if (row.letter == letter) return row.name;
  }
  return {};
}

// Replaces each run of letters for which `replacement` has one.
template <class Replacement>
std::string replace_runs(std::string_view name, Replacement replacement) {
  std::string out;
  for (size_t i = 0; i < name.size();) {
    size_t end = i;
    while (end < name.size() && is_letter_byte(name[end]) && !is_subscript(name.substr(end))) ++end;
    if (end > i) {
      const std::string_view run = name.substr(i, end - i);
      const std::string_view other = replacement(run);
      out += other.empty() ? run : other;
      i = end;
    } else if (is_subscript(name.substr(i))) {
      const bool first = i < 3 || !is_subscript(name.substr(i - 3));
      if (first && !out.empty() && out.back() != '_') out += '_';
      out += static_cast<char>('0' + (name[i + 2] & 0x0f));
      i += 3;
    } else {
      out += name[i++];
    }
  }
  return out;
}

}  // namespace

std::string_view greek_letter(std::string_view ascii) {
  for (const Greek& row : greek) {
    if (row.name == ascii) return row.letter;
  }
  return {};
}

std::string ascii_name(std::string_view name) { return replace_runs(name, greek_name); }

std::string unicode_name(std::string_view name) { return replace_runs(name, greek_letter); }

}  // namespace nabla
