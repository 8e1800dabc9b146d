#include "eval/dense_points.h"

#include <algorithm>
#include <cmath>

#include "eval/points.h"
#include "eval/tape.h"
#include "expr/diagnostic.h"
#include "expr/walk.h"

namespace nabla {
namespace {

struct Square {
  size_t n;
  std::vector<double>& e;
  double& operator()(size_t i, size_t j) { return e[i * n + j]; }
};

// The linear structures, by averaging or removing entries.
void impose(Square a, Structure s) {
  const size_t n = a.n;
  std::vector<double> sums(2 * n, 0.0);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      const size_t band = s == Structure::symtoeplitz ? (i < j ? j - i : i - j) : n + j - i;
      if (i == 0 || j == 0) sums[band] = a(i, j);
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      switch (s) {
        case Structure::symmetric:
        case Structure::spd:
        case Structure::psd:
          if (j < i) a(i, j) = a(j, i);
          break;
        case Structure::skew:
          a(i, j) = i == j ? 0 : j < i ? -a(j, i) : a(i, j);
          break;
        case Structure::diagonal:
          if (i != j) a(i, j) = 0;
          break;
        case Structure::lower:
          if (j > i) a(i, j) = 0;
          break;
        case Structure::upper:
          if (j < i) a(i, j) = 0;
          break;
        case Structure::toeplitz:
          a(i, j) = sums[n + j - i];
          break;
        case Structure::symtoeplitz:
          a(i, j) = sums[i < j ? j - i : i - j];
          break;
        case Structure::none:
        case Structure::orthogonal:
          break;
      }
    }
  }
}

std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b, size_t n) {
  std::vector<double> r(n * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < n; ++k) {
      for (size_t j = 0; j < n; ++j) r[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
  return r;
}

// a <- a*a' + 1/2: symmetric, positive definite and well conditioned.
void make_definite(Square a) {
  const size_t n = a.n;
  std::vector<double> r(n * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      double v = i == j ? 0.5 : 0;
      for (size_t k = 0; k < n; ++k) v += a(i, k) * a(j, k);
      r[i * n + j] = v;
    }
  }
  a.e = std::move(r);
}

// Rows made orthonormal one after the other.
void make_orthogonal(Square a) {
  for (size_t i = 0; i < a.n; ++i) {
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t k = 0; k < i; ++k) {
        double c = 0;
        for (size_t j = 0; j < a.n; ++j) c += a(i, j) * a(k, j);
        for (size_t j = 0; j < a.n; ++j) a(i, j) -= c * a(k, j);
      }
    }
    double s = 0;
    for (size_t j = 0; j < a.n; ++j) s += a(i, j) * a(i, j);
    for (size_t j = 0; j < a.n; ++j) a(i, j) /= std::sqrt(s);
  }
}

class Drawing {
 public:
  Drawing(Context& ctx, std::span<const std::pair<Ref, int64_t>> dims, uint64_t seed)
      : ctx_(ctx), random_(seed) {
    for (const auto& [dim, n] : dims) give(dim, n);
  }

  DensePoint draw(std::span<const Ref> names) {
    std::vector<Ref> order(names.begin(), names.end());
    std::sort(order.begin(), order.end());
    order.erase(std::unique(order.begin(), order.end()), order.end());
    for (Ref r : order) {
      const Node& n = ctx_[r];
      if (n.kind == Kind::symbol && ctx_.symbol(r).role == Role::extent) draw_dim(r);
      for (Ref e : ctx_.shape(n.shape).extents) draw_dims(e);
    }
    for (Ref r : order) {
      if (ctx_.kind(r) == Kind::symbol && ctx_.symbol(r).role == Role::extent) continue;
      if (ctx_.kind(r) == Kind::symbol && ctx_.symbol(r).role == Role::function) continue;
      point_.push_back({r, draw_value(r)});
    }
    return std::move(point_);
  }

 private:
  bool is_known(Ref name) const {
    return std::any_of(point_.begin(), point_.end(), [&](const auto& b) { return b.name == name; });
  }
  void give(Ref dim, int64_t n) {
    if (!is_known(dim)) point_.push_back({dim, {{}, {static_cast<double>(n)}}});
    used_.push_back(n);
  }

  void draw_dims(Ref extent) {
    for (Ref r : nodes_below(ctx_, extent)) {
      if (ctx_.kind(r) == Kind::symbol && ctx_.symbol(r).role == Role::extent) draw_dim(r);
    }
  }

  double bound(Ref e) {
    for (Ref r : nodes_below(ctx_, e)) {
      if (ctx_.kind(r) != Kind::symbol || is_known(r)) continue;
      if (ctx_.symbol(r).role == Role::extent) {
        draw_dim(r);
      } else {
        point_.push_back({r, draw_value(r)});
      }
    }
    return dense_value(ctx_, e, point_).entries[0];
  }

