#include "demo/demo.hpp"

#include <array>
#include <cstdio>
#include <map>

#include "api/caller.hpp"
#include "base/identifiers.hpp"
#include "base/text.hpp"
#include "rooms/subjects/operators.hpp"
#include "rooms/traceability/trace.hpp"

namespace zhian::demo {
namespace json = boost::json;

namespace {

constexpr const char* kPassword = "demo-2026";
constexpr const char* kDistrict = "511113";

struct Place {
  const char *id, *parent, *name, *level;
};
constexpr Place kPlaces[] = {
    {"511113", "", "金口河区", "district"},
    {"511113100", "511113", "永和镇", "township"}, {"511113101", "511113", "金河镇", "township"}, {"511113200", "511113", "和平彝族乡", "township"},
    {"511113201", "511113", "共安彝族乡", "township"}, {"511113202", "511113", "吉星乡", "township"}, {"511113203", "511113", "永胜乡", "township"},
    {"511113100201", "511113100", "新民村", "village"}, {"511113101201", "511113101", "曙光村", "village"}, {"511113200201", "511113200", "迎春村", "village"},
    {"511113201201", "511113201", "新乐村", "village"}, {"511113203201", "511113203", "建设村", "village"}, {"511113203202", "511113203", "大坪村", "village"}};

struct Person {
  const char *username, *name, *role, *place, *body;
};
// Invented persons: the family name and 示例, 范例, 样本.
constexpr Person kPeople[] = {
    {"inspector1", "李示例", "inspector", "511113", "bureau"}, {"inspector2", "王样本", "inspector", "511113", "bureau"}, {"insplead", "赵范例", "inspection_lead", "511113", "bureau"},
    {"licence", "周示例", "licence_officer", "511113", "bureau"}, {"sampler1", "吴示例", "sampler", "511113", "bureau"}, {"sampler2", "郑样本", "sampler", "511113", "bureau"},
    {"samplead", "冯范例", "sampling_lead", "511113", "bureau"}, {"samplead2", "陈范例", "sampling_lead", "511113", "bureau"}, {"labtech", "褚示例", "lab_technician", "511113", "lab"},
    {"labverify", "卫范例", "lab_verifier", "511113", "lab"}, {"case1", "蒋示例", "case_officer", "511113", "bureau"}, {"case2", "沈样本", "case_officer", "511113", "bureau"},
    {"legal", "韩范例", "legal_reviewer", "511113", "bureau"}, {"hearing", "杨示例", "hearing_host", "511113", "bureau"}, {"credit", "朱示例", "credit_officer", "511113", "bureau"},
    {"publicity1", "秦示例", "publicity_officer", "511113", "bureau"}, {"publicity2", "许样本", "publicity_officer", "511113", "bureau"}, {"head", "孙范例", "bureau_head", "511113", "bureau"},
    {"deputy", "何范例", "bureau_head", "511113", "bureau"}, {"agrilead", "吕范例", "department_lead", "511113", "agri"}, {"police", "施示例", "police_liaison", "511113", "police"},
    {"procurator", "张示例", "procurator_liaison", "511113", "procurator"}, {"organ", "孔范例", "supervision_organ", "511113", "organ"}, {"yongsheng", "曹范例", "township_lead", "511113203", "yongsheng"},
    {"village", "严示例", "village_official", "511113203201", "yongsheng"}, {"office", "华示例", "district_office", "511113", "office"}, {"leader", "金范例", "district_leader", "511113", "office"},
    {"auditor", "魏示例", "auditor", "511113", "office"}, {"risk", "陶示例", "risk_officer", "511113", "bureau"}};

struct Body {
  const char *id, *name, *kind, *place, *word;
};
constexpr Body kBodies[] = {{"bureau", "金口河区市场监督管理局", "bureau", "511113", "金市监"}, {"lab", "乐山市示例检验所（演示）", "laboratory", "511113", "乐示检"}, {"agri", "金口河区农业农村局", "department", "511113", "金农"},
                            {"police", "金口河区公安分局", "police", "511113", "金公"}, {"procurator", "金口河区人民检察院", "department", "511113", "金检"}, {"organ", "金口河区纪委监委", "department", "511113", "金纪"},
                            {"yongsheng", "永胜乡人民政府", "township", "511113203", "永府"}, {"office", "金口河区质量工作联席会议办公室", "office", "511113", "金质联办"}};

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
  explicit Loader(api::App& app) : app_(app) {
    actor_.account_id = "demo";
    actor_.name = "演示数据";
    actor_.roles = {{"administrator", kDistrict, "", "", ""}, {"licence_officer", kDistrict, "", "", ""}, {"inspector", kDistrict, "", "", ""}};
  }

