#include "expr/context.h"

#include <algorithm>
#include <cstring>

#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/large_pages.h"
#include "expr/symmetry.h"

namespace nabla {

void Budget::stop(uint64_t wanted) const {
  if (cancelled_.load(std::memory_order_relaxed)) {
    throw Failure(Code::cancelled, "the computation was stopped");
  }
  (void)wanted;
  throw Failure(Code::step_limit, "the step limit of " + std::to_string(steps_) + " was reached",
                "ask for a smaller result, or raise the limit");
}

Context::Context(const Limits& limits) : limits_(limits), budget_(limits.steps) {
  shapes_.push_back({});  // the scalar
  shape_hashes_.push_back(mix(17, 0));
  table_.resize(1u << 12);
  chunks_.push_back(std::make_unique<Node[]>(chunk_size));
  size_ = 1;  // Ref{0} is no node
  number(0);
  number(1);
  number(-1);
}

size_t Context::bytes() const {
  size_t pool = 0;
  for (const PoolBlock& b : pool_) pool += b.capacity * sizeof(Ref);
  return chunks_.size() * chunk_size * sizeof(Node) + pool + table_.size() * sizeof(uint64_t) +
         numbers_.size() * sizeof(Rational);
}

// --- hash-consing ------------------------------------------------------------------------------------

template <class Same>
uint32_t Context::find(uint64_t hash, Same same) const {
  const size_t mask = table_.size() - 1;
  const uint64_t high = hash & ~uint64_t{0xffffffff};
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const uint64_t slot = table_[i];
    if (slot == 0) return 0;
    if ((slot & ~uint64_t{0xffffffff}) != high) continue;
    const uint32_t id = static_cast<uint32_t>(slot);
    const Node& n = (*this)[Ref{id}];
    if (n.hash == hash && same(n)) return id;
  }
}

Ref* Context::pool_allocate(size_t n) {
  if (pool_.empty() || pool_.back().capacity - pool_.back().used < n) {
    const size_t capacity = std::max(n, pool_block);
    pool_.push_back({std::make_unique<Ref[]>(capacity), capacity, 0});
  }
  PoolBlock& b = pool_.back();
  Ref* p = b.data.get() + b.used;
  b.used += n;
  return p;
}

void Context::grow_table() {
  std::vector<uint64_t> bigger;
  bigger.reserve(table_.size() * 2);
  prefer_large_pages(bigger.data(), bigger.capacity() * sizeof(uint64_t));
  bigger.resize(table_.size() * 2);
  const size_t mask = bigger.size() - 1;
  for (uint32_t id = 1; id < size_; ++id) {
    const uint64_t hash = (*this)[Ref{id}].hash;
    size_t i = hash & mask;
    while (bigger[i] != 0) i = (i + 1) & mask;
    bigger[i] = (hash & ~uint64_t{0xffffffff}) | id;
  }
  table_.swap(bigger);
}

static bool is_truth_value(Kind k) { return k == Kind::truth || k == Kind::compare || k == Kind::connective; }

Ref Context::insert(uint64_t hash, const Node& content, std::span<const Ref> operands) {
  if (size_ >= limits_.nodes) {
    throw Failure(Code::node_limit, "the node limit of " + std::to_string(limits_.nodes) + " was reached",
                  "ask for a smaller result, or raise the limit");
  }
  budget_.spend();
  if ((size_t{size_} + 1) * 2 > table_.size()) grow_table();
  Node node = content;
  node.hash = hash;
  node.count = static_cast<uint32_t>(operands.size());
  Ref* target = node.few;
  if (operands.size() > operands_inside) {
    target = pool_allocate(operands.size());
    node.list = target;
  }
  std::copy(operands.begin(), operands.end(), target);
  if (node.kind == Kind::operation) node.facts = node.facts | has_operation;
  bool complex = false;
  for (Ref r : operands) {
    node.names |= (*this)[r].names;
    node.facts = node.facts | ((*this)[r].facts & has_operation);
    complex = complex || ((*this)[r].facts & complex_valued);
  }
  if (complex && !is_truth_value(node.kind) &&
      !(node.kind == Kind::function && is_real_valued(static_cast<Fn>(node.tag)))) {
    constexpr Facts ordered = nonnegative | nonpositive | integer_valued;
    node.facts = static_cast<Facts>(int{node.facts | complex_valued} & ~int{ordered});
  }
  const uint32_t id = size_;
  if ((id >> chunk_bits) >= chunks_.size()) chunks_.push_back(std::make_unique<Node[]>(chunk_size));
  chunks_[id >> chunk_bits][id & (chunk_size - 1)] = node;
  ++size_;
  const size_t mask = table_.size() - 1;
  size_t i = hash & mask;
  while (table_[i] != 0) i = (i + 1) & mask;
  table_[i] = (hash & ~uint64_t{0xffffffff}) | id;
  return Ref{id};
}

