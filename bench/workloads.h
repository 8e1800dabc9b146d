// The workloads of the table, each in Nabla and in GiNaC. `size` means what the row says.
#pragma once

#include <string>

#include "bench/run.h"

namespace nabla::bench {

void parse_terms(Run& run, size_t terms);
void gradient_of_terms(Run& run, size_t terms);
void deep_chain(Run& run, size_t depth);     // f = sin(f)*f + x; the derivative
void sum_chain(Run& run, size_t depth);      // f = f + sin(f); build and gradient
void product_chain(Run& run, size_t depth);  // f = f*sin(f); build and gradient
void append_terms(Run& run, size_t terms);   // s = s + t
void product_gradient(Run& run, size_t variables);
void rosenbrock(Run& run, size_t variables);  // gradient and sparse Hessian
void high_order(Run& run, size_t order);      // derivative of exp(sin x) x^5/(1+x^2)
void nested_calls(Run& run, size_t depth);  // sin(sin(…x…)): parse, build, differentiate, print, destroy
void perceptron(Run& run, size_t layers);   // gradient of its loss by all weights and biases
void start(Run& run, size_t);               // start, one derivative, exit
void prompt_start(Run& run, size_t lines);  // of history; until the prompt is there
void prompt_key(Run& run, size_t characters);     // one key in a line of so many
void prompt_search(Run& run, size_t lines);       // one key of a search through a history
void statements(Run& run, size_t count);          // a script of small derivatives
void antiderivatives(Run& run, size_t);           // simplify(diff(F, x) - f), rows of integrals
void own_derivatives(Run& run, size_t);           // the same, rows of our own
void simplified_order(Run& run, size_t order);    // of high_order, simplified
void expanded(Run& run, size_t power);            // s^n*(s^n + 1) with s = x + y + z + 1, multiplied out
void textbook(Run& run, size_t);                  // derivatives as books print them
void random_expressions(Run& run, size_t count);  // and what simplify promises on them
void rules_alone(Run& run, size_t count);         // on random formulas and derivatives
void whole_simplify(Run& run, size_t count);      // on the same

namespace ginac {

void parse_terms(Run& run, size_t terms);
void gradient_of_terms(Run& run, size_t terms);
void deep_chain(Run& run, size_t depth);
void sum_chain(Run& run, size_t depth);
void product_chain(Run& run, size_t depth);
void append_terms(Run& run, size_t terms);
void product_gradient(Run& run, size_t variables);
void rosenbrock(Run& run, size_t variables);
void high_order(Run& run, size_t order);
void nested_calls(Run& run, size_t depth);
void expanded(Run& run, size_t power);
void start(Run& run, size_t);

}  // namespace ginac

double high_order_value(size_t order);  // of high_order at x = 7/10, for orders 5, 10, 20

// The text sin(sin(…x…)).
inline std::string nested_text(size_t depth) {
  std::string text;
  for (size_t i = 0; i < depth; ++i) text += "sin(";
  return text + "x" + std::string(depth, ')');
}

}  // namespace nabla::bench