  Status Run() {
    ZHIAN_TRY(Places());
    ZHIAN_TRY(Operators());
    ZHIAN_TRY(People());
    return Events();
  }

 private:
  Status Places() {
    const base::Instant now = app_.clock.Now();
    return app_.database.Write([&](storage::Connection& db) -> Status {
      const base::Instant from = base::StartOfDay(base::Date::FromYmd(2000, 1, 1));
      for (const Place& p : kPlaces) ZHIAN_TRY(identity::AddJurisdiction(db, {p.id, p.parent, p.name, p.level, from, std::nullopt, ""}, now));
      // 吉星乡 ended with the reform of December 2019 (川府民政〔2019〕20号; merge target to be verified).
      ZHIAN_TRY(identity::EndJurisdiction(db, "511113202", base::StartOfDay(base::Date::FromYmd(2019, 12, 31)), "511113101", now));
      for (const Body& b : kBodies) ZHIAN_TRY(identity::AddBody(db, {b.id, b.name, b.kind, b.place, "", from, std::nullopt, b.word}, now));
      return Ok();
    });
  }

  Status Add(storage::Connection& db, const std::string& name, const std::string& type, const std::string& place, int staff, bool above_size, const std::string& industry, bool coded, bool verified = true) {
    ++count_;
    procedure::Command command;
    command.kind = "operator_file";
    command.action = "import_operator";
    command.jurisdiction = place;
    command.title = name;
    const std::string gln = Gln(count_);
    command.fields = {{"name", name}, {"operator_type", type}, {"address", "四川省乐山市金口河区（演示地址）"}, {"person_in_charge", "演示负责人"}, {"staff", std::to_string(staff)}, {"industry", industry}, {"above_size", above_size}, {"gln", gln}};
    if (coded) command.fields["credit_code"] = CreditCode(count_, type == "industrial" || above_size);
    ZHIAN_ASSIGN(const auto entered, app_.engine.ExecuteIn(db, actor_, command));
    if (verified) {
      procedure::Command verify;
      verify.kind = "operator_file";
      verify.matter_id = entered.matter.id;
      verify.action = "verify";
      verify.expected_version = entered.matter.version;
      ZHIAN_TRY(app_.engine.ExecuteIn(db, actor_, verify));
    }
    ids_[name] = entered.matter.operator_id;
    glns_[name] = gln;
    return subjects::InsertPremises(db, {"premises-" + std::to_string(count_), entered.matter.operator_id, name, "四川省乐山市金口河区（演示地址）", place, gln, type});
  }

  Status Permit(storage::Connection& db, const std::string& name, const std::string& number, const char* regime, const char* from, const char* to, const std::string& place) {
    procedure::Command command;
    command.kind = "permit";
    command.action = "import_permit";
    command.operator_id = ids_[name];
    command.jurisdiction = place;
    command.title = name + " 许可证";
    command.fields = {{"permit_number", number}, {"regime", regime}, {"category", "茶叶及相关制品"}, {"valid_from", from}, {"valid_to", to}, {"registry_evidence", "登记档案（演示）"}};
    const auto done = app_.engine.ExecuteIn(db, actor_, command);
    if (!done.ok()) return done.error();
    return Ok();
  }

