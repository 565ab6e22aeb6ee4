#include "rooms/traceability/face/trace_view.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/time.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace trace = traceability;

namespace {

constexpr std::size_t kTownshipCode = 9;  // digits of a township's code; a village has more

// Few values that come again and again (units, states, townships), each with the text that is written for it.
class Said {
 public:
  template <class Make>
  const std::string& Of(std::string_view value, Make&& make) {
    if (last_ < known_.size() && known_[last_].first == value) return known_[last_].second;
    for (last_ = 0; last_ < known_.size(); ++last_)
      if (known_[last_].first == value) return known_[last_].second;
    known_.emplace_back(std::string(value), make(std::string(value)));
    return known_.back().second;
  }

 private:
  std::vector<std::pair<std::string, std::string>> known_;
  std::size_t last_ = 0;
};

// Whether a text has a byte that JSON writes otherwise: below a space, a quotation mark, a backslash. Eight bytes at a
// time.
bool HasEscapes(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHigh; };
  const auto odd = [&](std::uint64_t word) {
    return ((word - kOnes * 0x20) & ~word & kHigh) | has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\');
  };
  std::uint64_t word = 0, found = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::memcpy(&word, text.data() + at, 8);
    found |= odd(word);
  }
  for (; at < text.size(); ++at)
    found |= static_cast<unsigned char>(text[at]) < 0x20 || text[at] == '"' || text[at] == '\\';
  return found != 0;
}
// Identifiers and names have nothing to escape; what has is written by the one who knows how.
void Quote(std::string& out, std::string_view text) {
  if (HasEscapes(text)) return base::AppendCanonical(out, text);
  out += '"';
  out += text;
  out += '"';
}
std::string Quoted(std::string_view text) {
  std::string out;
  Quote(out, text);
  return out;
}

class Writer {
 public:
  explicit Writer(Language language) : language_(language) {}
  std::string& out() { return out_; }
  void Raw(std::string_view text) { out_ += text; }
  void Text(std::string_view text) { Quote(out_, text); }
  void Number(double value) {
    char digits[32];
    constexpr double kWhole = 9e15;  // up to here a whole number is written as it is
    const auto end = value >= -kWhole && value <= kWhole && value == std::trunc(value)
                         ? std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(value))
                     : std::isfinite(value) ? std::to_chars(digits, digits + sizeof digits, value)
                                            : std::to_chars(digits, digits + sizeof digits, 0);
    out_.append(digits, end.ptr);
  }
  // All of its digits: a quantity is exact on the way to the reader too.
  void Number(const base::Decimal& value) { out_ += value.Short(); }
  void Flag(bool value) { out_ += value ? "true" : "false"; }
  void Time(std::int64_t ms) {
    if (ms == 0) return Raw("null");
    if (ms != time_) {
      time_ = ms;
      time_text_ = "\"" + base::FormatInstant(base::Instant{ms}) + "\"";
    }
    out_ += time_text_;
  }
  void Unit(std::string_view code) {
    out_ += units_.Of(code, [&](const std::string& unit) { return Quoted(base::UnitSymbol(unit, language_)); });
  }
  void StatusLabel(std::string_view status) {
    out_ += statuses_.Of(status, [&](const std::string& code) { return Quoted(HoldingStatusLabel(code, language_)); });
  }

 private:
  Language language_;
  std::string out_;
  std::int64_t time_ = 0;
  std::string time_text_;
  Said units_, statuses_;
};

}  // namespace

std::string HoldingStatusLabel(std::string_view status, Language language) {
  static constexpr std::pair<std::string_view, const char*> kLabels[] = {
      {"unknown", "去向未查明"},
      {"in_seizure", "已查封扣押"},
      {"destroyed", "已销毁"},
      {"returned_and_held", "已退回封存"},
      {"recalled_and_disposed", "已召回处置"},
      {"corrected", "已补正"},
      {"tested_safe_released", "检验合格放行"},
      {"sold_to_consumer_evidenced", "已售消费者（有证据）"},
      {"used_as_input", "已投入加工"},
      {"moved_on", "已转出"},
      {"exported_notified", "已出口并通知"},
      {"handed_to_police", "已移交公安"},
      {"reported_only", "仅有陈述"},
      {"sold_to_unknown", "售予不明对象"}};
  for (const auto& [code, label] : kLabels)
    if (code == status) return Message(label).In(language);
  return std::string(status);
}

