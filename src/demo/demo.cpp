#include "demo/demo.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "demo/history.hpp"
#include "demo/registry.hpp"
#include "desk/caller.hpp"

namespace zhian::demo {
namespace json = boost::json;

namespace {

constexpr const char* kPassword = "demo-2026";
constexpr const char* kDistrict = "511113";

// Two digits, so that a list in the order of names is in the order of numbers.
std::string Household(int n) { return "建设村演示农户" + std::string(n < 10 ? "0" : "") + std::to_string(n) + "号"; }

struct Territory {
  const char *id, *parent, *name, *level;
};
constexpr Territory kPlaces[] = {{"511113", "", "金口河区", "district"},
                                 {"511113100", "511113", "永和镇", "township"},
                                 {"511113101", "511113", "金河镇", "township"},
                                 {"511113200", "511113", "和平彝族乡", "township"},
                                 {"511113201", "511113", "共安彝族乡", "township"},
                                 {"511113202", "511113", "吉星乡", "township"},
                                 {"511113203", "511113", "永胜乡", "township"},
                                 {"511113100201", "511113100", "新民村", "village"},
                                 {"511113101201", "511113101", "曙光村", "village"},
                                 {"511113200201", "511113200", "迎春村", "village"},
                                 {"511113201201", "511113201", "新乐村", "village"},
                                 {"511113203201", "511113203", "建设村", "village"},
                                 {"511113203202", "511113203", "大坪村", "village"}};

struct Person {
  const char *username, *name, *role, *place, *body;
};
// Invented persons: the family name and 示例, 范例, 样本.
constexpr Person kPeople[] = {{"inspector1", "李示例", "inspector", "511113", "bureau"},
                              {"inspector2", "王样本", "inspector", "511113", "bureau"},
                              {"insplead", "赵范例", "inspection_lead", "511113", "bureau"},
                              {"licence", "周示例", "licence_officer", "511113", "bureau"},
                              {"standards", "田示例", "standards_officer", "511113", "bureau"},
                              {"equipment", "石示例", "equipment_officer", "511113", "bureau"},
                              {"sampler1", "吴示例", "sampler", "511113", "bureau"},
                              {"sampler2", "郑样本", "sampler", "511113", "bureau"},
                              {"samplead", "冯范例", "sampling_lead", "511113", "bureau"},
                              {"samplead2", "陈范例", "sampling_lead", "511113", "bureau"},
                              {"labtech", "褚示例", "lab_technician", "511113", "lab"},
                              {"labverify", "卫范例", "lab_verifier", "511113", "lab"},
                              {"labtech2", "卜示例", "lab_technician", "511113", "lab2"},
                              {"labverify2", "齐范例", "lab_verifier", "511113", "lab2"},
                              {"case1", "蒋示例", "case_officer", "511113", "bureau"},
                              {"case2", "沈样本", "case_officer", "511113", "bureau"},
                              {"legal", "韩范例", "legal_reviewer", "511113", "bureau"},
                              {"hearing", "杨示例", "hearing_host", "511113", "bureau"},
                              {"credit", "朱示例", "credit_officer", "511113", "bureau"},
                              {"publicity1", "秦示例", "publicity_officer", "511113", "bureau"},
                              {"publicity2", "许样本", "publicity_officer", "511113", "bureau"},
                              {"head", "孙范例", "bureau_head", "511113", "bureau"},
                              {"deputy", "何范例", "bureau_head", "511113", "bureau"},
                              {"agrilead", "吕范例", "department_lead", "511113", "agri"},
                              {"police", "施示例", "police_liaison", "511113", "police"},
                              {"procurator", "张示例", "procurator_liaison", "511113", "procurator"},
                              {"organ", "孔范例", "supervision_organ", "511113", "organ"},
                              {"yongsheng", "曹范例", "township_lead", "511113203", "yongsheng"},
                              {"village", "严示例", "village_official", "511113203201", "yongsheng"},
                              {"office", "华示例", "district_office", "511113", "office"},
                              {"leader", "金范例", "district_leader", "511113", "office"},
                              {"auditor", "魏示例", "auditor", "511113", "office"},
                              {"risk", "陶示例", "risk_officer", "511113", "bureau"}};

struct Body {
  const char *id, *name, *kind, *place, *word;
};
// The people of 2007, before the institutions were merged: their roles ended with the reform of 2019.
constexpr Person kPeopleOf2007[] = {{"old-inspector1", "李示例（2007年）", "inspector", "511113", "qts"},
                                    {"old-inspector2", "邓样本（2007年）", "inspector", "511113", "qts"},
                                    {"old-lead", "罗范例（2007年）", "inspection_lead", "511113", "qts"},
                                    {"old-standards", "田示例（2007年）", "standards_officer", "511113", "qts"},
                                    {"old-head", "毕范例（2007年）", "bureau_head", "511113", "qts"},
                                    {"old-public1", "郝示例（2007年）", "publicity_officer", "511113", "qts"},
                                    {"old-public2", "邬样本（2007年）", "publicity_officer", "511113", "qts"}};

constexpr Body kBodies[] = {{"qts", "金口河区质量技术监督局（2007年）", "bureau", "511113", "金质监"},
                            {"bureau", "金口河区市场监督管理局", "bureau", "511113", "金市监"},
                            {"lab", "乐山市示例检验所（演示）", "laboratory", "511113", "乐示检"},
                            {"lab2", "四川省示例检验研究院（演示）", "laboratory", "511113", "川示检"},
                            {"agri", "金口河区农业农村局", "department", "511113", "金农"},
                            {"police", "金口河区公安分局", "police", "511113", "金公"},
                            {"procurator", "金口河区人民检察院", "department", "511113", "金检"},
                            {"organ", "金口河区纪委监委", "department", "511113", "金纪"},
                            {"yongsheng", "永胜乡人民政府", "township", "511113203", "永府"},
                            {"office", "金口河区质量工作联席会议办公室", "office", "511113", "金质联办"}};

// A credit code of the right form for an invented firm: 92/91 + area + running number + check.
std::string CreditCode(int n, bool company) {
  char digits[20];
  std::snprintf(digits, sizeof digits, "%s511113MA6%06d", company ? "91" : "92", n);
  std::string code(digits);
  while (code.size() < 17) code += '0';
  code.resize(17);
  return code + base::CreditCodeCheck(code);
}
std::string Gln(int n) {
  char digits[16];
  std::snprintf(digits, sizeof digits, "69099%07d", n);
  return std::string(digits) + base::Gs1Check(digits);
}
std::string PlaceUri(const std::string& gln) { return "https://id.gs1.org/414/" + gln; }

class Loader {
 public:
  explicit Loader(desk::App& app) : app_(app), history_(app) {
    actor_.account_id = "demo";
    actor_.name = "演示数据";
    actor_.roles = {{"administrator", kDistrict, "", "", ""},
                    {"standards_officer", kDistrict, "", "", ""},
                    {"licence_officer", kDistrict, "", "", ""},
                    {"inspector", kDistrict, "", "", ""}};
  }

