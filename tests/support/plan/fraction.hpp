// SPDX-License-Identifier: MIT
// Exact fractions of integers of up to 320 bits. The oracle computes with them, because rounding could hide a mistake.
//
//   natural     digits to the base 2^32, the lowest first; throws std::overflow_error if a result does not fit
//   fraction    numerator / denominator, always reduced, never negative
//
// Rejected: __int128, which 32-bit machines do not have, and which two weights of 63 bits already fill.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace test {

class natural {
 public:
  natural() = default;
  natural(std::uint64_t value) : digits_{static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32)} {}

  [[nodiscard]] bool fits_64() const {
    for (std::size_t i = 2; i < count; ++i) {
      if (digits_[i] != 0) return false;
    }
    return true;
  }
  [[nodiscard]] std::uint64_t to_64() const {
    if (!fits_64()) throw std::overflow_error("natural: more than 64 bits");
    return digits_[0] | std::uint64_t{digits_[1]} << 32;
  }
  // The position of the highest set bit, counted from 1; 0 for zero.
  [[nodiscard]] std::size_t bits() const {
    for (std::size_t i = count; i > 0; --i) {
      if (digits_[i - 1] != 0) return (i - 1) * 32 + static_cast<std::size_t>(std::bit_width(digits_[i - 1]));
    }
    return 0;
  }

  friend bool operator==(const natural&, const natural&) = default;
  friend std::strong_ordering operator<=>(const natural& a, const natural& b) {
    for (std::size_t i = count; i > 0; --i) {
      if (a.digits_[i - 1] != b.digits_[i - 1]) return a.digits_[i - 1] <=> b.digits_[i - 1];
    }
    return std::strong_ordering::equal;
  }

  friend natural operator+(const natural& a, const natural& b) {
    natural sum;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < count; ++i) {
      carry += std::uint64_t{a.digits_[i]} + b.digits_[i];
      sum.digits_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) throw std::overflow_error("natural: a sum of more than 320 bits");
    return sum;
  }

  friend natural operator-(const natural& a, const natural& b) {
    if (a < b) throw std::overflow_error("natural: a difference below zero");
    natural difference;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t digit = std::uint64_t{a.digits_[i]} - b.digits_[i] - borrow;
      difference.digits_[i] = static_cast<std::uint32_t>(digit);
      borrow = digit >> 63;
    }
    return difference;
  }

  friend natural operator*(const natural& a, const natural& b) {
    natural product;
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t carry = 0;
      for (std::size_t k = 0; k < count && a.digits_[i] != 0; ++k) {
        carry += std::uint64_t{a.digits_[i]} * b.digits_[k];
        if (i + k < count) carry += product.digits_[i + k];
        if (i + k >= count && carry != 0) throw std::overflow_error("natural: a product of more than 320 bits");
        if (i + k < count) product.digits_[i + k] = static_cast<std::uint32_t>(carry);
        carry >>= 32;
      }
      if (carry != 0) throw std::overflow_error("natural: a product of more than 320 bits");
    }
    return product;
  }

  struct quotient;
  // Throws std::domain_error for a divisor of zero.
  static quotient divide(const natural& dividend, const natural& divisor);
  // Euclid's algorithm.
  static natural common_divisor(natural a, natural b);

 private:
  static constexpr std::size_t count = 10;

  [[nodiscard]] natural doubled() const { return *this + *this; }

  std::array<std::uint32_t, count> digits_{};
};

struct natural::quotient {
  natural whole, rest;
};

inline natural::quotient natural::divide(const natural& dividend, const natural& divisor) {
  if (divisor == 0) throw std::domain_error("natural: a division by zero");
  if (dividend.fits_64() && divisor.fits_64()) {  // nearly always true, and many times faster
    return {dividend.to_64() / divisor.to_64(), dividend.to_64() % divisor.to_64()};
  }
  // Long division, one binary digit after the other.
  quotient result;
  for (std::size_t bit = dividend.bits(); bit > 0; --bit) {
    result.whole = result.whole.doubled();
    result.rest = result.rest.doubled() + ((dividend.digits_[(bit - 1) / 32] >> ((bit - 1) % 32)) & 1U);
    if (result.rest < divisor) continue;
    result.rest = result.rest - divisor;
    result.whole = result.whole + 1;
  }
  return result;
}

inline natural natural::common_divisor(natural a, natural b) {
  while (b != 0) {
    const natural rest = divide(a, b).rest;
    a = b;
    b = rest;
  }
  return a;
}

class fraction {
 public:
  fraction() = default;
  fraction(std::uint64_t whole) : top_(whole) {}
  /// Throws std::domain_error if `bottom` is zero.
  fraction(const natural& top, const natural& bottom) {
    const natural common = natural::common_divisor(top, bottom);
    top_ = natural::divide(top, common).whole;
    bottom_ = natural::divide(bottom, common).whole;
    if (bottom_ == 0) throw std::domain_error("fraction: a division by zero");
  }

  [[nodiscard]] const natural& top() const { return top_; }
  [[nodiscard]] const natural& bottom() const { return bottom_; }
  [[nodiscard]] std::uint64_t floor() const { return natural::divide(top_, bottom_).whole.to_64(); }
  [[nodiscard]] std::uint64_t ceil() const {
    const auto [whole, rest] = natural::divide(top_, bottom_);
    return whole.to_64() + (rest == 0 ? 0 : 1);
  }

  friend bool operator==(const fraction&, const fraction&) = default;
  friend std::strong_ordering operator<=>(const fraction& a, const fraction& b) {
    return a.top_ * b.bottom_ <=> b.top_ * a.bottom_;
  }
  friend fraction operator+(const fraction& a, const fraction& b) {
    return {a.top_ * b.bottom_ + b.top_ * a.bottom_, a.bottom_ * b.bottom_};
  }
  /// Throws std::overflow_error if the difference is negative.
  friend fraction operator-(const fraction& a, const fraction& b) {
    return {a.top_ * b.bottom_ - b.top_ * a.bottom_, a.bottom_ * b.bottom_};
  }
  friend fraction operator*(const fraction& a, const fraction& b) { return {a.top_ * b.top_, a.bottom_ * b.bottom_}; }
  friend fraction operator/(const fraction& a, const fraction& b) { return {a.top_ * b.bottom_, a.bottom_ * b.top_}; }
  fraction& operator+=(const fraction& other) { return *this = *this + other; }

 private:
  natural top_, bottom_ = 1;
};

/// "3/7"; for messages, where numbers are small.
inline std::string text_of(const fraction& value) {
  const auto digits = [](const natural& n) { return n.fits_64() ? std::to_string(n.to_64()) : "(large)"; };
  return digits(value.top()) + (value.bottom() == 1 ? std::string() : "/" + digits(value.bottom()));
}

}  // namespace test