uint64_t Context::content_hash(Kind kind, uint16_t tag, uint64_t payload_hash, ShapeId shape,
                               std::span<const Ref> operands) const {
  uint64_t h = mix((uint64_t{static_cast<uint8_t>(kind)} << 16) | tag, payload_hash);
  if (shape != scalar_shape) h = mix(h, shape_hashes_[shape]);
  for (Ref r : operands) h = mix(h, (*this)[r].hash);
  return h;
}

Ref Context::intern(Kind kind, uint16_t tag, uint32_t payload, uint64_t payload_hash, ShapeId shape,
                    std::span<const Ref> operands, Facts facts) {
  const uint64_t hash = content_hash(kind, tag, payload_hash, shape, operands);
  const uint32_t found = find(hash, [&](const Node& n) {
    return n.kind == kind && n.tag == tag && n.payload == payload && n.shape == shape &&
           n.count == operands.size() && std::equal(operands.begin(), operands.end(), n.operands().begin());
  });
  if (found) return Ref{found};
  Node node;
  node.kind = kind;
  node.tag = tag;
  node.payload = payload;
  node.shape = shape;
  node.facts = facts;
  if (shape != scalar_shape && is_square(*this, shape) && keeps_symmetry(*this, kind, tag, operands)) {
    node.facts = node.facts | symmetric_value;
  }
  if (kind == Kind::symbol || kind == Kind::let) node.names = uint64_t{1} << (hash >> 58);
  return insert(hash, node, operands);
}

// --- atoms -------------------------------------------------------------------------------------------

Ref Context::number(const Rational& v) {
  const uint64_t hash = mix(uint64_t{static_cast<uint8_t>(Kind::number)}, v.hash());
  const uint32_t found = find(hash, [&](const Node& n) {
    return n.kind == Kind::number && n.shape == scalar_shape && numbers_[n.payload] == v;
  });
  if (found) return Ref{found};
  Node node;
  node.kind = Kind::number;
  node.payload = static_cast<uint32_t>(numbers_.size());
  int facts = v.is_integer() ? integer_valued : no_facts;
  if (v.sign() >= 0) facts |= nonnegative;
  if (v.sign() <= 0) facts |= nonpositive;
  if (v.sign() != 0) facts |= nonzero;
  node.facts = static_cast<Facts>(facts);
  numbers_.push_back(v);
  return insert(hash, node, {});
}

Ref Context::constant(Constant c) {
  const Facts facts = c == Constant::im ? nonzero | complex_valued : nonnegative | nonzero;
  return intern(Kind::constant, static_cast<uint16_t>(c), 0, 0, scalar_shape, {}, facts);
}

static uint64_t hash_text(std::string_view text) {
  uint64_t h = text.size();
  for (char c : text) h = mix(h, static_cast<unsigned char>(c));
  return h;
}

Ref Context::symbol(const Symbol& s) {
  uint64_t h = mix(hash_text(s.name), (uint64_t{static_cast<uint8_t>(s.role)} << 16) |
                                          (uint64_t{static_cast<uint8_t>(s.structure)} << 8) | s.complex);
  h = mix(h, shape_hashes_[s.shape]);
  const Domain& d = s.domain;
  h = mix(h, (d.lower ? (*this)[d.lower].hash : 0) + 3 * (d.upper ? (*this)[d.upper].hash : 0) +
                 8u * d.lower_open + 4u * d.upper_open + 2u * d.not_zero + d.integer);
  for (ShapeId p : s.parameters) h = mix(h, shape_hashes_[p]);
  auto [begin, end] = symbol_index_.equal_range(h);
  uint32_t index = static_cast<uint32_t>(symbols_.size());
  for (auto it = begin; it != end; ++it) {
    if (symbols_[it->second] == s) index = it->second;
  }
  if (index == symbols_.size()) {
    symbols_.push_back(s);
    symbol_index_.emplace(h, index);
  }
  int facts = d.integer ? integer_valued : no_facts;
  auto fact = [&](Ref r) { return r ? (*this)[r].facts : no_facts; };
  if (fact(d.lower) & nonnegative) facts |= nonnegative;
  if (fact(d.upper) & nonpositive) facts |= nonpositive;
  const bool above = is_positive(fact(d.lower)) || (d.lower_open && (fact(d.lower) & nonnegative));
  const bool below = (d.upper_open && (fact(d.upper) & nonpositive)) ||
                     ((fact(d.upper) & nonpositive) && (fact(d.upper) & nonzero));
  if (d.not_zero || above || below) facts |= nonzero;
  if (s.complex) facts = (facts & nonzero) | complex_valued;
  switch (s.structure) {
    case Structure::symmetric:
    case Structure::diagonal:
    case Structure::spd:
    case Structure::psd:
    case Structure::symtoeplitz:
      facts |= symmetric_value;
      break;
    default:
      break;
  }
  return intern(Kind::symbol, static_cast<uint16_t>(s.role), index, h, s.shape, {},
                s.role == Role::function ? no_facts : static_cast<Facts>(facts));
}