  Status Run() {
    ZHIAN_TRY(Places());
    ListOperators();
    ZHIAN_TRY(Autumn2007());
    ZHIAN_TRY(YearOf2026());
    ZHIAN_TRY(history_.On("2026-09-28"));
    ZHIAN_TRY(Operators());
    ZHIAN_TRY(Make("teashop", "河畔茶叶店 店主", "operator_user", "511113100", "", ids_["河畔茶叶店（演示）"],
                   base::Date::FromYmd(2026, 9, 28), std::nullopt));
    return Events();
  }

 private:
  Status Places() {
    const base::Instant now = app_.clock.Now();
    return app_.database.Write([&](storage::Connection& db) -> Status {
      const base::Instant from = base::StartOfDay(base::Date::FromYmd(2000, 1, 1));
      for (const Territory& p : kPlaces)
        ZHIAN_TRY(identity::AddJurisdiction(db, {p.id, p.parent, p.name, p.level, from, std::nullopt, ""}, now));
      // 吉星乡 ended with the reform of December 2019 (川府民政〔2019〕20号; merge target to be verified).
      ZHIAN_TRY(identity::EndJurisdiction(db, "511113202", base::StartOfDay(base::Date::FromYmd(2019, 12, 31)),
                                          "511113101", now));
      const base::Instant reform = base::StartOfDay(base::Date::FromYmd(2019, 3, 29));
      for (const Body& b : kBodies) {
        const bool old = std::string_view(b.id) == "qts";
        ZHIAN_TRY(identity::AddBody(
            db, {b.id, b.name, b.kind, b.place, "", from, old ? std::optional(reform) : std::nullopt, b.word}, now));
      }
      return Ok();
    });
  }

