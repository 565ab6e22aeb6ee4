#include "base/decimal.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>

#include "base/text.hpp"

namespace zhian::base {

namespace {
__extension__ using Wide = __int128;

constexpr std::array<Wide, Decimal::kDigitsMax + 1> kPowers = [] {
  std::array<Wide, Decimal::kDigitsMax + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();
constexpr Wide kMost = kPowers[Decimal::kDigitsMax] - 1;

Error TooLarge() { return MakeError(ErrorCode::kTooLarge, "数值太大，无法精确计算"); }

std::string Digits(Wide value) {
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::reverse(text.begin(), text.end());
  return text;
}
}  // namespace

Decimal Decimal::FromUnits(std::int64_t units, int scale) {
  assert(scale >= 0 && scale <= kScaleMax);
  return Decimal(Wide{units}, scale);
}

Result<Decimal> Decimal::Parse(std::string_view text) {
  const Error fault = MakeError(ErrorCode::kInvalid, Say("不是数字：{}", Cut(text, 60)));
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  Wide coefficient = 0;
  int scale = 0, digits = 0;
  bool point = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '.') {
      if (point || i == 0 || i + 1 == rest.size()) return fault;
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return fault;
    if (digits > 0 || c != '0') ++digits;
    scale += point ? 1 : 0;
    if (digits > kDigitsMax || scale > kScaleMax) return TooLarge();
    coefficient = coefficient * 10 + (c - '0');
  }
  if (rest.empty()) return fault;
  return Decimal(negative ? -coefficient : coefficient, scale);
}

// Drops zeros at the end, down to `scale_min` digits after the point.
void Decimal::Trim(int scale_min) {
  while (scale_ > scale_min && coefficient_ % 10 == 0) {
    coefficient_ /= 10;
    --scale_;
  }
}

// Brings both to one scale; false where that needs more digits than there are.
bool Decimal::Align(Decimal& a, Decimal& b) {
  Decimal& coarse = a.scale_ < b.scale_ ? a : b;
  Decimal& fine = a.scale_ < b.scale_ ? b : a;
  Wide widened = 0;
  const auto widen = [&] {
    return !__builtin_mul_overflow(coarse.coefficient_, kPowers[static_cast<std::size_t>(fine.scale_ - coarse.scale_)],
                                   &widened) &&
           widened <= kMost && widened >= -kMost;
  };
  if (!widen()) {
    fine.Trim(coarse.scale_);
    if (!widen()) return false;
  }
  coarse.coefficient_ = widened;
  coarse.scale_ = fine.scale_;
  return true;
}

Result<Decimal> Decimal::Fit(Wide coefficient, int scale) {
  Decimal result(coefficient, scale);
  if (scale > kScaleMax || coefficient > kMost || coefficient < -kMost) result.Trim(0);
  if (result.scale_ > kScaleMax || result.coefficient_ > kMost || result.coefficient_ < -kMost) return TooLarge();
  return result;
}

Result<Decimal> Decimal::Plus(const Decimal& other) const {
  Decimal a = *this, b = other;
  if (!Align(a, b)) return TooLarge();
  Wide sum = 0;
  if (__builtin_add_overflow(a.coefficient_, b.coefficient_, &sum)) return TooLarge();
  return Fit(sum, a.scale_);
}

Result<Decimal> Decimal::Minus(const Decimal& other) const { return Plus(other.Negated()); }

Result<Decimal> Decimal::Times(const Decimal& other) const {
  Decimal a = *this, b = other;
  Wide product = 0;
  if (__builtin_mul_overflow(a.coefficient_, b.coefficient_, &product)) {
    a.Trim(0);
    b.Trim(0);
    if (__builtin_mul_overflow(a.coefficient_, b.coefficient_, &product)) return TooLarge();
  }
  return Fit(product, a.scale_ + b.scale_);
}

Result<Decimal> Decimal::Over(const Decimal& divisor, int decimals) const {
  assert(decimals >= 0 && decimals <= kScaleMax);
  const Decimal a = Trimmed(), b = divisor.Trimmed();
  if (b.sign() == 0) return MakeError(ErrorCode::kInvalid, "不能除以零");
  const int shift = decimals + b.scale_ - a.scale_;
  if (shift > kDigitsMax || shift < -kDigitsMax) return TooLarge();
  Wide above = a.coefficient_, below = b.coefficient_;
  if (__builtin_mul_overflow(shift >= 0 ? above : below, kPowers[static_cast<std::size_t>(shift >= 0 ? shift : -shift)],
                             shift >= 0 ? &above : &below))
    return TooLarge();
  Wide whole = above / below;
  const Wide rest = above % below, distance = rest < 0 ? -rest : rest, unit = below < 0 ? -below : below;
  if (distance >= unit - distance) whole += (above < 0) == (below < 0) ? 1 : -1;
  return Fit(whole, decimals);
}

Decimal Decimal::Negated() const { return Decimal(-coefficient_, scale_); }

Decimal Decimal::Rounded(int decimals) const {
  if (decimals < 0) decimals = 0;
  if (scale_ <= decimals) return *this;
  const Wide unit = kPowers[static_cast<std::size_t>(scale_ - decimals)];
  Wide whole = coefficient_ / unit;
  const Wide rest = coefficient_ % unit;
  if (rest >= unit - rest)
    ++whole;  // rest ≥ unit/2, written so that twice the rest, which might not fit, is not needed
  if (-rest >= unit + rest) --whole;
  return Decimal(whole, decimals);
}

Decimal Decimal::Trimmed() const {
  Decimal trimmed = *this;
  trimmed.Trim(0);
  return trimmed;
}

bool Decimal::IsWhole() const { return coefficient_ % kPowers[static_cast<std::size_t>(scale_)] == 0; }

std::string Decimal::Text() const {
  std::string digits = Digits(coefficient_ < 0 ? -coefficient_ : coefficient_);
  const auto scale = static_cast<std::size_t>(scale_);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, ".");
  return coefficient_ < 0 ? "-" + digits : digits;
}

std::string Decimal::Short(int decimals) const { return Rounded(decimals).Trimmed().Text(); }

double Decimal::Estimate() const { return std::strtod(Text().c_str(), nullptr); }

Result<std::int64_t> Decimal::Whole() const {
  const Wide whole = coefficient_ / kPowers[static_cast<std::size_t>(scale_)];
  if (whole > INT64_MAX || whole < INT64_MIN) return TooLarge();
  return static_cast<std::int64_t>(whole);
}

std::weak_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.sign() != b.sign()) return a.sign() <=> b.sign();
  Decimal left = a, right = b;
  if (Decimal::Align(left, right)) return left.coefficient_ <=> right.coefficient_;
  // One could not be widened to the digits of the other: its magnitude is beyond anything that the other can be.
  const bool left_is_coarse = left.scale_ < right.scale_;
  const bool left_is_greater = left_is_coarse == (a.sign() > 0);
  return left_is_greater ? std::weak_ordering::greater : std::weak_ordering::less;
}

}  // namespace zhian::base