Ref Context::variable(std::string name) {
  Symbol s;
  s.name = std::move(name);
  return symbol(s);
}

Ref Context::let(uint32_t index, ShapeId shape, Facts facts) {
  return intern(Kind::let, static_cast<uint16_t>(facts), index, index, shape, {}, facts);
}

Ref Context::truth(bool v) { return intern(Kind::truth, v, 0, 0, scalar_shape, {}); }

ShapeId Context::shape_id(const Shape& shape) {
  if (shape.extents.empty()) return scalar_shape;
  uint64_t h = mix(18, shape.row);
  for (Ref r : shape.extents) h = mix(h, (*this)[r].hash);
  auto [begin, end] = shape_index_.equal_range(h);
  for (auto it = begin; it != end; ++it) {
    if (shapes_[it->second] == shape) return it->second;
  }
  const ShapeId id = static_cast<ShapeId>(shapes_.size());
  shapes_.push_back(shape);
  shape_hashes_.push_back(h);
  shape_index_.emplace(h, id);
  return id;
}

uint32_t Context::labelling_id(const Labelling& labelling) {
  const uint64_t h = labelling.hash();
  auto [begin, end] = labelling_index_.equal_range(h);
  for (auto it = begin; it != end; ++it) {
    if (labellings_[it->second] == labelling) return it->second;
  }
  const uint32_t id = static_cast<uint32_t>(labellings_.size());
  labellings_.push_back(labelling);
  labelling_index_.emplace(h, id);
  return id;
}

Ref Context::fill(Ref scalar, ShapeId shape) {
  if (shape == scalar_shape) return scalar;
  return intern(Kind::fill, 0, 0, 0, shape, {&scalar, 1}, (*this)[scalar].facts);
}

// Row-major.
static bool is_symmetric_array(std::span<const Ref> entries, const Shape& shape) {
  if (shape.order() != 2 || shape.extents[0] != shape.extents[1]) return false;
  size_t n = 0;
  while (n * n < entries.size()) ++n;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (entries[i * n + j] != entries[j * n + i]) return false;
    }
  }
  return true;
}

Ref Context::array(std::span<const Ref> entries, ShapeId shape) {
  const bool same = !entries.empty() &&
                    std::all_of(entries.begin(), entries.end(), [&](Ref e) { return e == entries.front(); });
  if (same) return fill(entries.front(), shape);
  int facts = entries.empty() ? no_facts : nonnegative | nonpositive | nonzero | integer_valued;
  for (Ref e : entries) facts &= (*this)[e].facts;
  if (is_symmetric_array(entries, shapes_[shape])) facts |= symmetric_value;
  return intern(Kind::array, 0, 0, 0, shape, entries, static_cast<Facts>(facts));
}

Ref Context::entry(Ref tensor, std::span<const Ref> indices) {
  std::vector<Ref> operands{tensor};
  operands.insert(operands.end(), indices.begin(), indices.end());
  const int facts = kind(tensor) == Kind::symbol ? (*this)[tensor].facts & ~symmetric_value : no_facts;
  return intern(Kind::entry, 0, 0, 0, scalar_shape, operands, static_cast<Facts>(facts));
}

Ref Context::written(Written op, std::span<const Ref> operands) {
  return intern(Kind::written, static_cast<uint16_t>(op), 0, 0, (*this)[operands[0]].shape, operands);
}

Ref Context::written_function(Fn f, std::span<const Ref> arguments) {
  // The facts too: the folding constructor may come to the same node later.
  return intern(Kind::function, static_cast<uint16_t>(f), 0, 0, (*this)[arguments[0]].shape, arguments,
                function_facts(*this, f, arguments));
}