  struct Spec {
    int n;
    std::string name, type, place;
    int staff;
    bool above_size;
    std::string industry;
    bool coded, verified;
  };
  void Add(const std::string& name, const std::string& type, const std::string& place, int staff, bool above_size,
           const std::string& industry, bool coded, bool verified = true) {
    specs_.push_back({.n = static_cast<int>(specs_.size()) + 1,
                      .name = name,
                      .type = type,
                      .place = place,
                      .staff = staff,
                      .above_size = above_size,
                      .industry = industry,
                      .coded = coded,
                      .verified = verified});
  }

  // REQUIRES: the operator was entered.
  Filed FiledOf(const Spec& spec) {
    return {.n = spec.n,
            .name = spec.name,
            .type = spec.type,
            .industry = spec.industry,
            .place = spec.place,
            .operator_id = ids_[spec.name],
            .gln = glns_[spec.name]};
  }

  Status Enter(storage::Connection& db, const Spec& spec) {
    if (ids_.contains(spec.name)) return Ok();
    procedure::Command command;
    command.kind = "operator_file";
    command.action = "import_operator";
    command.jurisdiction = spec.place;
    command.title = spec.name;
    const std::string gln = Gln(spec.n);
    command.fields = {{"name", spec.name},
                      {"operator_type", spec.type},
                      {"address", "四川省乐山市金口河区（演示地址）"},
                      {"person_in_charge", "演示负责人"},
                      {"staff", std::to_string(spec.staff)},
                      {"industry", spec.industry},
                      {"above_size", spec.above_size},
                      {"gln", gln}};
    if (spec.coded) command.fields["credit_code"] = CreditCode(spec.n, spec.type == "industrial" || spec.above_size);
    ZHIAN_ASSIGN(const auto entered, app_.engine.ExecuteIn(db, actor_, command));
    if (spec.verified) {
      procedure::Command verify;
      verify.kind = "operator_file";
      verify.matter_id = entered.matter.id;
      verify.action = "verify";
      verify.expected_version = entered.matter.version;
      ZHIAN_TRY(app_.engine.ExecuteIn(db, actor_, verify));
    }
    ids_[spec.name] = entered.matter.operator_id;
    files_[spec.name] = entered.matter.id;
    glns_[spec.name] = gln;
    return FileFirst(app_, db, actor_, FiledOf(spec));
  }

  // Those that the orders and the stories name, and the tea factory: they were on file already then.
  Status EnterNamed(std::span<const Order> orders, const std::vector<std::string>& also = {}) {
    return app_.database.Write([&](storage::Connection& db) -> Status {
      for (const Spec& spec : specs_) {
        const bool named = spec.name == "峡谷茶业有限公司（演示）" || spec.above_size ||
                           std::any_of(orders.begin(), orders.end(),
                                       [&](const Order& order) { return spec.name == order.operator_name; }) ||
                           std::find(also.begin(), also.end(), spec.name) != also.end();
        if (named) ZHIAN_TRY(Enter(db, spec));
      }
      return Ok();
    });
  }
  Status Reverify(const std::string& who) {
    for (const auto& [name, file] : files_)
      ZHIAN_TRY(
          history_.Do(who, file, "reverify", {{"contact_note", "年度核实：现场核对名称、地址、负责人和经营项目"}}));
    return Ok();
  }
  Place OperatorOf(const std::string& name) {
    const auto spec = std::find_if(specs_.begin(), specs_.end(), [&](const Spec& s) { return s.name == name; });
    return {ids_[name], spec == specs_.end() ? std::string(kDistrict) : spec->place, glns_[name]};
  }