  void draw_dim(Ref dim) {
    if (is_known(dim)) return;
    const Domain d = ctx_.symbol(dim).domain;
    int64_t low = 2, high = 4;
    if (d.lower)
      low = std::max(low, static_cast<int64_t>(std::ceil(bound(d.lower))) + (d.lower_open ? 1 : 0));
    if (d.upper) high = static_cast<int64_t>(std::floor(bound(d.upper))) - (d.upper_open ? 1 : 0);
    if (high > low + 2) high = low + 2;
    if (high < low) low = high = std::max<int64_t>(d.upper ? high : low, 1);
    std::vector<int64_t> free;
    for (int64_t n = low; n <= high; ++n) {
      if (std::find(used_.begin(), used_.end(), n) == used_.end()) free.push_back(n);
    }
    for (int64_t n = low; free.empty() && n <= high; ++n) free.push_back(n);
    give(dim, free[random_.bits() % free.size()]);
  }

  double draw_entry(const Domain& d) {
    double low = d.lower ? bound(d.lower) : -HUGE_VAL, high = d.upper ? bound(d.upper) : HUGE_VAL;
    if (d.integer) {
      low = std::ceil(low) + (d.lower_open && low == std::ceil(low) ? 1 : 0);
      high = std::floor(high) - (d.upper_open && high == std::floor(high) ? 1 : 0);
      if (!std::isfinite(low)) low = std::isfinite(high) ? high - 6 : -3;
      if (!std::isfinite(high)) high = low + 6;
      if (high < low) refuse();
      for (;;) {
        const double v = low + std::floor(random_.uniform(0, high - low + 1));
        if (v != 0 || !d.not_zero) return v;
        if (low == high) refuse();
      }
    }
    const bool from_below = std::isfinite(low), from_above = std::isfinite(high);
    if (from_below && from_above) {
      if (high < low) refuse();
      return random_.uniform(low + 0.02 * (high - low), high - 0.02 * (high - low));
    }
    if (from_below) return low + random_.uniform(0.2, 2.2);
    if (from_above) return high - random_.uniform(0.2, 2.2);
    const double v = random_.uniform(0.1, 1.6);
    return random_.bits() & 1 ? v : -v;
  }

  [[noreturn]] static void refuse() { throw Failure(Code::empty_domain, "a declared domain has no point"); }

  DenseArray<double> draw_value(Ref r) {
    DenseArray<double> a;
    size_t size = 1;
    for (Ref e : ctx_.shape_of(r).extents) {
      a.extents.push_back(std::llround(dense_value(ctx_, e, point_).entries[0]));
      size *= static_cast<size_t>(std::max<int64_t>(a.extents.back(), 0));
    }
    const bool symbol = ctx_.kind(r) == Kind::symbol;
    const Domain d = symbol ? ctx_.symbol(r).domain : Domain{};
    const Structure s = symbol ? ctx_.symbol(r).structure : Structure::none;
    for (size_t i = 0; i < size; ++i) a.entries.push_back(draw_entry(d));
    if (a.extents.size() != 2 || a.extents[0] != a.extents[1]) return a;
    Square square{static_cast<size_t>(a.extents[0]), a.entries};
    if (s == Structure::spd || s == Structure::psd) make_definite(square);
    if (s == Structure::orthogonal) make_orthogonal(square);
    impose(square, s);
    return a;
  }

  Context& ctx_;
  Random random_;
  DensePoint point_;
  std::vector<int64_t> used_;
};

}  // namespace

DensePoint random_point(Context& ctx, std::span<const Ref> names,
                        std::span<const std::pair<Ref, int64_t>> dims, uint64_t seed) {
  return Drawing(ctx, dims, seed).draw(names);
}

DenseArray<double> random_direction(Context& ctx, Ref name, const DenseArray<double>& at, uint64_t seed,
                                    bool inside) {
  Random random(seed);
  DenseArray<double> d{at.extents, {}};
  for (size_t i = 0; i < at.entries.size(); ++i) d.entries.push_back(random.uniform(-1, 1));
  const bool square = at.extents.size() == 2 && at.extents[0] == at.extents[1];
  if (!inside || !square || ctx.kind(name) != Kind::symbol) return d;
  const Structure s = ctx.symbol(name).structure;
  const Square direction{static_cast<size_t>(at.extents[0]), d.entries};
  impose(direction, s == Structure::orthogonal ? Structure::skew : s);
  if (s == Structure::orthogonal) d.entries = product(at.entries, d.entries, direction.n);
  return d;
}

bool has_structure(const DenseArray<double>& a, Structure s, double tolerance) {
  if (s == Structure::none) return true;
  if (a.extents.size() != 2 || a.extents[0] != a.extents[1]) return false;
  std::vector<double> wanted = a.entries;
  Square square{static_cast<size_t>(a.extents[0]), wanted};
  if (s == Structure::orthogonal) {
    make_orthogonal(square);
  } else {
    impose(square, s);
  }
  double scale = 0, worst = 0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    scale = std::max(scale, std::abs(a.entries[i]));
    worst = std::max(worst, std::abs(a.entries[i] - wanted[i]));
  }
  return worst <= tolerance * scale;
}

}  // namespace nabla
