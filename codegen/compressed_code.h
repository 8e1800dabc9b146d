// The text that knows where the numbers of a compressed matrix stand: how many there are, their pattern, and
// the order in which a matrix takes them from its diagonals.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "codegen/compressed.h"
#include "codegen/tensor_names.h"

namespace nabla {

class CompressedCode {
 public:
  CompressedCode(Context& ctx, const TensorEntry& entry, const TensorSignature& signature,
                 const TensorNames& names)
      : ctx_(ctx), entry_(entry), matrix_(entry.matrix), signature_(signature), names_(names) {}

  // An expression in std::ptrdiff_t.
  std::string nonzeros() const;
  // The same for the lines before those of a side.
  std::string nonzeros_before(size_t side) const;
  // Of a matrix of all points: those of the lines that the points share, and those of one point.
  std::string shared_nonzeros() const;
  std::string point_nonzeros() const;
  // The statements that write where each line begins, and where each number stands in its line.
  std::string pattern() const;
  // The statements that copy the diagonals to where they belong; of a matrix of all points those of the lines
  // that the points share.
  std::string values() const;
  // The same in other words: what is done with `entry`, "diagonal_0[i]", one number of the matrix after the
  // other.
  using Copy = std::function<std::string(const std::string& entry)>;
  enum class Lines : uint8_t { all, shared, of_point };
  std::string values(const Copy& copy, const std::vector<std::string>& diagonals,
                     Lines lines = Lines::all) const;
  // Whether the diagonals one after the other are the numbers already.
  bool is_in_order() const;
  // Where each diagonal begins if they stand one after the other, then where the last ends.
  std::vector<Ref> places() const;
  // Whether sizes depend on it, a dim or an integer parameter.
  bool depends_on(Ref symbol) const;

 private:
  std::string text_of(Ref extent, bool operand) const;
  std::string nonzeros_of(size_t first, size_t end) const;
  // How many lines have an entry; none where it takes a comparison of sizes.
  std::optional<Ref> length_of(const LineRange& range) const;
  std::string length_text(const LineRange& range) const;
  bool is_never_negative(Ref length) const;
  bool is_halved(const CompressedBlock& block, size_t diagonal) const;

  Context& ctx_;
  const TensorEntry& entry_;
  const CompressedMatrix& matrix_;
  const TensorSignature& signature_;
  const TensorNames& names_;
};

}  // namespace nabla