  Status Autumn2007() {
    const std::string tea = "峡谷茶业有限公司（演示）";
    for (const Person& p : kPeopleOf2007)
      ZHIAN_TRY(Make(p.username, p.name, p.role, p.place, p.body, "", base::Date::FromYmd(2000, 1, 1),
                     base::Date::FromYmd(2019, 3, 29)));
    ZHIAN_TRY(EnterNamed(OrdersOf2007()));
    ZHIAN_TRY(app_.database.Write([&](storage::Connection& db) {
      return Permit(db, tea, "QS511114010001", "food2007", "2006-03-01", "2009-02-28", "511113203");
    }));
    ZHIAN_TRY(app_.database.Write([&](storage::Connection& db) { return Certificates(db); }));
    Script script;
    AddOrders(script, history_, OrdersOf2007(),
              {ids_of_["old-inspector1"], ids_of_["old-inspector2"], ids_of_["old-lead"]},
              [this](const std::string& name) { return OperatorOf(name); });
    return script.Play(history_);
  }

  // The speech: six firms above size with a certified quality system. Nine are above size, so no rounding makes them 70
  // %.
  Status Certificates(storage::Connection& db) {
    for (const Spec& spec : specs_) {
      if (!spec.above_size || certificates_.size() == 6) continue;
      procedure::Command command;
      command.kind = "certification";
      command.action = "import_certificate";
      command.operator_id = ids_[spec.name];
      command.jurisdiction = spec.place;
      command.title = spec.name;
      command.fields = {{"certificate_number", "00106Q1000" + std::to_string(spec.n) + "R0M/5100"},
                        {"certificate_type", "iso9001"},
                        {"class", "management"},
                        {"issuing_body", "示例认证中心（演示）"},
                        {"valid_from", "2006-01-01"},
                        {"valid_to", "2008-12-31"},
                        {"last_audit_on", "2007-08-20"},
                        {"registry_evidence", "认证证书登记查询（演示）"}};
      ZHIAN_ASSIGN(const auto entered, app_.engine.ExecuteIn(db, actor_, command));
      certificates_.push_back(entered.matter.id);
    }
    return Ok();
  }
  // The yearly audit; in its third year the certificate is renewed for three years more.
  Status Audit(const std::string& who, const std::string& on) {
    const int year = std::stoi(on.substr(0, 4));
    for (const std::string& id : certificates_) {
      ZHIAN_TRY(history_.Do(who, id, "record_surveillance",
                            {{"last_audit_on", on}, {"registry_evidence", "监督审核结论（演示）"}}));
      if (year % 3 != 1) continue;
      ZHIAN_TRY(history_.Do(who, id, "recertify",
                            {{"valid_from", std::to_string(year + 1) + "-01-01"},
                             {"valid_to", std::to_string(year + 3) + "-12-31"},
                             {"last_audit_on", on},
                             {"registry_evidence", "再认证证书（演示）"}}));
    }
    return Ok();
  }

  // The QS permit of the tea factory ran out in 2009: the factory had stopped, so no case was opened and the permit was
  // cancelled.
  Status PermitRunsOut() {
    const std::string head = ids_of_["old-head"], lead = ids_of_["old-lead"], tea = ids_["峡谷茶业有限公司（演示）"];
    ZHIAN_TRY(history_.On("2009-03-02"));
    ZHIAN_ASSIGN(const std::string found, history_.Newest("lead", tea));
    ZHIAN_TRY(history_.Do(
        lead, found, "assign",
        {{"officers", json::array{json::value(ids_of_["old-inspector1"]), json::value(ids_of_["old-inspector2"])}}}));
    ZHIAN_TRY(history_.On("2009-03-06"));
    ZHIAN_TRY(history_.Do(head, found, "not_file", {{"no_filing_ground", "no_violation"}}));
    ZHIAN_ASSIGN(const std::string permit, history_.Newest("permit", tea));
    ZHIAN_TRY(history_.Do(head, permit, "cancel",
                          {{"cancellation_ground", "expired"}, {"proof", "现场核查：已停止生产，证书收回（演示）"}}));
    ZHIAN_ASSIGN(const std::string notice, history_.Newest("publication", tea));
    const json::object text{
        {"public_text", "峡谷茶业有限公司（演示）的生产许可证 QS511114010001 已于 2009 年 2 月 28 日到期，予以注销。"},
        {"redaction_checked", true}};
    ZHIAN_TRY(history_.Do(ids_of_["old-public1"], notice, "approve", text, ids_of_["old-public2"]));
    return history_.Do(ids_of_["old-public1"], notice, "publish", {});
  }

