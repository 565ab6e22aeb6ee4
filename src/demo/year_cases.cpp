// Two samples of the year that failed, each followed to its end: held, traced, recalled, corrected, punished,
// published; the second offender is listed. Their lots have events of their own, from the farm household to the shop.
#include <memory>

#include "demo/history.hpp"

namespace zhian::demo {
namespace json = boost::json;

namespace {

struct Failure {
  const char *operator_name, *user, *household, *shop, *input, *input_lot, *product, *lot, *taken, *made;
  double input_kg, made_kg, shipped_kg, recovered_kg, sold_kg, lost_kg;
  const char *item, *value, *limit, *method, *cause, *correction, *level, *fine;
  bool heavy;
};
constexpr Failure kFailures[] = {{"演示酱腌菜小作坊4号",
                                  "pickle",
                                  "建设村演示农户20号",
                                  "峡口杂货店（演示）",
                                  "青菜",
                                  "urn:zhian:lot:VEG-0302",
                                  "泡青菜",
                                  "urn:zhian:lot:PC20260302",
                                  "2026-03-10",
                                  "2026-03-02",
                                  300,
                                  120,
                                  80,
                                  70,
                                  8,
                                  2,
                                  "苯甲酸",
                                  "1.6",
                                  "≤1.0",
                                  "GB 5009.28",
                                  "添加剂称量没有记录，超量使用",
                                  "配方上墙，逐批称量登记",
                                  "3",
                                  "50000",
                                  false},
                                 {"演示豆制品小作坊7号",
                                  "curd",
                                  "建设村演示农户30号",
                                  "金河超市（演示）",
                                  "大豆",
                                  "urn:zhian:lot:BEAN-0510",
                                  "豆腐",
                                  "urn:zhian:lot:DF20260512",
                                  "2026-05-13",
                                  "2026-05-12",
                                  60,
                                  150,
                                  100,
                                  90,
                                  10,
                                  0,
                                  "脱氢乙酸",
                                  "3.1",
                                  "0.3",
                                  "GB 5009.121",
                                  "防腐剂超限量使用，从业人员自购",
                                  "停用并封存，改换工艺，全员培训",
                                  "2",
                                  "100000",
                                  true}};

constexpr const char* kPlaceUri = "https://id.gs1.org/414/";

// What the steps of one story find out on their way.
struct Story {
  std::string sample, disposal, lead, recall, rectification, file;
  std::string case_id, listing;
};

json::object Event(const char* type, const std::string& time, const char* step, const std::string& gln,
                   const std::string& id) {
  return {{"type", type},      {"eventID", id},
          {"eventTime", time}, {"eventTimeZoneOffset", "+08:00"},
          {"bizStep", step},   {"readPoint", json::object{{"id", kPlaceUri + gln}}}};
}
json::array Lot(const std::string& item, double kg) {
  return {json::object{{"epcClass", item}, {"quantity", kg}, {"uom", "KGM"}}};
}

// Farm → workshop → product → shop.
json::array Events(const Failure& f, const std::string& farm, const std::string& maker, const std::string& shop) {
  json::array list;
  int n = 0;
  const auto id = [&] { return std::string("urn:zhian:event:") + (f.lot + 14) + "-" + std::to_string(++n); };
  const auto object = [&](const std::string& time, const char* step, const std::string& at, const std::string& lot,
                          double kg, const std::string& to, const std::string& from, const char* name) {
    json::object e = Event("ObjectEvent", time, step, at, id());
    e["action"] = std::string_view(step) == "commissioning" ? "ADD" : "OBSERVE";
    e["quantityList"] = Lot(lot, kg);
    if (!to.empty())
      e["destinationList"] = json::array{json::object{{"type", "location"}, {"destination", kPlaceUri + to}}};
    if (!from.empty()) e["sourceList"] = json::array{json::object{{"type", "location"}, {"source", kPlaceUri + from}}};
    if (name != nullptr) e["ilmd"] = json::object{{"zhian:productName", name}};
    list.push_back(std::move(e));
  };
  const std::string day = f.made;
  const std::string next = base::FormatDate(base::Date{base::ParseDate(day)->days + 1});
  object(day + "T06:00:00+08:00", "commissioning", farm, f.input_lot, f.input_kg, "", "", f.input);
  object(day + "T07:00:00+08:00", "shipping", farm, f.input_lot, f.input_kg, maker, "", nullptr);
  object(day + "T08:00:00+08:00", "receiving", maker, f.input_lot, f.input_kg, "", farm, nullptr);
  json::object made = Event("TransformationEvent", day + "T15:00:00+08:00", "commissioning", maker, id());
  made["inputQuantityList"] = Lot(f.input_lot, f.input_kg);
  made["outputQuantityList"] = Lot(f.lot, f.made_kg);
  made["ilmd"] = json::object{{"zhian:productName", f.product}};
  list.push_back(std::move(made));
  object(next + "T07:00:00+08:00", "shipping", maker, f.lot, f.shipped_kg, shop, "", nullptr);
  object(next + "T08:00:00+08:00", "receiving", shop, f.lot, f.shipped_kg, "", maker, nullptr);
  return list;
}

std::string Later(const char* day, int days) { return base::FormatDate(base::Date{base::ParseDate(day)->days + days}); }
std::string Number(double value) { return std::to_string(static_cast<int>(value)); }

json::array Penalties(const Failure& f) {
  return {json::object{{"party", f.operator_name}, {"kind", "fine"}, {"amount", f.fine}}};
}

// Every draft that hangs on the matter is approved by two persons and published.
Status PublishAll(History& history, const Cast& cast, const std::string& matter, const std::string& text) {
  for (auto draft = history.Linked(matter, "publication", "drafted"); draft.ok();
       draft = history.Linked(matter, "publication", "drafted")) {
    ZHIAN_TRY(history.Do(cast["publicity1"], *draft, "approve", {{"public_text", text}, {"redaction_checked", true}},
                         cast["publicity2"]));
    ZHIAN_TRY(history.Do(cast["publicity1"], *draft, "publish", {}));
  }
  return Ok();
}

void AddSample(Script& script, History& history, const Cast& cast, const Failure& f, const std::shared_ptr<Story>& s) {
  const auto samplers = [cast] { return json::array{json::value(cast["sampler1"]), json::value(cast["sampler2"])}; };
  script.At(f.taken, [&history, cast, &f, s, samplers]() -> Status {
    const Place maker = cast.operator_of(f.operator_name);
    ZHIAN_TRY(history.Capture(Events(f, cast.operator_of(f.household).gln, maker.gln, cast.operator_of(f.shop).gln)));
    ZHIAN_ASSIGN(s->sample,
                 history.Begin(cast["samplead"], "sample", "assign_sample", maker.operator_id, maker.jurisdiction, "",
                               {{"regime", "food"},
                                {"purpose", "supervision"},
                                {"task", std::string(f.product) + "监督抽检"},
                                {"method", "targeted"},
                                {"samplers", samplers()}}));
    return history.Do(cast["sampler1"], s->sample, "take",
                      {{"officers_present", samplers()},
                       {"product_name", f.product},
                       {"lot", f.lot},
                       {"production_date", f.made},
                       {"producer", maker.operator_id},
                       {"producer_name", f.operator_name},
                       {"base_quantity", json::object{{"value", Number(f.made_kg - f.shipped_kg)}, {"unit", "kg"}}},
                       {"sample_quantity", json::object{{"value", "2"}, {"unit", "kg"}}},
                       {"sampled_place", "成品间"},
                       {"price", "40"},
                       {"voucher", std::string("P-") + f.user},
                       {"backup_quantity", json::object{{"value", "1"}, {"unit", "kg"}}},
                       {"seal_number", std::string("F-") + f.user},
                       {"party_signature", "signed"}});
  });
  script.At(Later(f.taken, 1), [&history, cast, &f, s]() {
    return history.Do(cast["labtech"], s->sample, "receive",
                      {{"seal_seen", std::string("F-") + f.user},
                       {"sent_by", "sampler"},
                       {"laboratory", "乐山市示例检验所"},
                       {"cma_number", "CMA-示例"}});
  });
  script.At(Later(f.taken, 8), [&history, cast, &f, s]() -> Status {
    ZHIAN_TRY(history.Do(
        cast["labtech"], s->sample, "enter_result",
        {{"results",
          json::array{json::object{
              {"item", f.item}, {"value", f.value}, {"limit", f.limit}, {"unit", "g/kg"}, {"method", f.method}}}}}));
    ZHIAN_TRY(
        history.Do(cast["labverify"], s->sample, "verify_fail", {{"document_number", std::string("JY-") + f.user}}));
    ZHIAN_TRY(history.Do(cast["labverify"], s->sample, "hand_over_fail", {}));
    ZHIAN_ASSIGN(s->disposal, history.Linked(s->sample, "disposal"));
    return history.Do(cast["samplead"], s->sample, "serve",
                      {{"served_on", Later(f.taken, 8)}, {"service_way", "direct"}, {"rights_stated", true}});
  });
}

void AddControl(Script& script, History& history, const Cast& cast, const Failure& f, const std::shared_ptr<Story>& s) {
  const auto inspectors = [cast] {
    return json::array{json::value(cast["inspector1"]), json::value(cast["inspector2"])};
  };
  const std::string user = f.user;
  script.At(Later(f.taken, 9), [&history, cast, &f, s, inspectors, user]() -> Status {
    ZHIAN_TRY(history.Do(
        cast["inspector1"], s->disposal, "start_on_site",
        {{"officers_present", inspectors()},
         {"stock", json::array{json::object{
                       {"lot", f.lot},
                       {"quantity", json::object{{"value", Number(f.made_kg - f.shipped_kg)}, {"unit", "kg"}}},
                       {"place", "成品间"}}}}}));
    ZHIAN_ASSIGN(s->lead, history.Linked(s->disposal, "lead"));
    ZHIAN_TRY(history.Do(cast["samplead"], s->disposal, "order_recall", {}));
    ZHIAN_ASSIGN(s->recall, history.Linked(s->disposal, "recall"));
    ZHIAN_TRY(history.Do(cast[user], s->recall, "stop_sale",
                         {{"level", f.level}, {"level_reason", std::string(f.item) + "不符合标准"}}));
    ZHIAN_TRY(history.Do(cast[user], s->recall, "submit_plan",
                         {{"recall_plan", "通知购货商店下架退回，店内公告消费者"}, {"disposal_way", "销毁"}}));
    ZHIAN_TRY(history.Do(
        cast[user], s->recall, "publish_notice",
        {{"notice_text", std::string(f.product) + "召回公告，批号 " + (f.lot + 14)}, {"consumers_reached", true}}));
    return PublishAll(
        history, cast, s->recall,
        std::string(f.operator_name) + "召回" + f.product + "，批号 " + (f.lot + 14) + "。购买者可退回原商店。");
  });
  script.At(Later(f.taken, 10), [&history, cast, &f, s]() -> Status {
    // The shop answers its own notice, with an inspector beside it: what was left went back the same day.
    ZHIAN_ASSIGN(const std::string notice, history.Linked(s->recall, "consignee_notice", "told"));
    return history.Do(cast["inspector1"], notice, "answer",
                      {{"stopped_selling", true},
                       {"q_received", Number(f.shipped_kg)},
                       {"q_held", Number(f.shipped_kg - f.recovered_kg - f.sold_kg)},
                       {"q_sold", Number(f.sold_kg)},
                       {"q_returned", Number(f.recovered_kg)},
                       {"answer_unit", "kg"}});
  });
  script.At(Later(f.taken, 12), [&history, cast, &f, s]() -> Status {
    ZHIAN_TRY(history.Do(cast["inspector1"], s->disposal, "finish_control",
                         {{"cause_class", "process"},
                          {"cause_analysis", f.cause},
                          {"findings", json::array{json::object{
                                           {"finding", f.cause}, {"measure", f.correction}, {"severity", "general"}}}},
                          {"deadline", Later(f.taken, 27)},
                          {"served_on", Later(f.taken, 12)},
                          {"service_way", "direct"}}));
    ZHIAN_ASSIGN(s->rectification, history.Linked(s->disposal, "rectification"));
    return Ok();
  });
  script.At(Later(f.taken, 20), [&history, cast, &f, s, user]() {
    return history.Do(
        cast[user], s->rectification, "report",
        {{"corrections",
          json::array{json::object{{"finding", f.cause}, {"correction", f.correction}, {"evidence", "照片与记录"}}}}});
  });
  script.At(Later(f.taken, 21), [&history, cast, &f, s, inspectors]() -> Status {
    ZHIAN_TRY(history.Do(cast["inspector1"], s->rectification, "start_recheck", {{"officers_present", inspectors()}}));
    return history.Do(cast["inspector1"], s->rectification, "strike_off",
                      {{"recheck", json::array{json::object{{"finding", f.cause}, {"result", "corrected"}}}},
                       {"officers_signed", inspectors()}},
                      cast["insplead"]);
  });
  script.At(Later(f.taken, 22), [&history, cast, &f, s, user]() -> Status {
    const std::string maker = kPlaceUri + cast.operator_of(f.operator_name).gln,
                      shop = kPlaceUri + cast.operator_of(f.shop).gln;
    ZHIAN_TRY(history.Hold(f.lot, maker, "destroyed", "库存清点与销毁记录", f.made_kg - f.shipped_kg));
    ZHIAN_TRY(history.Hold(f.lot, shop, "recalled_and_disposed", "退货单与零售小票", f.shipped_kg));
    const json::array progress{json::object{{"consignee", f.shop},
                                            {"answer", "answered"},
                                            {"held", "0"},
                                            {"recovered", Number(f.recovered_kg)},
                                            {"attempts", "1"}}};
    ZHIAN_TRY(history.Do(cast[user], s->recall, "report_progress", {{"progress", progress}, {"balance_unit", "KGM"}}));
    ZHIAN_TRY(history.Do(
        cast["inspector1"], s->recall, "record_disposal",
        {{"disposed",
          json::array{json::object{{"lot", f.lot},
                                   {"place", "金口河垃圾处置场"},
                                   {"quantity", json::object{{"value", Number(f.recovered_kg)}, {"unit", "KGM"}}},
                                   {"way", "destroyed"},
                                   {"goods_from", "recovered"},
                                   {"witness", "严示例"},
                                   {"film", std::string("V-") + f.user},
                                   {"on", Later(f.taken, 22)}}}}}));
    ZHIAN_TRY(history.Do(cast[user], s->recall, "submit_summary",
                         {{"q_produced", Number(f.made_kg)},
                          {"q_stock", Number(f.made_kg - f.shipped_kg)},
                          {"q_recovered", Number(f.recovered_kg)},
                          {"q_destroyed", "0"},
                          {"q_consumed", Number(f.sold_kg)},
                          {"q_loss", Number(f.lost_kg)},
                          {"balance_unit", "KGM"}}));
    return history.Do(cast["head"], s->recall, "close_recall", {}, cast["insplead"]);
  });
}

void AddCase(Script& script, History& history, const Cast& cast, const Failure& f, const std::shared_ptr<Story>& s) {
  const auto officers = [cast] { return json::array{json::value(cast["case1"]), json::value(cast["case2"])}; };
  script.At(Later(f.taken, 10), [&history, cast, &f, s, officers]() -> Status {
    ZHIAN_TRY(history.Do(cast["insplead"], s->lead, "assign", {{"officers", officers()}}));
    ZHIAN_TRY(history.Do(cast["head"], s->lead, "file_case",
                         {{"suspected_violation", std::string("生产经营") + f.item + "不合格的" + f.product},
                          {"article", "食品安全法第一百二十四条"},
                          {"act_ended_on", Later(f.made, 1)},
                          {"jurisdiction_ground", "place_of_act"}}));
    ZHIAN_ASSIGN(s->case_id, history.Linked(s->lead, "enforcement_case"));
    ZHIAN_TRY(history.Do(
        cast["case1"], s->case_id, "collect_evidence",
        {{"officers_present", officers()},
         {"certificates_shown", true},
         {"evidence_note", "现场检查笔录、进销记录、检验报告"},
         {"evidence_items",
          json::array{json::object{{"id", "E1"}, {"kind", "site_record"}, {"what", "现场检查笔录与进销记录"}},
                      json::object{{"id", "E2"}, {"kind", "sample_report"}, {"what", "检验报告"}}}}}));
    for (const char* evidence : {"E1", "E2"})
      ZHIAN_TRY(history.Do(cast["insplead"], s->case_id, "check_evidence",
                           {{"evidence_id", evidence}, {"evidence_lawful", "yes"}}));
    ZHIAN_ASSIGN(s->file, history.File(cast["case1"], "来源确认书.txt",
                                       std::string(f.household) + " 供应 " + f.input + "，村委会确认（演示）"));
    return history.Do(cast["case1"], s->case_id, "confirm_source",
                      {{"source_place", f.household},
                       {"source_ground", "village_confirmation"},
                       {"source_letter", std::string("建设村确 ") + f.user},
                       {"source_files", json::array{json::value(s->file)}}});
  });
  script.At(Later(f.taken, 23), [&history, cast, &f, s]() -> Status {
    const std::string value = Number(f.made_kg * 20);
    json::array facts;
    const std::string quantity = Number(f.made_kg) + " kg";
    for (const auto& [element, text] : {std::pair{"who", f.operator_name},
                                        {"act", f.cause},
                                        {"when", f.made},
                                        {"where", "金口河区（演示）"},
                                        {"how_much", quantity.c_str()}})
      facts.push_back(json::object{{"element", element},
                                   {"statement", text},
                                   {"status", "proven"},
                                   {"evidence", "E1、E2"},
                                   {"confession_only", "no"}});
    ZHIAN_TRY(history.Do(
        cast["case1"], s->case_id, "submit_report",
        {{"acts", json::array{json::object{{"act", std::string("生产经营") + f.item + "不合格食品"},
                                           {"article", "食品安全法第124条"},
                                           {"from", f.made},
                                           {"to", Later(f.made, 1)}}}},
         {"facts", std::move(facts)},
         {"parties",
          json::array{json::object{
              {"name", f.operator_name}, {"role", "principal"}, {"identity_proof", "经营者身份证明（演示）"}}}},
         {"goods_value", value},
         {"value_basis", "标价 20 元/kg"},
         {"goods", json::array{json::object{{"name", f.product},
                                            {"lot", f.lot},
                                            {"quantity", json::object{{"value", Number(f.made_kg)}, {"unit", "kg"}}},
                                            {"price", "20"},
                                            {"outcome", "destroyed"}}}},
         {"threshold_checks", json::array{json::object{{"offence", "生产、销售不符合安全标准的食品"},
                                                       {"measured", value},
                                                       {"threshold", "200000"},
                                                       {"unit", "元"},
                                                       {"result", "below"}}}}}));
    return history.Do(cast["legal"], s->case_id, "approve_review",
                      {{"penalties", Penalties(f)},
                       {"discretion", f.heavy ? "heavier" : "general"},
                       {"notice_served_on", Later(f.taken, 23)},
                       {"notice_text", std::string("拟罚款 ") + f.fine + " 元"}});
  });
  script.At(Later(f.taken, 34), [&history, cast, &f, s]() -> Status {
    ZHIAN_TRY(history.Do(cast["case1"], s->case_id, "proceed", {}));
    json::object decision{{"decision_text", std::string("没收违法产品，罚款 ") + f.fine + " 元"},
                          {"penalties", Penalties(f)},
                          {"discretion", f.heavy ? "heavier" : "general"},
                          {"defence_record", "当事人未提出陈述申辩"}};
    if (f.heavy) decision["collective_minutes"] = "负责人集体讨论，同意从重处罚";
    ZHIAN_TRY(history.Do(cast["head"], s->case_id, "decide_penalty", std::move(decision)));
    ZHIAN_TRY(
        history.Do(cast["case1"], s->case_id, "serve", {{"served_on", Later(f.taken, 34)}, {"service_way", "direct"}}));
    ZHIAN_ASSIGN(s->listing, history.Linked(s->case_id, "credit_listing"));
    return PublishAll(history, cast, s->case_id,
                      std::string(f.operator_name) + "生产经营不合格" + f.product + "，罚款 " + f.fine + " 元。");
  });
  script.At(Later(f.taken, 37), [&history, cast, &f, s]() -> Status {
    ZHIAN_TRY(
        history.Do(cast["case1"], s->case_id, "record_payment", {{"paid", f.fine}, {"paid_on", Later(f.taken, 37)}}));
    // The goods of the case, to the last kilogram: what was in stock was destroyed, what came back went with the
    // recall, the rest had been sold.
    json::array settled;
    const auto settle = [&](double kg, const char* way, const char* paper) {
      if (kg <= 0) return;
      settled.push_back(json::object{{"name", f.product},
                                     {"lot", f.lot},
                                     {"quantity", json::object{{"value", Number(kg)}, {"unit", "kg"}}},
                                     {"way", way},
                                     {"on", Later(f.taken, 22)},
                                     {"document", paper},
                                     {"witness", "严示例"}});
    };
    settle(f.made_kg - f.shipped_kg, "destroyed", "销毁记录");
    settle(f.recovered_kg, "recalled", "召回处置记录");
    settle(f.sold_kg + f.lost_kg, "sold_before", "零售小票与损耗记录");
    ZHIAN_TRY(history.Do(cast["case1"], s->case_id, "settle_goods", {{"settlements", std::move(settled)}}));
    ZHIAN_ASSIGN(const auto indicators, history.Indicators(s->case_id));
    for (const std::string& indicator : indicators)
      ZHIAN_TRY(history.Do(cast["organ"], s->case_id, "answer_official_check",
                           {{"official_indicator", indicator},
                            {"official_answer", "经核查，未发现违纪违法"},
                            {"official_letter", std::string("金纪复 ") + f.user}}));
    if (indicators.empty())
      ZHIAN_TRY(history.Do(cast["organ"], s->case_id, "confirm_no_indication",
                           {{"official_letter", std::string("金纪复 ") + f.user},
                            {"whole_quarter", false},
                            {"unrecorded_checked", true}}));
    if (!f.heavy)
      ZHIAN_TRY(
          history.Do(cast["head"], s->listing, "not_list", {{"reason", "一般处罚，不符合列入严重失信名单的条件"}}));
    else
      ZHIAN_TRY(history.Do(cast["credit"], s->listing, "notify",
                           {{"conduct", "food_safety"},
                            {"heavy_ground", "heavy_fine"},
                            {"served_on", Later(f.taken, 37)},
                            {"service_way", "direct"}}));
    return history.Do(cast["head"], s->case_id, "close_case", {}, cast["legal"]);
  });
  script.At(Later(f.taken, 48), [&history, cast, &f, s]() -> Status {
    if (f.heavy) {
      ZHIAN_TRY(history.Do(cast["deputy"], s->listing, "list",
                           {{"upper_consent", "无需"}, {"legal_opinion", "符合列入条件"}}));
      ZHIAN_TRY(PublishAll(history, cast, s->listing, std::string("列入严重违法失信名单：") + f.operator_name + "。"));
      ZHIAN_TRY(history.Do(cast["credit"], s->listing, "confirm_published", {}));
    }
    json::array points;
    for (const char* point : {"control", "trace", "cause", "recheck", "penalty", "publication", "credit"})
      points.push_back(json::object{{"point", point}, {"state", "done"}});
    ZHIAN_TRY(history.Do(cast["head"], s->disposal, "close", {{"checklist", std::move(points)}}));
    ZHIAN_TRY(PublishAll(history, cast, s->disposal,
                         std::string(f.product) + "不合格核查处置完毕：" + f.operator_name + "。"));
    ZHIAN_ASSIGN(const auto sample, history.Load(s->sample));
    return sample.terminal ? Ok() : history.Do(cast["samplead"], s->sample, "close_fail", {});
  });
}

}  // namespace

void AddFailures(Script& script, History& history, const Cast& cast) {
  for (const Failure& failure : kFailures) {
    const auto story = std::make_shared<Story>();
    AddSample(script, history, cast, failure, story);
    AddControl(script, history, cast, failure, story);
    AddCase(script, history, cast, failure, story);
  }
}

std::span<const OperatorPerson> OperatorPeopleOf2026() {
  static constexpr OperatorPerson kPeople[] = {{"pickle", "酱腌菜小作坊4号 经营者", "演示酱腌菜小作坊4号"},
                                               {"curd", "豆制品小作坊7号 经营者", "演示豆制品小作坊7号"}};
  return kPeople;
}

std::vector<std::string> NamedOf2026() {
  std::vector<std::string> names{"永和豆制品厂（演示）", "演示面条小作坊3号",    "演示面条小作坊9号",
                                 "演示菜籽油小作坊5号",  "演示菜籽油小作坊11号", "演示白酒小作坊12号",
                                 "演示白酒小作坊6号",    "演示糕点小作坊2号",    "演示豆制品小作坊1号"};
  for (const Failure& f : kFailures)
    for (const char* name : {f.operator_name, f.household, f.shop}) names.emplace_back(name);
  return names;
}

}  // namespace zhian::demo
