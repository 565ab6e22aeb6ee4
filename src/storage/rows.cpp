#include "storage/database.hpp"

namespace zhian::storage {

std::int64_t Row::integer(std::size_t column) const {
  const Value& value = values_[column];
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return static_cast<std::int64_t>(*real);
  return 0;
}
double Row::real(std::size_t column) const {
  const Value& value = values_[column];
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  return 0;
}
const std::string& Row::text(std::size_t column) const {
  static const std::string kEmpty;
  const auto* text = std::get_if<std::string>(&values_[column]);
  return text == nullptr ? kEmpty : *text;
}
const Blob& Row::blob(std::size_t column) const {
  static const Blob kEmpty;
  const auto* blob = std::get_if<Blob>(&values_[column]);
  return blob == nullptr ? kEmpty : *blob;
}

}  // namespace zhian::storage