  Status YearOf2026() {
    for (int year = 2008; year <= 2018; ++year) {
      if (year == 2009) ZHIAN_TRY(PermitRunsOut());
      ZHIAN_TRY(history_.On((std::to_string(year) + "-08-20").c_str()));
      ZHIAN_TRY(Reverify(ids_of_["old-inspector1"]));
      ZHIAN_TRY(Audit(ids_of_["old-standards"], std::to_string(year) + "-08-20"));
    }
    ZHIAN_TRY(People());
    for (int year = 2019; year <= 2025; ++year) {
      ZHIAN_TRY(history_.On((std::to_string(year) + "-08-16").c_str()));
      if (year == 2023)
        ZHIAN_TRY(history_.Do(ids_of_["licence"], files_["峡谷茶业有限公司（演示）"], "resume_business",
                              {{"contact_note", "取得食品生产许可后恢复生产，现场核对（演示）"}}));
      ZHIAN_TRY(Reverify(ids_of_["inspector1"]));
      ZHIAN_TRY(Audit(ids_of_["standards"], std::to_string(year) + "-08-16"));
      if (year == 2022)
        ZHIAN_TRY(history_.Do(ids_of_["licence"], files_["峡谷茶业有限公司（演示）"], "suspend_business",
                              {{"registry_evidence", "歇业备案：厂房改造，重新申请许可（演示）"}}));
    }
    ZHIAN_TRY(history_.On("2025-10-09"));
    ZHIAN_TRY(Reverify(ids_of_["inspector1"]));
    ZHIAN_TRY(Audit(ids_of_["standards"], "2025-10-09"));
    ZHIAN_TRY(EnterNamed(OrdersOf2026(), NamedOf2026()));
    for (const OperatorPerson& person : OperatorPeopleOf2026()) {
      const Place at = OperatorOf(person.operator_name);
      ZHIAN_TRY(Make(person.username, person.name, "operator_user", at.jurisdiction, "", at.operator_id,
                     base::Date::FromYmd(2025, 10, 9), std::nullopt));
    }
    const auto find = [this](const std::string& name) { return OperatorOf(name); };
    Script script;
    AddOrders(script, history_, OrdersOf2026(), {ids_of_["inspector1"], ids_of_["inspector2"], ids_of_["insplead"]},
              find);
    const Cast cast{ids_of_, find};
    AddSampling(script, history_, cast);
    AddFailures(script, history_, cast);
    AddGovernance(script, history_, cast);
    ZHIAN_TRY(script.Play(history_));
    ZHIAN_TRY(Audit(ids_of_["standards"], base::FormatDate(base::LocalDate(app_.clock.Now()))));
    return Reverify(ids_of_["inspector1"]);
  }

  Status Permit(storage::Connection& db, const std::string& name, const std::string& number, const char* regime,
                const char* from, const char* to, const std::string& place) {
    procedure::Command command;
    command.kind = "permit";
    command.action = "import_permit";
    command.operator_id = ids_[name];
    command.jurisdiction = place;
    command.title = name + " 许可证";
    command.fields = {{"permit_number", number}, {"regime", regime}, {"category", "茶叶及相关制品"},
                      {"valid_from", from},      {"valid_to", to},   {"registry_evidence", "登记档案（演示）"}};
    const auto done = app_.engine.ExecuteIn(db, actor_, command);
    if (!done.ok()) return done.error();
    return Ok();
  }

  void ListOperators() {
    static constexpr const char* kTowns[] = {"511113100", "511113101", "511113200", "511113201", "511113203"};
    // The speech: 86 industrial enterprises; 20 food producers, of them 2 with ten or more people and 1 with its
    // permit.
    for (int i = 1; i <= 86; ++i) {
      static constexpr const char* kLines[] = {"冶金", "化工", "水电", "建材"};
      Add(std::string("演示") + kLines[i % 4] + "企业" + std::to_string(i) + "号", "industrial", kTowns[i % 5], 20 + i,
          i <= 9, kLines[i % 4], true);
    }
    Add("峡谷茶业有限公司（演示）", "food_producer", "511113203", 24, false, "茶叶", true);
    Add("永和豆制品厂（演示）", "food_producer", "511113100", 12, false, "豆制品", true);
    static constexpr const char* kCrafts[] = {"白酒", "豆制品", "糕点", "面条", "酱腌菜", "菜籽油"};
    for (int i = 1; i <= 18; ++i)
      Add(std::string("演示") + kCrafts[i % 6] + "小作坊" + std::to_string(i) + "号", "workshop", kTowns[i % 5],
          1 + i % 5, false, kCrafts[i % 6], i % 3 != 0, i <= 15);
    // The speech: 69 households with 229 people, so 22 of them have four and the others three.
    for (int i = 1; i <= 69; ++i)
      Add(Household(i), "farm_household", "511113203201", i % 3 == 0 && i <= 66 ? 4 : 3, false, "茶叶种植", false);
    Add("永和农贸市场（演示）", "market", "511113100", 8, false, "集贸市场", true);
    Add("河畔茶叶店（演示）", "shop", "511113100", 2, false, "茶叶零售", true);
    Add("金河超市（演示）", "supermarket", "511113101", 15, false, "超市", true);
    Add("峡口杂货店（演示）", "shop", "511113201", 1, false, "食杂", true);
  }

