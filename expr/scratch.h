// A growable list that lives on the stack while it is short: the working memory of the constructors, which
// run millions of times on a handful of operands.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace nabla {

template <class T, size_t N>
class Scratch {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Scratch() : data_(reinterpret_cast<T*>(few_)) {}  // NOLINT
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  void push_back(const T& v) {
    const T copy = v;  // may point into this list
    if (size_ == capacity_) grow();
    data_[size_++] = copy;
  }
  // Made in place: no copy that waits for its parts to arrive in memory.
  template <class... Parts>
  void emplace_back(const Parts&... parts) {
    if (size_ == capacity_) grow();
    data_[size_++] = T{parts...};
  }
  void append(std::span<const T> more) {
    for (const T& v : more) push_back(v);
  }
  void resize(size_t n) { size_ = n; }  // to a smaller size
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  T& back() { return data_[size_ - 1]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  std::span<const T> from(size_t first) const { return {data_ + first, size_ - first}; }

 private:
  void grow() {
    auto more = std::make_unique<T[]>(capacity_ * 2);
    std::copy(data_, data_ + size_, more.get());
    many_ = std::move(more);
    data_ = many_.get();
    capacity_ *= 2;
  }

  alignas(T) std::byte few_[N * sizeof(T)];  // not filled with zeros first NOLINT(bugprone-sizeof-expression)
  T* data_;
  size_t size_ = 0;
  size_t capacity_ = N;
  std::unique_ptr<T[]> many_;
};

}  // namespace nabla