  Status Operators() {
    static constexpr const char* kTowns[] = {"511113100", "511113101", "511113200", "511113201", "511113203"};
    return app_.database.Write([&](storage::Connection& db) -> Status {
      // The speech: 86 industrial enterprises; 20 food producers, of them 2 with ten or more people and 1 with its permit.
      for (int i = 1; i <= 86; ++i) {
        static constexpr const char* kLines[] = {"冶金", "化工", "水电", "建材"};
        ZHIAN_TRY(Add(db, std::string("演示") + kLines[i % 4] + "企业" + std::to_string(i) + "号", "industrial", kTowns[i % 5], 20 + i, i <= 9, kLines[i % 4], true));
      }
      ZHIAN_TRY(Add(db, "峡谷茶业有限公司（演示）", "food_producer", "511113203", 24, false, "茶叶", true));
      ZHIAN_TRY(Add(db, "永和豆制品厂（演示）", "food_producer", "511113100", 12, false, "豆制品", true));
      static constexpr const char* kCrafts[] = {"白酒", "豆制品", "糕点", "面条", "酱腌菜", "菜籽油"};
      for (int i = 1; i <= 18; ++i)
        ZHIAN_TRY(Add(db, std::string("演示") + kCrafts[i % 6] + "小作坊" + std::to_string(i) + "号", "workshop", kTowns[i % 5], 1 + i % 5, false, kCrafts[i % 6], i % 3 != 0, i <= 15));
      for (int i = 1; i <= 69; ++i) ZHIAN_TRY(Add(db, "建设村演示农户" + std::to_string(i) + "号", "farm_household", "511113203201", 3, false, "茶叶种植", false));
      ZHIAN_TRY(Add(db, "永和农贸市场（演示）", "market", "511113100", 8, false, "集贸市场", true));
      ZHIAN_TRY(Add(db, "河畔茶叶店（演示）", "shop", "511113100", 2, false, "茶叶零售", true));
      ZHIAN_TRY(Add(db, "金河超市（演示）", "supermarket", "511113101", 15, false, "超市", true));
      ZHIAN_TRY(Add(db, "峡口杂货店（演示）", "shop", "511113201", 1, false, "食杂", true));
      ZHIAN_TRY(Permit(db, "峡谷茶业有限公司（演示）", "QS511114010001", "food2007", "2006-03-01", "2009-02-28", "511113203"));
      const std::string digits = "1145111300012";
      ZHIAN_TRY(Permit(db, "峡谷茶业有限公司（演示）", "SC" + digits + base::Mod1110Check(digits), "food", "2023-05-10", "2028-05-09", "511113203"));
      std::string gtin = "0690991234567";
      gtin += base::Gs1Check(gtin);
      return subjects::InsertProduct(db, {"product-1", ids_["峡谷茶业有限公司（演示）"], "峡谷绿茶 250 g", gtin, "茶叶", "GB/T 14456.1", "kg"});
    });
  }

  Status People() {
    const identity::Principal system = identity::Principal::System();
    const base::Instant from = base::StartOfDay(base::Date::FromYmd(2007, 1, 1));
    const auto make = [&](const std::string& username, const std::string& name, const std::string& role, const std::string& place, const std::string& body, const std::string& op) -> Status {
      ZHIAN_ASSIGN(const auto account, app_.identity.CreateAccount(system, {.username = username, .name = name, .id_number = "", .language = "zh-Hans", .password = kPassword, .one_time = false}));
      ZHIAN_TRY(app_.identity.GrantRole(system, {.account_id = account.id, .role = role, .jurisdiction = place, .body = body, .operator_id = op, .certificate = role == "inspector" || role == "case_officer" ? "川L演示" + username : "", .valid_from = from, .valid_to = std::nullopt}));
      return Ok();
    };
    for (const Person& p : kPeople) ZHIAN_TRY(make(p.username, p.name, p.role, p.place, p.body, ""));
    ZHIAN_TRY(make("tea", "峡谷茶业 质量负责人", "operator_user", "511113203", "", ids_["峡谷茶业有限公司（演示）"]));
    ZHIAN_TRY(make("teashop", "河畔茶叶店 店主", "operator_user", "511113100", "", ids_["河畔茶叶店（演示）"]));
    return make("admin", "系统管理员", "administrator", kDistrict, "bureau", "");
  }

