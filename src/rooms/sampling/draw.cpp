#include "rooms/sampling/draw.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <set>

#include "base/json.hpp"
#include "base/text.hpp"
#include "procedure/guard_tools.hpp"
#include "records/sampling.hpp"

namespace zhian::sampling {
namespace json = boost::json;

namespace {

constexpr std::size_t kPopulationMax = 1'000'000;

std::string Text(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}
Error Fault(const std::string& field, Message mend) {
  return MakeError(ErrorCode::kInvalid, Say("{}: {}", field, mend), {{"/" + field, "draw", mend}});
}

json::object Fixed(const Draw& draw) {
  json::array population, excluded;
  for (const DrawSubject& s : draw.population) population.push_back(json::object{{"id", s.id}, {"weight", s.weight}});
  for (const DrawExclusion& e : draw.excluded) excluded.push_back(json::object{{"id", e.id}, {"reason", e.reason}});
  return {{"draw_id", draw.draw_id},
          {"stratum", draw.stratum},
          {"public_source", draw.public_source},
          {"public_due", draw.public_due},
          {"population", std::move(population)},
          {"excluded", std::move(excluded)},
          {"count", draw.count}};
}

}  // namespace

Result<Draw> ParseDraw(const json::object& object) {
  Draw draw{Text(object, "draw_id"),
            Text(object, "stratum"),
            Text(object, "public_source"),
            Text(object, "public_due"),
            {},
            {},
            0};
  if (draw.draw_id.empty()) return Fault("draw_id", "填写抽取编号");
  if (draw.public_source.empty()) return Fault("public_source", "填写随机值来源");
  if (draw.public_due.empty()) return Fault("public_due", "填写随机值公布时间");
  const auto* population = object.if_contains("population");
  if (population == nullptr || !population->is_array() || population->get_array().empty())
    return Fault("population", "名单不能为空");
  if (population->get_array().size() > kPopulationMax) return Fault("population", "名单不超过一百万");
  for (const auto& row : population->get_array()) {
    if (!row.is_object()) return Fault("population", "每项须有 id 和 weight");
    const auto* weight = row.get_object().if_contains("weight");
    const std::string id = Text(row.get_object(), "id");
    if (id.empty() || weight == nullptr || !weight->is_number()) return Fault("population", "每项须有 id 和 weight");
    const double w = weight->to_number<double>();
    if (!(w > 0) || !std::isfinite(w)) return Fault("population", Say("{} 的权重须大于零", id));
    if (!draw.population.empty() && draw.population.back().id >= id)
      return Fault("population", Say("编号须唯一并按字节排序，见 {}", id));
    draw.population.push_back({id, w});
  }
  if (const auto* excluded = object.if_contains("excluded"); excluded != nullptr && !excluded->is_null()) {
    if (!excluded->is_array()) return Fault("excluded", "须是列表");
    for (const auto& row : excluded->get_array()) {
      if (!row.is_object()) return Fault("excluded", "每项须有 id 和 reason");
      const std::string id = Text(row.get_object(), "id"), reason = Text(row.get_object(), "reason");
      if (id.empty() || reason.empty()) return Fault("excluded", "每项须有 id 和 reason");
      if (!draw.excluded.empty() && draw.excluded.back().id >= id)
        return Fault("excluded", Say("编号须唯一并按字节排序，见 {}", id));
      const auto at = std::lower_bound(draw.population.begin(), draw.population.end(), id,
                                       [](const DrawSubject& s, const std::string& key) { return s.id < key; });
      if (at == draw.population.end() || at->id != id) return Fault("excluded", Say("{} 不在名单中", id));
      draw.excluded.push_back({id, reason});
    }
  }
  const auto* count = object.if_contains("count");
  if (count == nullptr || !count->is_int64() || count->get_int64() < 1) return Fault("count", "填写抽取数量，至少为 1");
  draw.count = count->get_int64();
  if (draw.count > static_cast<std::int64_t>(draw.population.size() - draw.excluded.size()))
    return Fault("count", "抽取数量超过名单减剔除");
  return draw;
}

std::string Commitment(const Draw& draw) { return base::HexSha256(base::CanonicalJson(Fixed(draw))); }

std::vector<std::string> Order(const Draw& draw, const std::string& public_value) {
  const auto key = base::Sha256(Commitment(draw) + "\n" + public_value);
  std::set<std::string> out;
  for (const DrawExclusion& e : draw.excluded) out.insert(e.id);
  std::vector<std::pair<double, std::string>> scores;
  for (const DrawSubject& s : draw.population) {
    if (out.contains(s.id)) continue;
    const auto h = base::HmacSha256(key, s.id);
    std::uint64_t m = 0;
    for (std::size_t i = 0; i < 8; ++i) m = m << 8 | h[i];
    const double u = (static_cast<double>(m >> 12) + 0.5) / 4503599627370496.0;  // 2^52
    scores.emplace_back(-std::log(u) / s.weight, s.id);
  }
  std::sort(scores.begin(), scores.end());
  std::vector<std::string> order;
  for (auto& [score, id] : scores) order.push_back(std::move(id));
  return order;
}

Result<json::object> MakeDraw(json::object file) {
  ZHIAN_ASSIGN(const Draw draw, ParseDraw(file));
  file["commitment"] = Commitment(draw);
  const auto* value = file.if_contains("public_value");
  if (value != nullptr && value->is_string()) {
    json::array selected;
    for (std::string& id : Order(draw, std::string(value->get_string()))) {
      if (static_cast<std::int64_t>(selected.size()) == draw.count) break;
      selected.push_back(json::value(id));
    }
    file["selected"] = std::move(selected);
  } else {
    file.erase("selected");
  }
  return file;
}

Status VerifyDraw(const json::object& file) {
  ZHIAN_ASSIGN(const Draw draw, ParseDraw(file));
  if (Text(file, "commitment") != Commitment(draw)) return Fault("commitment", "与名单不符");
  const auto* value = file.if_contains("public_value");
  const auto* selected = file.if_contains("selected");
  if (value == nullptr || value->is_null())
    return selected == nullptr || selected->is_null() ? Ok() : Status(Fault("public_value", "有结果而没有随机值"));
  if (!value->is_string()) return Fault("public_value", "须是文字");
  const auto order = Order(draw, std::string(value->get_string()));
  if (selected == nullptr || !selected->is_array() ||
      static_cast<std::int64_t>(selected->get_array().size()) != draw.count)
    return Fault("selected", "数量与 count 不符");
  for (std::size_t i = 0; i < selected->get_array().size(); ++i) {
    const auto& id = selected->get_array()[i];
    if (!id.is_string() || std::string_view(id.get_string()) != order[i])
      return Fault("selected", Say("第 {} 个应为 {}", std::to_string(i + 1), order[i]));
  }
  return Ok();
}

namespace {

// The draw as its matter holds it, in the order that the commitment asks for. The published form has weights as
// numbers: the scores are computed with them.
json::object FileOf(const procedure::Matter& matter, const records::Draw& draw) {
  auto population = draw.population;
  std::sort(population.begin(), population.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  auto excluded = draw.excluded;
  std::sort(excluded.begin(), excluded.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  json::array subjects, exclusions;
  for (const auto& row : population)
    subjects.push_back(json::object{{"id", row.id}, {"weight", row.weight ? row.weight->Estimate() : 0}});
  for (const auto& row : excluded) exclusions.push_back(json::object{{"id", row.id}, {"reason", row.reason}});
  return {{"draw_id", matter.number},
          {"stratum", draw.stratum},
          {"public_source", draw.public_source},
          {"public_due", draw.public_value_due_on ? base::FormatDate(*draw.public_value_due_on) : ""},
          {"population", std::move(subjects)},
          {"excluded", std::move(exclusions)},
          {"count", draw.draw_count.value_or(0)}};
}

// What the clock and people cannot type: the commitment when it is entered, the selection when the value is known.
Status RecordDraw(procedure::EffectContext& context) {
  procedure::Matter& matter = context.matter;
  if (context.transition.action != "commit" && context.transition.action != "draw_now") return Ok();
  ZHIAN_ASSIGN(const auto record, records::Draw::Read(matter));
  ZHIAN_ASSIGN(const Draw draw, ParseDraw(FileOf(matter, record)));
  const std::string commitment = Commitment(draw);
  if (context.transition.action == "commit") {
    procedure::Merge(matter, records::Draw{.draw_commitment = commitment});
    return Ok();
  }
  if (record.draw_commitment != commitment) return MakeError(ErrorCode::kConflict, "名单与承诺不符，须作废并说明");
  std::vector<std::string> selected, reserve;
  for (std::string& id : Order(draw, record.public_value))
    (std::ssize(selected) < draw.count ? selected : reserve).push_back(std::move(id));
  constexpr std::size_t kReserveMax = 200;
  if (reserve.size() > kReserveMax) reserve.resize(kReserveMax);
  procedure::Erase(matter, records::Draw::Names::reserve);
  procedure::Merge(matter, records::Draw{.selected = std::move(selected), .reserve = std::move(reserve)});
  return Ok();
}

Status RecordSample(procedure::EffectContext& context) {
  using records::Sample;
  if (context.transition.action == "verify_pass" || context.transition.action == "overturn")
    procedure::Merge(context.matter, Sample{.verdict = Sample::Verdict::kPass});
  if (context.transition.action == "verify_fail")
    procedure::Merge(context.matter, Sample{.verdict = Sample::Verdict::kFail});
  return Ok();
}

constexpr std::array<procedure::EffectBinding, 2> kRecords{{{"draw", &RecordDraw}, {"sample", &RecordSample}}};

}  // namespace

Result<json::object> ProofOf(const procedure::Matter& matter) {
  ZHIAN_ASSIGN(const auto draw, records::Draw::Read(matter));
  json::object proof = FileOf(matter, draw);
  proof["commitment"] = draw.draw_commitment;
  if (!draw.selected.empty()) {
    proof["public_value"] = draw.public_value;
    proof["selected"] = json::array(draw.selected.begin(), draw.selected.end());
  }
  return proof;
}

std::span<const procedure::EffectBinding> Records() { return kRecords; }

}  // namespace zhian::sampling