std::string TraceView(const trace::Answer& answer, Language language,
                      const std::function<std::string(const std::string&)>& township_name) {
  Writer w(language);
  w.out().reserve(512 + answer.holdings.size() * 512 + answer.movements.size() * 320 + answer.gaps.size() * 256);
  // Each holding is named once and shown many times.
  std::string ids, one;
  std::vector<std::size_t> id_ends{0};
  ids.reserve(answer.holdings.size() * 72);
  id_ends.reserve(answer.holdings.size() + 1);
  for (const trace::Holding& h : answer.holdings) {
    one.assign(h.item).append("@").append(h.place);
    Quote(ids, one);
    id_ends.push_back(ids.size());
  }
  const auto id = [&](std::size_t i) { return std::string_view(ids).substr(id_ends[i], id_ends[i + 1] - id_ends[i]); };
  double unresolved = 0, total = 0;  // estimates: quantities by their shares
  int not_converted = 0;
  Said townships;
  w.Raw("{\"origin\":{\"item\":");
  w.Text(answer.item);
  w.Raw(",\"product\":");
  w.Text(answer.product);
  w.Raw("},\"unit\":");
  w.Unit(answer.unit);
  w.Raw(",\"nodes\":[");
  for (std::size_t i = 0; i < answer.holdings.size(); ++i) {
    const trace::Holding& h = answer.holdings[i];
    w.Raw(i == 0 ? "{\"township\":" : ",{\"township\":");
    w.Raw(townships.Of(h.jurisdiction.substr(0, kTownshipCode), [&](const std::string& code) {
      return Quoted(code) + ",\"township_name\":" + Quoted(code.empty() ? std::string() : township_name(code));
    }));
    w.Raw(",\"id\":");
    w.Raw(id(i));
    w.Raw(",\"item\":");
    w.Text(h.item);
    w.Raw(",\"place\":");
    w.Text(h.place);
    w.Raw(",\"place_name\":");
    w.Text(h.place_name);
    w.Raw(",\"operator\":");
    h.operator_id.empty() ? w.Raw("null") : w.Text(h.operator_id);
    w.Raw(",\"layer\":");
    w.Number(h.layer);
    w.Raw(",\"arrived_at\":");
    w.Time(h.arrived_at);
    w.Raw(",\"quantity\":");
    w.Number(h.quantity);
    w.Raw(",\"unit\":");
    w.Unit(h.unit);
    w.Raw(",\"share\":");
    w.Number(h.share);
    w.Raw(",\"status\":");
    w.Text(h.status);
    w.Raw(",\"status_label\":");
    w.StatusLabel(h.status);
    w.Raw(",\"resolved\":");
    w.Flag(h.resolved);
    w.Raw(",\"origin\":");
    w.Flag(h.origin);
    w.Raw("}");
    if (h.layer >= 0 && !h.comparable && h.quantity.sign() > 0) ++not_converted;
    if (h.layer >= 0 && h.comparable) {
      const double part = h.quantity.Estimate() * h.share;
      total += part;
      if (!h.resolved) unresolved += part;
    }
  }
  w.Raw("],\"edges\":[");
  for (std::size_t i = 0; i < answer.movements.size(); ++i) {
    const trace::Movement& m = answer.movements[i];
    w.Raw(i == 0 ? "{\"from\":" : ",{\"from\":");
    w.Raw(id(static_cast<std::size_t>(m.from)));
    w.Raw(",\"to\":");
    w.Raw(id(static_cast<std::size_t>(m.to)));
    w.Raw(",\"kind\":");
    w.Text(m.kind);
    w.Raw(",\"departed_at\":");
    w.Time(m.departed_at);
    w.Raw(",\"arrived_at\":");
    w.Time(m.arrived_at);
    w.Raw(",\"quantity\":");
    w.Number(m.quantity);
    w.Raw(",\"unit\":");
    w.Unit(m.unit);
    w.Raw(",\"matched\":");
    w.Flag(m.shipped && m.received);
    w.Raw(",\"unknown\":");
    w.Flag(m.kind == "mixed" || !(m.shipped && m.received));
    w.Raw("}");
  }
  w.Raw("],\"gaps\":[");
  for (std::size_t i = 0; i < answer.gaps.size(); ++i) {
    const trace::Gap& g = answer.gaps[i];
    w.Raw(i == 0 ? "{\"kind\":" : ",{\"kind\":");
    w.Text(g.kind);
    w.Raw(",\"text\":");
    w.Text(g.text.In(language));
    w.Raw(",\"quantity\":");
    w.Number(g.quantity);
    w.Raw(",\"unit\":");
    w.Unit(g.unit);
    w.Raw(",\"place\":");
    w.Text(g.place);
    w.Raw("}");
  }
  w.Raw("],\"balance\":{\"accounted\":");
  w.Number(total - unresolved);
  w.Raw(",\"unresolved\":");
  w.Number(unresolved);
  w.Raw(",\"total\":");
  w.Number(total);
  w.Raw(",\"not_converted\":");
  w.Number(not_converted);
  w.Raw("},\"reached_limit\":");
  w.Flag(answer.reached_limit);
  w.Raw(",\"settled\":");
  w.Flag(answer.settled);
  w.Raw("}");
  return std::move(w.out());
}

Schema TraceSchema() {
  const Schema node = Object({{"township", Text()},
                              {"township_name", Text()},
                              {"id", Text().Says("item@place")},
                              {"item", Text()},
                              {"place", Text()},
                              {"place_name", Text()},
                              {"operator", Nullable(Text())},
                              {"layer", Integer().Says("steps from the origin; less than 0: before it")},
                              {"arrived_at", Nullable(Instant())},
                              {"quantity", Number()},
                              {"unit", Text()},
                              {"share", Number()},
                              {"status", Text()},
                              {"status_label", Text()},
                              {"resolved", Truth()},
                              {"origin", Truth()}});
  const Schema edge = Object({{"from", Text()},
                              {"to", Text()},
                              {"kind", Text()},
                              {"departed_at", Nullable(Instant())},
                              {"arrived_at", Nullable(Instant())},
                              {"quantity", Number()},
                              {"unit", Text()},
                              {"matched", Truth()},
                              {"unknown", Truth()}});
  const Schema gap =
      Object({{"kind", Text()}, {"text", Text()}, {"quantity", Number()}, {"unit", Text()}, {"place", Text()}});
  const Schema balance =
      Object({{"accounted", Number()}, {"unresolved", Number()}, {"total", Number()}, {"not_converted", Integer()}});
  return Named("Trace", Object({{"origin", Object({{"item", Text()}, {"product", Text()}})},
                                {"unit", Text()},
                                {"nodes", ListOf(Named("TraceNode", node))},
                                {"edges", ListOf(Named("TraceEdge", edge))},
                                {"gaps", ListOf(Named("TraceGap", gap))},
                                {"balance", balance},
                                {"reached_limit", Truth().Says("a part of the answer, not the whole")},
                                {"settled", Truth()}}));
}

}  // namespace zhian::traceability::face
