// Exact decimals: money, quantities, limits and measured values. A Decimal is a whole coefficient and the number of its
// digits after the point, so 0.1 + 0.2 is 0.3 and "12.50" stays "12.50". What does not fit is an error, never a rounded
// or wrapped number. Plain values; safe from any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zhian::base {

class Decimal {
 public:
  static constexpr int kScaleMax = 36;  // digits after the point
  static constexpr int kDigitsMax = 38;

  constexpr Decimal() = default;  // zero
  constexpr explicit Decimal(std::int64_t whole) : coefficient_(whole) {}
  // `units` / 10^scale: FromUnits(1250, 2) is 12.50. REQUIRES: 0 <= scale <= kScaleMax.
  static Decimal FromUnits(std::int64_t units, int scale);
  // "-12.50": an optional minus, digits, at most one point between digits. No exponent, no spaces. Errors: kInvalid.
  static Result<Decimal> Parse(std::string_view text);

  // Exact, or kTooLarge where the result has more than kDigitsMax digits.
  [[nodiscard]] Result<Decimal> Plus(const Decimal& other) const;
  [[nodiscard]] Result<Decimal> Minus(const Decimal& other) const;
  [[nodiscard]] Result<Decimal> Times(const Decimal& other) const;
  [[nodiscard]] Decimal Negated() const;
  [[nodiscard]] Decimal Magnitude() const { return sign() < 0 ? Negated() : *this; }
  // The nearest number with at most `decimals` digits after the point; half goes away from zero (as money is rounded).
  [[nodiscard]] Decimal Rounded(int decimals) const;
  // Without zeros at the end: 0.750 is 0.75.
  [[nodiscard]] Decimal Trimmed() const;
  // Whether it has no digits but zeros after the point.
  [[nodiscard]] bool IsWhole() const;
  [[nodiscard]] int sign() const { return coefficient_ < 0 ? -1 : coefficient_ > 0 ? 1 : 0; }

  // As it was written: all digits after the point stay.
  [[nodiscard]] std::string Text() const;
  // For people: at most `decimals` digits after the point, without trailing zeros ("5000", "62.5").
  [[nodiscard]] std::string Short(int decimals = kScaleMax) const;
  // The nearest double: for estimates, shares and drawings, where nothing is decided by it.
  [[nodiscard]] double Estimate() const;
  // The whole part, towards zero; kTooLarge where it does not fit.
  [[nodiscard]] Result<std::int64_t> Whole() const;

  // By value: 1.0 equals 1.00.
  friend std::weak_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == std::weak_ordering::equivalent; }

 private:
  __extension__ using Wide = __int128;
  constexpr Decimal(Wide coefficient, int scale) : coefficient_(coefficient), scale_(scale) {}
  static bool Align(Decimal& a, Decimal& b);
  static Result<Decimal> Fit(Wide coefficient, int scale);
  void Trim(int scale_min);

  Wide coefficient_ = 0;
  int scale_ = 0;
};

// A measured amount with its unit. Amounts in different units are not compared or added.
struct Quantity {
  Decimal value;
  std::string unit;
  bool operator==(const Quantity&) const = default;
};

}  // namespace zhian::base
