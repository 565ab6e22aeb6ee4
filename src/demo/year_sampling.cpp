// The sampling of the year of supervision: one plan, a draw each quarter, and samples that passed.
#include <memory>

#include "demo/history.hpp"

namespace zhian::demo {
namespace json = boost::json;

namespace {

struct Passed {
  std::string operator_name, regime, purpose, product, lot, made, day, item, value, limit, unit, method;
};
// Samples of firms that were chosen; those that a draw chooses are made once it has chosen.
const Passed kPassed[] = {{"永和豆制品厂（演示）", "food", "supervision", "豆腐干", "DF1101", "2025-11-01",
                           "2025-11-12", "铅", "0.02", "≤0.3", "mg/kg", "GB 5009.12"},
                          {"演示白酒小作坊6号", "food", "supervision", "散装白酒", "BJ1020", "2025-10-20", "2025-11-26",
                           "甲醇", "0.3", "≤0.6", "g/L", "GB 5009.266"},
                          {"演示糕点小作坊2号", "food", "supervision", "蛋糕", "DG1208", "2025-12-08", "2025-12-10",
                           "菌落总数", "200/150/180/210/160", "n=5,c=2,m=10000,M=100000", "CFU/g", "GB 4789.2"},
                          {"演示豆制品小作坊1号", "food", "supervision", "豆腐", "DF0318", "2026-03-18", "2026-03-18",
                           "铅", "0.03", "≤0.3", "mg/kg", "GB 5009.12"},
                          {"演示冶金企业8号", "product", "supervision", "硅铁", "GT0402", "2026-04-02", "2026-04-14",
                           "硅含量偏差", "0.4", "≤1", "g/100g", "GB/T 2272"},
                          {"演示化工企业1号", "product", "supervision", "工业用碳酸钠", "TS0405", "2026-04-05",
                           "2026-04-15", "氯化物", "0.5", "≤0.9", "g/100g", "GB/T 210"},
                          {"演示建材企业3号", "product", "supervision", "通用硅酸盐水泥", "SN0501", "2026-05-01",
                           "2026-05-20", "三氧化硫", "2.4", "≤3.5", "g/100g", "GB 175"}};

std::string Later(const std::string& day, int days) {
  return base::FormatDate(base::Date{base::ParseDate(day)->days + days});
}

constexpr const char* kWorkshops[] = {"演示面条小作坊3号", "演示面条小作坊9号", "演示菜籽油小作坊5号",
                                      "演示菜籽油小作坊11号", "演示白酒小作坊12号"};
// What is tested at a workshop that was drawn follows from its craft.
Passed DrawnSample(const std::string& name, const std::string& day, int number) {
  const std::string lot = "C" + day.substr(2, 2) + day.substr(5, 2) + std::to_string(number);
  if (name.find("面条") != std::string::npos)
    return {name,          "food",       "monitoring", "挂面", "MT" + lot, day,
            Later(day, 2), "铝的残留量", "8",          "≤25",  "mg/kg",    "GB 5009.182"};
  if (name.find("菜籽油") != std::string::npos)
    return {name,          "food", "supervision", "菜籽油", "CY" + lot, day,
            Later(day, 2), "酸价", "1.2",         "≤3",     "mg/g",     "GB 5009.229"};
  return {name,          "food", "supervision", "散装白酒", "BJ" + lot, day,
          Later(day, 2), "甲醇", "0.3",         "≤0.6",     "g/L",      "GB 5009.266"};
}

// One sample from its task to its publication. `s` may still be filled in before the day of the sample comes.
void AddSample(Script& script, History& history, const Cast& cast, const std::shared_ptr<const Passed>& s) {
  const auto samplers = [cast] { return json::array{json::value(cast["sampler1"]), json::value(cast["sampler2"])}; };
  const auto id = std::make_shared<std::string>();
  script.At(s->day, [&history, cast, id, s, samplers]() -> Status {
    const Place at = cast.operator_of(s->operator_name);
    ZHIAN_ASSIGN(*id, history.Begin(cast["samplead"], "sample", "assign_sample", at.operator_id, at.jurisdiction, "",
                                    {{"regime", s->regime},
                                     {"purpose", s->purpose},
                                     {"task", s->product + "监督抽检"},
                                     {"method", "random"},
                                     {"samplers", samplers()}}));
    return history.Do(cast["sampler1"], *id, "take",
                      {{"officers_present", samplers()},
                       {"product_name", s->product},
                       {"lot", s->lot},
                       {"production_date", s->made},
                       {"producer", at.operator_id},
                       {"producer_name", s->operator_name},
                       {"base_quantity", json::object{{"value", "80"}, {"unit", "kg"}}},
                       {"sample_quantity", json::object{{"value", "2"}, {"unit", "kg"}}},
                       {"sampled_place", "成品库"},
                       {"price", "60"},
                       {"voucher", "P-" + s->lot},
                       {"backup_quantity", json::object{{"value", "1"}, {"unit", "kg"}}},
                       {"seal_number", "F-" + s->lot},
                       {"party_signature", "signed"}});
  });
  script.At(Later(s->day, 1), [&history, cast, id, s]() {
    return history.Do(cast["labtech"], *id, "receive",
                      {{"seal_seen", "F-" + s->lot},
                       {"sent_by", "sampler"},
                       {"laboratory", "乐山市示例检验所"},
                       {"cma_number", "CMA-示例"}});
  });
  script.At(Later(s->day, 9), [&history, cast, id, s]() -> Status {
    ZHIAN_TRY(history.Do(cast["labtech"], *id, "enter_result",
                         {{"results", json::array{json::object{{"item", s->item},
                                                               {"value", s->value},
                                                               {"limit", s->limit},
                                                               {"unit", s->unit},
                                                               {"method", s->method}}}}}));
    ZHIAN_TRY(history.Do(cast["labverify"], *id, "verify_pass", {{"document_number", "JY-" + s->lot}}));
    return history.Do(cast["labverify"], *id, "hand_over_pass", {});
  });
  script.At(Later(s->day, 20), [&history, cast, id, s]() -> Status {
    if (s->purpose == "supervision") {
      const std::string title = s->product + " " + s->lot;
      const Place at = cast.operator_of(s->operator_name);
      ZHIAN_ASSIGN(const std::string notice, history.Begin(cast["publicity1"], "publication", "draft_publication",
                                                           at.operator_id, at.jurisdiction, title + " 抽检合格",
                                                           {{"publication_title", title + " 抽检合格"}}, *id));
      ZHIAN_TRY(history.Do(cast["publicity1"], notice, "approve",
                           {{"public_text", s->operator_name + "，" + title + "，" + s->item + " " + s->value + " " +
                                                s->unit + "，合格。"},
                            {"redaction_checked", true}},
                           cast["publicity2"]));
      ZHIAN_TRY(history.Do(cast["publicity1"], notice, "publish", {}));
    }
    return history.Do(cast["samplead"], *id, "close_pass", {});
  });
}

}  // namespace

void AddSampling(Script& script, History& history, const Cast& cast) {
  auto ids = std::make_shared<std::map<std::string, std::string>>();
  for (const Passed& passed : kPassed) AddSample(script, history, cast, std::make_shared<const Passed>(passed));
  script.At("2026-01-06", [&history, cast, ids]() -> Status {
    ZHIAN_ASSIGN((*ids)["plan"],
                 history.Begin(cast["samplead"], "sampling_plan", "draft_plan", "", "511113", "2026 年食品和产品抽检",
                               {{"plan_name", "2026 年食品和产品抽检"},
                                {"plan_year", "2026"},
                                {"strata", json::array{json::object{{"category", "小作坊食品"},
                                                                    {"stage", "production"},
                                                                    {"area", "全区"},
                                                                    {"batches", "8"},
                                                                    {"cost", "16000"}},
                                                       json::object{{"category", "工业产品"},
                                                                    {"stage", "production"},
                                                                    {"area", "全区"},
                                                                    {"batches", "4"},
                                                                    {"cost", "8000"}}}}}));
    ZHIAN_TRY(history.Do(cast["head"], (*ids)["plan"], "approve_plan",
                         {{"budget_line", "监督抽检"}, {"budget", "24000"}, {"overlap_check", "与市级计划不重复"}}));
    return history.Do(cast["samplead"], (*ids)["plan"], "start_plan", {{"laboratory_contract", "HT-2026-01"}});
  });
  // A draw each quarter among the workshops; the public value is due the day after the commitment.
  static constexpr const char* kDraws[] = {"2026-01-12", "2026-04-13", "2026-07-06"};
  for (const char* day : kDraws) {
    script.At(day, [&history, cast, ids, day]() -> Status {
      json::array population;
      for (const char* name : kWorkshops)
        population.push_back(json::object{{"id", cast.operator_of(name).operator_id}, {"name", name}, {"weight", "1"}});
      ZHIAN_ASSIGN(
          (*ids)[day],
          history.Begin(
              cast["samplead"], "draw", "prepare_draw", "", "511113", std::string(day).substr(0, 7) + " 小作坊抽样抽取",
              {{"stratum", "小作坊"},
               {"population", std::move(population)},
               {"excluded", json::array{json::object{{"id", cast.operator_of("演示白酒小作坊12号").operator_id},
                                                     {"reason", "季节性停产"}}}},
               {"draw_count", "2"}}));
      return history.Do(cast["samplead"], (*ids)[day], "commit",
                        {{"public_source", "福彩 3D 开奖号码"}, {"public_value_due_on", Later(day, 1)}},
                        cast["samplead2"]);
    });
    script.At(Later(day, 1), [&history, cast, ids, day]() {
      return history.Do(
          cast["samplead"], (*ids)[day], "draw_now",
          {{"public_value", std::string(day).substr(6, 1) + "58"}, {"public_value_proof", "开奖公告截图（演示）"}});
    });
    // Two are drawn: who they are is known only now, so that their samples are steps with an empty place until then.
    for (int number = 0; number < 2; ++number) {
      const auto drawn = std::make_shared<Passed>(DrawnSample("面条", day, number));
      script.At(Later(day, 1), [&history, cast, ids, day, number, drawn]() -> Status {
        ZHIAN_ASSIGN(const auto draw, history.Load((*ids)[day]));
        const auto* selected = draw.fields.if_contains("selected");
        if (selected == nullptr || !selected->is_array() || selected->get_array().size() != 2)
          return MakeError(ErrorCode::kInternal, "the draw chose nobody");
        const std::string id = procedure::ScalarText(&selected->get_array()[static_cast<std::size_t>(number)]);
        for (const char* name : kWorkshops)
          if (cast.operator_of(name).operator_id == id) *drawn = DrawnSample(name, day, number);
        return Ok();
      });
      AddSample(script, history, cast, drawn);
    }
    script.At(Later(day, 3),
              [&history, cast, ids, day]() { return history.Do(cast["insplead"], (*ids)[day], "use", {}); });
  }
}

}  // namespace zhian::demo
