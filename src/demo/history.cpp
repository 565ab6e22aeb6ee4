#include "demo/history.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/json.hpp"
#include "desk/command.hpp"

namespace zhian::demo {
namespace json = boost::json;

Status History::On(const char* day) {
  ZHIAN_ASSIGN(const auto at, base::ParseInstant(std::string(day) + "T09:00:00+08:00"));
  if (at.ms > app_.clock.Now().ms) ZHIAN_TRY(app_.clock.AdvanceTo(at));
  const auto moved = app_.engine.RunDue();
  if (!moved.ok()) return moved.error();
  return Ok();
}

Result<std::string> History::Begin(const std::string& who, const char* kind, const char* action,
                                   const std::string& operator_id, const std::string& place, const std::string& title,
                                   json::object fields, const std::string& about) {
  procedure::Command command;
  command.kind = kind;
  command.action = action;
  command.operator_id = operator_id;
  command.jurisdiction = place;
  command.title = title;
  command.fields = std::move(fields);
  if (!about.empty()) command.links = {{about, "about"}};
  ZHIAN_ASSIGN(const auto done, app_.engine.Execute(people_.at(who), command));
  return done.matter.id;
}

Status History::Do(const std::string& who, const std::string& matter, const char* action, json::object fields,
                   const std::string& second) {
  procedure::Command command;
  command.matter_id = matter;
  command.action = action;
  command.fields = std::move(fields);
  ZHIAN_TRY(app_.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto stands, procedure::LoadMatter(db, matter));
    command.kind = stands.kind;
    command.expected_version = stands.version;
    return Ok();
  }));
  ZHIAN_ASSIGN(const auto done, app_.engine.Execute(people_.at(who), command));
  if (done.approval_id.empty()) return Ok();
  const auto confirmed = app_.engine.Decide(people_.at(second), done.approval_id, true, "");
  if (!confirmed.ok()) return confirmed.error();
  return Ok();
}

Result<std::string> History::Newest(const char* kind, const std::string& operator_id) {
  std::string id;
  ZHIAN_TRY(app_.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto matters, procedure::LoadMattersOfOperator(db, operator_id, kind));
    for (const auto& matter : matters) id = std::max(id, matter.id);  // UUIDv7: in the order of time
    return Ok();
  }));
  if (id.empty()) return MakeError(ErrorCode::kInternal, std::string("the demonstration has no ") + kind);
  return id;
}

Result<std::string> History::Linked(const std::string& matter, const char* kind, const char* state) {
  std::string id;
  ZHIAN_TRY(app_.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto matters, procedure::LoadLinked(db, matter, kind));
    for (const auto& other : matters)
      if (*state == '\0' || other.state == state) id = std::max(id, other.id);
    return Ok();
  }));
  if (id.empty()) return MakeError(ErrorCode::kNotFound, std::string("no ") + kind + " hangs on " + matter);
  return id;
}

Result<std::vector<std::pair<std::string, std::string>>> History::InState(const char* kind, const char* state) {
  std::vector<std::pair<std::string, std::string>> found;
  ZHIAN_TRY(app_.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(
        auto rows,
        db.Query(
            "SELECT id, title FROM matter WHERE district=$d AND kind=$1 AND state=$2 ORDER BY opened_at, id LIMIT 200",
            {std::string(kind), std::string(state)}));
    for (const auto& row : rows) found.emplace_back(row.text(0), row.text(1));
    return Ok();
  }));
  return found;
}

Status History::PublishDrafts(const std::string& first, const std::string& second) {
  ZHIAN_ASSIGN(const auto drafts, InState("publication", "drafted"));
  for (const auto& [id, title] : drafts) {
    ZHIAN_TRY(
        Do(first, id, "approve", {{"public_text", title + "（公开文本，演示）"}, {"redaction_checked", true}}, second));
    ZHIAN_TRY(Do(first, id, "publish", {}));
  }
  return Ok();
}

Result<procedure::Matter> History::Load(const std::string& matter) {
  procedure::Matter found;
  ZHIAN_TRY(app_.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(found, procedure::LoadMatter(db, matter));
    return Ok();
  }));
  return found;
}