  Status Operators() {
    return app_.database.Write([&](storage::Connection& db) -> Status {
      for (const Spec& spec : specs_) ZHIAN_TRY(Enter(db, spec));
      const std::string digits = "1145111300012";
      ZHIAN_TRY(Permit(db, "峡谷茶业有限公司（演示）", "SC" + digits + base::Mod1110Check(digits), "food", "2023-05-10",
                       "2028-05-09", "511113203"));
      for (const Spec& spec : specs_) ZHIAN_TRY(FileRest(app_, db, actor_, FiledOf(spec)));
      return Ok();
    });
  }

  Status Make(const std::string& username, const std::string& name, const std::string& role, const std::string& place,
              const std::string& body, const std::string& op, base::Date from, std::optional<base::Date> to) {
    const identity::Principal system = identity::Principal::System();
    ZHIAN_ASSIGN(const auto account, app_.identity.CreateAccount(system, {.username = username,
                                                                          .name = name,
                                                                          .id_number = "",
                                                                          .language = "zh-Hans",
                                                                          .password = kPassword,
                                                                          .one_time = false}));
    ZHIAN_TRY(app_.identity.GrantRole(
        system, {.account_id = account.id,
                 .role = role,
                 .jurisdiction = place,
                 .body = body,
                 .operator_id = op,
                 .certificate = role == "inspector" || role == "case_officer" ? "川L演示" + username : "",
                 .valid_from = base::StartOfDay(from),
                 .valid_to = to ? std::optional(base::StartOfDay(*to)) : std::nullopt}));
    procedure::Actor actor;
    actor.account_id = account.id;
    actor.name = name;
    actor.roles = {{role, place, body, op, ""}};
    history_.Knows(account.id, actor);
    ids_of_[username] = account.id;
    return Ok();
  }

  Status People() {
    const base::Date from = base::Date::FromYmd(2019, 3, 29);
    for (const Person& p : kPeople)
      ZHIAN_TRY(Make(p.username, p.name, p.role, p.place, p.body, "", from, std::nullopt));
    ZHIAN_TRY(Make("tea", "峡谷茶业 质量负责人", "operator_user", "511113203", "", ids_["峡谷茶业有限公司（演示）"],
                   from, std::nullopt));
    return Make("admin", "系统管理员", "administrator", kDistrict, "bureau", "", from, std::nullopt);
  }

  json::object Event(const char* type, const char* time, const char* step, const std::string& place) {
    ++events_;
    return {{"type", type},
            {"eventID", "urn:uuid:00000000-0000-4000-8000-" + std::string(12 - std::to_string(events_).size(), '0') +
                            std::to_string(events_)},
            {"eventTime", time},
            {"eventTimeZoneOffset", "+08:00"},
            {"bizStep", step},
            {"readPoint", json::object{{"id", PlaceUri(glns_[place])}}}};
  }
  static json::array Lot(const std::string& item, double quantity) {
    return {json::object{{"epcClass", item}, {"quantity", quantity}, {"uom", "KGM"}}};
  }