  json::object Event(const char* type, const char* time, const char* step, const std::string& place) {
    ++events_;
    return {{"type", type}, {"eventID", "urn:uuid:00000000-0000-4000-8000-" + std::string(12 - std::to_string(events_).size(), '0') + std::to_string(events_)}, {"eventTime", time}, {"eventTimeZoneOffset", "+08:00"},
            {"bizStep", step}, {"readPoint", json::object{{"id", PlaceUri(glns_[place])}}}};
  }
  static json::array Lot(const std::string& item, double quantity) { return {json::object{{"epcClass", item}, {"quantity", quantity}, {"uom", "KGM"}}}; }

  Status Events() {
    const std::string tea = "峡谷茶业有限公司（演示）", shop = "河畔茶叶店（演示）", market = "金河超市（演示）", corner = "峡口杂货店（演示）";
    const std::string leaf1 = "urn:zhian:lot:LEAF-0901", leaf2 = "urn:zhian:lot:LEAF-0902", made = "https://id.gs1.org/01/06909912345670/10/JKH20260905";
    json::array list;
    const auto household = [](int n) { return "建设村演示农户" + std::to_string(n) + "号"; };
    const auto object = [&](const char* time, const char* step, const std::string& place, const std::string& lot, double kg, const std::string& to, const std::string& from, const char* product = nullptr) {
      json::object e = Event("ObjectEvent", time, step, place);
      e["action"] = std::string_view(step) == "commissioning" ? "ADD" : "OBSERVE";
      e["quantityList"] = Lot(lot, kg);
      if (!to.empty()) e["destinationList"] = json::array{json::object{{"type", "location"}, {"destination", PlaceUri(glns_[to])}}};
      if (!from.empty()) e["sourceList"] = json::array{json::object{{"type", "location"}, {"source", PlaceUri(glns_[from])}}};
      if (product != nullptr) e["ilmd"] = json::object{{"zhian:productName", product}};
      list.push_back(std::move(e));
    };
    object("2026-09-01T07:00:00+08:00", "commissioning", household(3), leaf1, 400, "", "", "鲜叶");
    object("2026-09-01T08:00:00+08:00", "commissioning", household(8), leaf2, 600, "", "", "鲜叶");
    object("2026-09-01T17:00:00+08:00", "shipping", household(3), leaf1, 400, tea, "");
    object("2026-09-01T18:30:00+08:00", "receiving", tea, leaf1, 400, "", household(3));
    object("2026-09-01T17:10:00+08:00", "shipping", household(8), leaf2, 600, tea, "");
    object("2026-09-01T18:40:00+08:00", "receiving", tea, leaf2, 600, "", household(8));
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
    object("2026-09-10T09:00:00+08:00", "shipping", tea, made, 20, corner, "");  // never received: the gap of the thread
    const json::object document{{"type", "EPCISDocument"}, {"schemaVersion", "2.0"}, {"epcisBody", json::object{{"eventList", std::move(list)}}}};
    return app_.database.Write([&](storage::Connection& db) -> Status {
      ZHIAN_ASSIGN(const auto report, traceability::Capture(db, json::serialize(document), traceability::OnError::kRollback, app_.clock.Now()));
      if (report.rejected > 0) return MakeError(ErrorCode::kInternal, "demonstration events were rejected");
      return Ok();
    });
  }

  api::App& app_;
  procedure::Actor actor_;
  int count_ = 0, events_ = 0;
  std::map<std::string, std::string> ids_, glns_;
};

}  // namespace

Result<std::string> MakeFirstAdministrator(api::App& app) {
  const identity::Principal system = identity::Principal::System();
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status { return identity::AddJurisdiction(db, {kDistrict, "", app.district_name, "district", base::Instant{0}, std::nullopt, ""}, app.clock.Now()); }));
  ZHIAN_ASSIGN(const auto account, app.identity.CreateAccount(system, {.username = "admin", .name = "系统管理员", .id_number = "", .language = "zh-Hans", .password = "", .one_time = true}));
  ZHIAN_TRY(app.identity.GrantRole(system, {.account_id = account.id, .role = "administrator", .jurisdiction = kDistrict, .body = "", .operator_id = "", .certificate = "", .valid_from = base::Instant{0}, .valid_to = std::nullopt}));
  return account.one_time_password;
}

Status LoadDistrict(api::App& app) { return Loader(app).Run(); }

}  // namespace zhian::demo
