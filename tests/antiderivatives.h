// Rows of integrand, variable and antiderivative: data/antiderivatives_300.tsv and data/own_derivatives.tsv.
#pragma once

#include <cctype>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace nabla::test {

struct Antiderivative {
  int number;
  std::string integrand, variable, antiderivative;
};

inline std::vector<Antiderivative> antiderivatives(const std::string& file) {
  std::ifstream in(file);
  std::vector<Antiderivative> list;
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    Antiderivative r;
    r.number = static_cast<int>(list.size()) + 1;
    std::getline(cells, r.integrand, '\t');
    std::getline(cells, r.variable, '\t');
    std::getline(cells, r.antiderivative, '\t');
    list.push_back(r);
  }
  return list;
}

// The names of a row's text: what is not called. Each is a real scalar there, also e, i, f and F.
inline std::set<std::string> names_of_row(const std::string& text) {
  std::set<std::string> names;
  for (size_t i = 0; i < text.size();) {
    if (!std::isalpha(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end]))) ++end;
    const std::string name = text.substr(i, end - i);
    if ((end == text.size() || text[end] != '(') && name != "pi") names.insert(name);
    i = end;
  }
  return names;
}

}  // namespace nabla::test