Result<std::vector<std::string>> History::Indicators(const std::string& matter) {
  std::vector<std::string> keys;
  ZHIAN_TRY(app_.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto stands, procedure::LoadMatter(db, matter));
    ZHIAN_ASSIGN(const auto history, procedure::LoadHistory(db, matter));
    const procedure::Actor system = procedure::Actor::System();
    const procedure::Transition none{};
    const json::object nothing;
    const base::Instant now = app_.clock.Now();
    const procedure::GuardContext context{db,
                                          app_.services,
                                          now,
                                          base::LocalDate(now),
                                          *procedure::FindKind(stands.kind),
                                          stands,
                                          none,
                                          system,
                                          nothing,
                                          history,
                                          {},
                                          nullptr};
    ZHIAN_ASSIGN(const json::value gates, context.Ask("gates.enforcement_case", {}));
    if (const auto* list = gates.if_array())
      for (const auto& gate : *list)
        if (const auto* indicators = gate.is_object() ? base::ArrayAt(gate.get_object(), "indicators") : nullptr)
          for (const auto& key : *indicators) keys.push_back(procedure::ScalarText(&key));
    return Ok();
  }));
  return keys;
}

Result<std::string> History::File(const std::string& who, const std::string& name, const std::string& text) {
  ZHIAN_ASSIGN(const auto stored, app_.attachments.Put(text));
  ZHIAN_TRY(app_.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(db.Execute(
        "INSERT INTO attachment (district, sha256, name, media_type, size, stored_by, at) VALUES ($d,$1,$2,$3,$4,$5,$6) ON CONFLICT (district, sha256) DO NOTHING",
        {stored.sha256, name, stored.media_type, static_cast<std::int64_t>(stored.size), who, app_.clock.Now().ms}));
    return Ok();
  }));
  return stored.sha256;
}

Status History::Capture(const json::array& events) {
  return app_.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(desk::TakeIn(app_, db, {}, "epcis.events", {{"events", events}}));
    return Ok();
  });
}

Status History::Hold(const std::string& item, const std::string& place, const char* status, const char* evidence,
                     double quantity) {
  return app_.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(desk::TakeIn(
        app_, db, {}, "holding.status",
        {{"item", item}, {"place", place}, {"status", status}, {"evidence", evidence}, {"quantity", quantity}}));
    return Ok();
  });
}

Status Script::Play(History& history) {
  std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.day < b.day; });
  for (const Step& step : steps_) {
    ZHIAN_TRY(history.On(step.day.c_str()));
    Status done = step.act();
    if (done.ok()) continue;
    Error error = std::move(done).error();
    error.fields.push_back({"/day", "demo", step.day});  // which step of the story it was
    return error;
  }
  return Ok();
}

std::span<const Order> OrdersOf2007() {
  static constexpr Order kOrders[] = {{"永和豆制品厂（演示）", "2007-09-06", "2007-09-18", "2007-09-21",
                                       "加工间无防蝇防鼠设施", "九月二十日前装好纱门和挡鼠板", "general", false},
                                      {"演示豆制品小作坊1号", "2007-09-06", "2007-09-19", "2007-09-21",
                                       "从业人员没有健康证", "全部从业人员办理健康证后上岗", "general", false},
                                      {"演示糕点小作坊2号", "2007-09-11", "2007-10-10", "2007-10-16",
                                       "原料没有进货记录", "建立进货台账，索证索票", "general", true},
                                      {"演示白酒小作坊6号", "2007-10-17", "2007-10-29", "2007-11-02",
                                       "散装白酒没有标签", "每批标明生产日期和生产者", "general", false}};
  return kOrders;
}