uint32_t Context::orders_id(std::span<const uint16_t> orders) {
  for (uint32_t i = 0; i < orders_.size(); ++i) {
    if (std::equal(orders.begin(), orders.end(), orders_[i].begin(), orders_[i].end())) return i;
  }
  if (orders_.size() >= 0xffff) {
    throw Failure(Code::node_limit, "more than 65535 different partial derivatives of opaque functions");
  }
  orders_.emplace_back(orders.begin(), orders.end());
  return static_cast<uint32_t>(orders_.size() - 1);
}

bool Context::is_of_scalars(Ref function) const {
  const Symbol& f = symbol(function);
  return f.shape == scalar_shape &&
         std::all_of(f.parameters.begin(), f.parameters.end(), [](ShapeId p) { return p == scalar_shape; });
}

// The axes of the value, then those of each argument as often as it is differentiated by.
ShapeId Context::opaque_shape(Ref function, std::span<const uint16_t> orders,
                              std::span<const Ref> arguments) {
  if (is_of_scalars(function)) {
    const auto tensor = std::find_if(arguments.begin(), arguments.end(),
                                     [&](Ref a) { return (*this)[a].shape != scalar_shape; });
    return tensor == arguments.end() ? scalar_shape : (*this)[*tensor].shape;
  }
  const Symbol& f = symbol(function);
  Shape s = shape(f.shape);
  bool row = s.row;
  for (size_t k = 0; k < orders.size(); ++k) {
    const Shape& argument = shape(f.parameters[k]);
    for (uint16_t i = 0; i < orders[k]; ++i) {
      row = row || argument.row;
      s.extents.insert(s.extents.end(), argument.extents.begin(), argument.extents.end());
    }
  }
  s.row = row && s.order() == 1;
  return shape_id(s);
}

Ref Context::opaque(Ref function, std::span<const uint16_t> orders, std::span<const Ref> arguments) {
  const Node& f = (*this)[function];
  uint64_t h = f.hash;
  for (uint16_t o : orders) h = mix(h, o);
  // The tag depends on the age of the context, so content enters by the hash and the tag is left out of it.
  const uint16_t tag = static_cast<uint16_t>(orders_id(orders));
  uint64_t hash = mix(uint64_t{static_cast<uint8_t>(Kind::opaque)}, h);
  for (Ref r : arguments) hash = mix(hash, (*this)[r].hash);
  const uint32_t payload = f.payload;
  const ShapeId shape = opaque_shape(function, orders, arguments);
  const uint32_t found = find(hash, [&](const Node& n) {
    return n.kind == Kind::opaque && n.tag == tag && n.payload == payload && n.count == arguments.size() &&
           std::equal(arguments.begin(), arguments.end(), n.operands().begin());
  });
  if (found) return Ref{found};
  Node node;
  node.kind = Kind::opaque;
  node.tag = tag;
  node.payload = payload;
  node.shape = shape;
  node.names = f.names;
  return insert(hash, node, arguments);
}

Ref Context::opaque_function(Ref opaque) const {
  const uint32_t index = (*this)[opaque].payload;
  return const_cast<Context*>(this)->symbol(Symbol(symbols_[index]));  // NOLINT: found, never made
}

// --- order -------------------------------------------------------------------------------------------

int Context::compare_structure(Ref a, Ref b) const {
  // Different content with one 64-bit hash is as good as impossible, but the order must not depend on age.
  std::vector<std::pair<Ref, Ref>> todo{{a, b}};
  while (!todo.empty()) {
    auto [x, y] = todo.back();
    todo.pop_back();
    if (x == y) continue;
    const Node &m = (*this)[x], &n = (*this)[y];
    if (m.hash != n.hash) return m.hash < n.hash ? -1 : 1;
    if (m.kind != n.kind) return m.kind < n.kind ? -1 : 1;
    if (m.tag != n.tag && m.kind != Kind::opaque) return m.tag < n.tag ? -1 : 1;
    if (m.count != n.count) return m.count < n.count ? -1 : 1;
    if (m.kind == Kind::number && numbers_[m.payload] != numbers_[n.payload]) {
      return numbers_[m.payload] < numbers_[n.payload] ? -1 : 1;
    }
    if (m.kind == Kind::symbol && m.payload != n.payload) {
      return symbols_[m.payload].name < symbols_[n.payload].name ? -1 : 1;
    }
    if (m.kind == Kind::let && m.payload != n.payload) return m.payload < n.payload ? -1 : 1;
    for (size_t i = m.count; i-- > 0;) todo.push_back({m.operand(i), n.operand(i)});
  }
  return 0;
}

std::string_view Context::differential(Fn f) const {
  const auto it = differentials_.find(f);
  return it != differentials_.end() ? std::string_view(it->second) : row(f).differential;
}

}  // namespace nabla