  Status Events() {
    const std::string tea = "峡谷茶业有限公司（演示）", shop = "河畔茶叶店（演示）", market = "金河超市（演示）",
                      corner = "峡口杂货店（演示）";
    const std::string leaf1 = "urn:zhian:lot:LEAF-0901", leaf2 = "urn:zhian:lot:LEAF-0902",
                      made = "https://id.gs1.org/01/06909912345670/10/JKH20260905";
    json::array list;
    const auto object = [&](const char* time, const char* step, const std::string& place, const std::string& lot,
                            double kg, const std::string& to, const std::string& from, const char* product = nullptr) {
      json::object e = Event("ObjectEvent", time, step, place);
      e["action"] = std::string_view(step) == "commissioning" ? "ADD" : "OBSERVE";
      e["quantityList"] = Lot(lot, kg);
      if (!to.empty())
        e["destinationList"] = json::array{json::object{{"type", "location"}, {"destination", PlaceUri(glns_[to])}}};
      if (!from.empty())
        e["sourceList"] = json::array{json::object{{"type", "location"}, {"source", PlaceUri(glns_[from])}}};
      if (product != nullptr) e["ilmd"] = json::object{{"zhian:productName", product}};
      list.push_back(std::move(e));
    };
    object("2026-09-01T07:00:00+08:00", "commissioning", Household(3), leaf1, 400, "", "", "鲜叶");
    object("2026-09-01T08:00:00+08:00", "commissioning", Household(8), leaf2, 600, "", "", "鲜叶");
    object("2026-09-01T17:00:00+08:00", "shipping", Household(3), leaf1, 400, tea, "");
    object("2026-09-01T18:30:00+08:00", "receiving", tea, leaf1, 400, "", Household(3));
    object("2026-09-01T17:10:00+08:00", "shipping", Household(8), leaf2, 600, tea, "");
    object("2026-09-01T18:40:00+08:00", "receiving", tea, leaf2, 600, "", Household(8));
    json::object made_event = Event("TransformationEvent", "2026-09-05T16:00:00+08:00", "commissioning", tea);
    json::array inputs = Lot(leaf1, 400);
    inputs.push_back(Lot(leaf2, 600).front());
    made_event["inputQuantityList"] = std::move(inputs);
    made_event["outputQuantityList"] = Lot(made, 200);
    made_event["ilmd"] = json::object{{"zhian:productName", "峡谷绿茶"}, {"zhian:lotNumber", "JKH20260905"}};
    list.push_back(std::move(made_event));
    object("2026-09-08T09:00:00+08:00", "shipping", tea, made, 60, shop, "");
    object("2026-09-08T14:00:00+08:00", "receiving", shop, made, 60, "", tea);
    object("2026-09-09T09:00:00+08:00", "shipping", tea, made, 80, market, "");
    object("2026-09-09T13:00:00+08:00", "receiving", market, made, 80, "", tea);
    object("2026-09-10T09:00:00+08:00", "shipping", tea, made, 20, corner,
           "");  // never received: the gap of the thread
    return history_.Capture(list);
  }

  desk::App& app_;
  procedure::Actor actor_;
  History history_;
  int events_ = 0;
  std::vector<std::string> certificates_;
  std::vector<Spec> specs_;
  std::map<std::string, std::string> ids_, files_, glns_;  // by the operator's name
  std::map<std::string, std::string> ids_of_;              // accounts, by user name
};

}  // namespace

Result<std::string> MakeFirstAdministrator(desk::App& app) {
  const identity::Principal system = identity::Principal::System();
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    return identity::AddJurisdiction(
        db, {kDistrict, "", app.district_name, "district", base::Instant{0}, std::nullopt, ""}, app.clock.Now());
  }));
  ZHIAN_ASSIGN(const auto account, app.identity.CreateAccount(system, {.username = "admin",
                                                                       .name = "系统管理员",
                                                                       .id_number = "",
                                                                       .language = "zh-Hans",
                                                                       .password = "",
                                                                       .one_time = true}));
  ZHIAN_TRY(app.identity.GrantRole(system, {.account_id = account.id,
                                            .role = "administrator",
                                            .jurisdiction = kDistrict,
                                            .body = "",
                                            .operator_id = "",
                                            .certificate = "",
                                            .valid_from = base::Instant{0},
                                            .valid_to = std::nullopt}));
  return account.one_time_password;
}

Status LoadDistrict(desk::App& app) {
  // Draws choose by identifiers: with random ones each loading drew other workshops, and had other samples and notices.
  const base::SeededIdentifiers same_each_time("金口河区");
  return Loader(app).Run();
}

}  // namespace zhian::demo