std::span<const Order> OrdersOf2026() {
  static constexpr Order kOrders[] = {{"永和豆制品厂（演示）", "2025-11-05", "2025-11-14", "2025-11-18",
                                       "冷藏柜温度没有记录", "每日两次记录并留存", "general", false},
                                      {"演示化工企业1号", "2025-11-19", "2025-12-01", "2025-12-05",
                                       "计量器具超过检定周期", "送检并提交检定证书", "general", false},
                                      {"演示糕点小作坊2号", "2025-12-10", "2025-12-22", "2025-12-25",
                                       "散装食品没有标签", "补贴标签并自查库存", "general", false},
                                      {"演示水电企业2号", "2026-01-14", "2026-02-09", "2026-02-12",
                                       "压力容器登记证过期", "停用并办理登记", "general", true},
                                      {"演示建材企业3号", "2026-03-04", "2026-03-16", "2026-03-20",
                                       "水泥出厂检验记录不全", "补齐记录并复验留样", "general", false},
                                      {"演示豆制品小作坊1号", "2026-03-18", "2026-03-30", "2026-04-03",
                                       "更衣室没有洗手设施", "安装洗手和消毒设施", "general", false},
                                      {"演示冶金企业4号", "2026-04-15", "2026-04-27", "2026-04-30",
                                       "产品标识与标准不符", "更换标识，封存旧标识", "general", false},
                                      {"演示化工企业5号", "2026-05-13", "2026-06-05", "2026-06-10",
                                       "原料进货查验记录缺失", "补建台账", "general", true},
                                      {"演示白酒小作坊6号", "2026-06-16", "2026-06-26", "2026-06-30",
                                       "没有索取粮食供货者资质", "补齐供货者资质", "general", false},
                                      {"演示建材企业7号", "2026-07-08", "2026-07-20", "2026-07-23",
                                       "成品区与废品区没有分开", "划线分区并设标识", "general", false},
                                      {"演示冶金企业8号", "2026-08-05", "2026-08-17", "2026-08-20",
                                       "检验人员没有授权记录", "补办授权并培训", "general", false},
                                      {"峡谷茶业有限公司（演示）", "2026-08-19", "2026-08-28", "2026-09-02",
                                       "鲜叶收购记录缺少农户姓名", "按户登记收购记录", "general", false}};
  return kOrders;
}

void AddOrders(Script& script, History& history, std::span<const Order> orders, const Team& team,
               const std::function<Place(const std::string&)>& operator_of) {
  const auto matters = std::make_shared<std::vector<std::string>>(orders.size());
  const json::array both{json::value(team.first), json::value(team.second)};
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const Order& o = orders[i];
    const auto findings = [&o] {
      return json::array{json::object{{"finding", o.finding}, {"measure", o.measure}, {"severity", o.severity}}};
    };
    const auto order = [&o, findings](const std::string& day) {
      return json::object{{"findings", findings()},
                          {"deadline", base::FormatDate(base::Date{base::ParseDate(day)->days + 15})},
                          {"served_on", day},
                          {"service_way", "direct"}};
    };
    script.At(o.ordered, [&history, orders, team, operator_of, matters, i, order]() -> Status {
      const Place at = operator_of(orders[i].operator_name);
      ZHIAN_ASSIGN((*matters)[i], history.Begin(team.first, "rectification", "order", at.operator_id, at.jurisdiction,
                                                std::string(orders[i].operator_name) + " " + orders[i].finding,
                                                order(orders[i].ordered)));
      return Ok();
    });
    if (o.late) {  // the limit has passed by the day before the report; the lead orders again
      const std::string again = base::FormatDate(base::Date{base::ParseDate(o.reported)->days - 6});
      script.At(again, [&history, team, matters, i, order, again]() -> Status {
        json::object fields = order(again);
        fields.erase("findings");
        fields["reason"] = "逾期未提交整改报告，第二次责令，再不整改即转立案";
        return history.Do(team.lead, (*matters)[i], "order_again", std::move(fields));
      });
    }
    script.At(o.reported, [&history, orders, team, matters, i]() -> Status {
      return history.Do(team.first, (*matters)[i], "report",
                        {{"corrections", json::array{json::object{{"finding", orders[i].finding},
                                                                  {"correction", orders[i].measure},
                                                                  {"evidence", "现场照片，复查笔录"}}}}});
    });
    script.At(o.rechecked, [&history, orders, team, matters, i, both]() -> Status {
      ZHIAN_TRY(history.Do(team.first, (*matters)[i], "start_recheck", {{"officers_present", both}}));
      return history.Do(
          team.first, (*matters)[i], "strike_off",
          {{"recheck", json::array{json::object{{"finding", orders[i].finding}, {"result", "corrected"}}}},
           {"officers_signed", both}},
          team.lead);
    });
  }
}

}  // namespace zhian::demo
