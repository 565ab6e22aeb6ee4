// Governance of the year: tasks that were pressed and struck off, the targets of 2025 and their assessment, contacts
// that were recorded, one accountability matter, one referral to the police.
#include "demo/history.hpp"

namespace zhian::demo {
namespace json = boost::json;

namespace {
struct Task {
  const char *issued, *reported, *title, *task, *result;
  bool returned;
};
constexpr Task kTasks[] = {
    {"2025-11-10", "2025-11-24", "督办：小作坊台账全覆盖", "督促全部小作坊建立进货台账", "十八户已建账，附抽查表",
     false},
    {"2026-03-09", "2026-03-23", "督办：压力容器登记清查", "清查在用压力容器登记", "清查九台，一台已补办登记", true},
    {"2026-06-08", "2026-06-19", "督办：农药间隔期宣传", "向茶农逐户告知采摘间隔期", "建设村六十九户已告知，附签字表",
     false}};
}  // namespace

void AddGovernance(Script& script, History& history, const Cast& cast) {
  auto ids = std::make_shared<std::map<std::string, std::string>>();
  const auto evidence = [&history, cast](const char* who, const std::string& text) -> Result<json::object> {
    ZHIAN_ASSIGN(const std::string file, history.File(cast[who], "督办结果.txt", text));
    return json::object{{"evidence", text}, {"evidence_files", json::array{json::value(file)}}};
  };
  // Twice a month the publicity office brings out what was drafted meanwhile.
  for (base::Date day = base::Date::FromYmd(2025, 11, 7); day <= base::Date::FromYmd(2026, 9, 25);
       day = base::Date{day.days + 7})
    script.At(base::FormatDate(day),
              [&history, cast]() { return history.PublishDrafts(cast["publicity1"], cast["publicity2"]); });
  // Each Wednesday the leader signs the circulars that were drafted by Monday; what they ask is answered the week
  // after.
  for (base::Date day = base::Date::FromYmd(2025, 11, 5); day <= base::Date::FromYmd(2026, 9, 23);
       day = base::Date{day.days + 7})
    script.At(base::FormatDate(day), [&history, cast, evidence, day]() -> Status {
      ZHIAN_ASSIGN(const auto issued, history.InState("circular", "issued"));
      for (const auto& [id, title] : issued) {
        ZHIAN_ASSIGN(const auto circular, history.Load(id));
        if (circular.Field("reply_asked") == "no") {
          ZHIAN_TRY(history.Do(cast["office"], id, "note", {}));
          continue;
        }
        ZHIAN_ASSIGN(json::object reply,
                     evidence("agrilead", title + "。原因已查明：人手调配不当；已补办，并指定专人逐日核对期限（" +
                                              base::FormatDate(day) + "）"));
        ZHIAN_TRY(history.Do(cast["agrilead"], id, "reply", std::move(reply)));
      }
      ZHIAN_ASSIGN(const auto drafted, history.InState("circular", "drafted"));
      for (const auto& [id, title] : drafted) {
        ZHIAN_ASSIGN(const auto circular, history.Load(id));
        if (circular.opened_at < base::StartOfDay(base::Date{day.days - 2}).ms)
          ZHIAN_TRY(history.Do(cast["leader"], id, "issue", {}));
      }
      return Ok();
    });
  for (const Task& t : kTasks) {
    script.At(t.issued, [&history, cast, ids, &t]() -> Status {
      ZHIAN_ASSIGN(
          (*ids)[t.issued],
          history.Begin(
              cast["office"], "supervision_task", "issue_task", "", "511113", t.title,
              {{"owner", "区市场监管局"}, {"assigned_on", t.issued}, {"task", t.task}, {"level", "ordinary"}}));
      return history.Do(cast["insplead"], (*ids)[t.issued], "accept_task", {});
    });
    script.At(t.reported, [&history, cast, ids, &t, evidence]() -> Status {
      ZHIAN_ASSIGN(json::object fields, evidence("insplead", t.result));
      ZHIAN_TRY(history.Do(cast["insplead"], (*ids)[t.issued], "report_result", std::move(fields)));
      if (!t.returned) return Ok();
      ZHIAN_TRY(history.Do(cast["office"], (*ids)[t.issued], "return_result",
                           {{"reason", "补办登记的回执没有附上，请补齐后再报"}}));
      ZHIAN_ASSIGN(json::object again, evidence("insplead", std::string(t.result) + "，回执已附"));
      return history.Do(cast["insplead"], (*ids)[t.issued], "report_result", std::move(again));
    });
    script.At(base::FormatDate(base::Date{base::ParseDate(t.reported)->days + 4}), [&history, cast, ids, &t]() {
      return history.Do(cast["office"], (*ids)[t.issued], "close_task", {{"verified_note", "实地抽查三处，属实"}});
    });
  }

  // The responsibility letter of 2025: signed late in the year, frozen at its end, scored by the clock, announced by
  // the leader.
  script.At("2025-11-03", [&history, cast, ids]() -> Status {
    ZHIAN_ASSIGN(
        (*ids)["targets"],
        history.Begin(cast["office"], "target_plan", "draft_targets", "", "511113203", "2025 年永胜乡质量安全目标",
                      {{"plan_year", "2025"},
                       {"subject", "永胜乡人民政府"},
                       {"targets", json::array{json::object{{"figure", "G01"}, {"target", "90"}, {"weight", "70"}},
                                               json::object{{"figure", "I05"}, {"target", "80"}, {"weight", "30"}}}}}));
    return history.Do(cast["yongsheng"], (*ids)["targets"], "sign", {{"signed_by", "曹范例"}});
  });
  const auto score = [&history](const Cast& people, const char* who, const std::string& plan, const char* action,
                                json::object fields, const char* second) -> Status {
    ZHIAN_ASSIGN(const std::string assessment, history.Linked(plan, "assessment"));
    return history.Do(people[who], assessment, action, std::move(fields), second == nullptr ? "" : people[second]);
  };
  script.At("2026-01-20", [cast, ids, score]() {
    return score(cast, "yongsheng", (*ids)["targets"], "self_assess", {{"self_note", "全年无事故，逾期事项已补办"}},
                 nullptr);
  });
  script.At("2026-02-03", [cast, ids, score]() {
    return score(cast, "office", (*ids)["targets"], "review",
                 {{"manual_points",
                   json::array{json::object{{"point", "群众满意度"}, {"score", "2"}, {"evidence", "入户问卷 40 份"}}}}},
                 "leader");
  });
  script.At("2026-02-06", [cast, ids, score]() {
    return score(cast, "leader", (*ids)["targets"], "announce", {{"veto", "无一票否决情形"}}, nullptr);
  });
  script.At("2026-02-26", [&history, cast, ids, score]() -> Status {
    ZHIAN_ASSIGN(const std::string assessment, history.Linked((*ids)["targets"], "assessment"));
    ZHIAN_ASSIGN(const auto stands, history.Load(assessment));
    return score(cast, "leader", (*ids)["targets"], stands.Field("grade") == "D" ? "finalise_d" : "finalise", {},
                 nullptr);
  });

  script.At("2026-04-21", [&history, cast, ids]() -> Status {
    ZHIAN_ASSIGN((*ids)["contact"],
                 history.Begin(cast["inspector1"], "interference_record", "record", "", "511113", "过问检查安排的记录",
                               {{"concerned", "某企业检查时间"},
                                {"contact_who", "某单位人员（演示）"},
                                {"contact_at", "2026-04-20T16:00:00+08:00"},
                                {"contact_how", "电话"},
                                {"contact_what", "询问能否推迟检查，未允"}}));
    return history.Do(cast["head"], (*ids)["contact"], "report", {});
  });
  script.At("2026-04-28", [&history, cast, ids]() {
    return history.Do(cast["organ"], (*ids)["contact"], "note", {{"reason", "属于正常了解情况，未影响检查安排"}});
  });

  script.At("2026-05-06", [&history, cast, ids]() -> Status {
    ZHIAN_ASSIGN((*ids)["account"],
                 history.Begin(cast["auditor"], "accountability", "propose", "", "511113", "整改复查迟延的责任",
                               {{"concerned", "复查岗位"},
                                {"evidence_chain", "整改单逾期二十日未复查，有系统记录与当事人说明"}}));
    return history.Do(cast["leader"], (*ids)["account"], "refer", {{"body_answer", "承认复查迟延，已整改"}});
  });
  script.At("2026-05-11",
            [&history, cast, ids]() { return history.Do(cast["organ"], (*ids)["account"], "accept", {}); });
  script.At("2026-06-15", [&history, cast, ids]() {
    return history.Do(cast["organ"], (*ids)["account"], "conclude",
                      {{"outcome_kind", "talk"}, {"outcome_on", "2026-06-12"}});
  });

  // A referral: blended spirits sold as grain spirits, above the threshold.
  // What March taught is walked through again: the lot of pickles that failed then, back to the field and on to the
  // shop.
  script.At("2026-07-08", [&history, cast, ids]() -> Status {
    ZHIAN_ASSIGN((*ids)["exercise"],
                 history.Begin(cast["risk"], "exercise", "plan_exercise", "", "511113", "酱腌菜追溯演练",
                               {{"exercise_kind", "trace_back"},
                                {"scenario", "以三月酱腌菜检出苯甲酸超标为情景，追查来源和去向"},
                                {"planned_on", "2026-07-10"},
                                {"last_exercise_on", "2024-09-12"},
                                {"target_hours", "4"},
                                {"target_share", "95"},
                                {"product_name", "泡青菜"},
                                {"lots", json::array{json::object{{"lot", "PC20260302"}}}}}));
    return Ok();
  });
  script.At("2026-07-10", [&history, cast, ids]() -> Status {
    const std::string id = (*ids)["exercise"];
    ZHIAN_TRY(history.Do(
        cast["risk"], id, "begin",
        {{"participants", json::array{json::object{{"participant", "区市场监管局"}, {"task", "追溯、核对数量"}},
                                      json::object{{"participant", "永胜乡人民政府"}, {"task", "入户核对"}}}},
         {"told_text", "七月十日上午进行追溯演练，本次为演练，不通知经营者停售"}}));
    ZHIAN_TRY(history.Do(cast["insplead"], id, "note_milestone", {{"milestone", "查到种植户和零售店"}}));
    ZHIAN_TRY(history.Do(cast["risk"], id, "run_mock_recall", {}));
    return history.Do(
        cast["office"], id, "review",
        {{"findings_text", "正向、逆向均在系统中当场查到，数量平衡；零售店登记的联系人已换，电话打不通"}});
  });
  script.At("2026-07-17", [&history, cast, ids]() {
    return history.Do(
        cast["office"], (*ids)["exercise"], "close",
        {{"lessons", json::array{json::object{{"lesson", "零售店换了联系人，档案没有更正"},
                                              {"none_reason", "监管所已于演练当日更正档案，并逐户核对了电话"}}}}});
  });
  script.At("2026-06-22", [&history, cast, ids]() -> Status {
    const Place at = cast.operator_of("演示白酒小作坊12号");
    ZHIAN_ASSIGN(
        (*ids)["transfer"],
        history.Begin(cast["case1"], "judicial_transfer", "propose_transfer", at.operator_id, at.jurisdiction,
                      "涉嫌销售伪劣产品移送",
                      {{"officers_signed", json::array{json::value(cast["case1"]), json::value(cast["case2"])}},
                       {"offence", "生产、销售伪劣产品"},
                       {"threshold_note", "销售金额 81,000 元，超过 50,000 元"}}));
    return history.Do(cast["head"], (*ids)["transfer"], "approve_transfer",
                      {{"threshold_check", json::array{json::object{{"offence", "生产、销售伪劣产品"},
                                                                    {"measured", "81000"},
                                                                    {"threshold", "50000"},
                                                                    {"unit", "元"},
                                                                    {"result", "at_or_above"}}}}});
  });
  script.At("2026-06-23", [&history, cast, ids]() -> Status {
    json::array package;
    for (const char* part :
         {"transfer_letter", "investigation_report", "goods_list", "test_report", "evidence", "measures"})
      package.push_back(json::object{{"part", part}, {"state", "attached"}});
    return history.Do(cast["case1"], (*ids)["transfer"], "send", {{"package", std::move(package)}});
  });
  script.At("2026-06-26", [&history, cast, ids]() -> Status {
    ZHIAN_ASSIGN(const std::string answer,
                 history.File(cast["police"], "立案通知书.txt", "金公立〔2026〕6 号（演示）"));
    return history.Do(cast["police"], (*ids)["transfer"], "police_accepts",
                      {{"answer_number", "金公立〔2026〕6 号"},
                       {"answer_received_on", "2026-06-26"},
                       {"answer_files", json::array{json::value(answer)}}});
  });
}

}  // namespace zhian::demo
