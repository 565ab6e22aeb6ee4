#include "policy/exact.hpp"

namespace zhian::policy {
namespace {

std::optional<base::Decimal> Number(std::string_view text) {
  const auto parsed = base::Decimal::Parse(text);
  return parsed.ok() ? std::optional(*parsed) : std::nullopt;
}

}  // namespace

Band BandOf(const Rule& rule) {
  if (!rule.has_number) return {};
  const std::string_view raw = rule.raw;
  if (raw.starts_with(">=")) return {.low = Number(raw.substr(2)), .high = std::nullopt};
  if (raw.starts_with("<")) return {.low = std::nullopt, .high = Number(raw.substr(raw.starts_with("<=") ? 2 : 1))};
  if (const auto dash = raw.find('-', 1); dash != std::string_view::npos)
    return {.low = Number(raw.substr(0, dash)), .high = Number(raw.substr(dash + 1))};
  return {.low = Number(raw), .high = Number(raw)};
}

std::optional<base::Decimal> Exact(const Pack& pack, std::string_view name, base::Date on) {
  const Rule* rule = pack.Find(name, on);
  return rule == nullptr ? std::nullopt : BandOf(*rule).low;
}

}  // namespace zhian::policy
