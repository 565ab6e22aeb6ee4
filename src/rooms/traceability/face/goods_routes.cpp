// The goods book of an operator: entries, what is offered again, the check at the door, the compliance certificate.
#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "base/shown.hpp"
#include "base/text.hpp"
#include "desk/form_schema.hpp"
#include "desk/matter_view.hpp"
#include "documents/sheet.hpp"
#include "engines/epcis/identifiers.hpp"
#include "procedure/form.hpp"
#include "rooms/traceability/face/goods.hpp"
#include "rooms/traceability/face/public_lot.hpp"
#include "rooms/traceability/face/routes.hpp"
#include "rooms/traceability/store/holdings.hpp"

namespace zhian::traceability::face {
using namespace desk;
namespace json = boost::json;
namespace trace = traceability;

namespace {

constexpr int kOffered = 8, kLookedBack = 300;

json::value Label(const std::string& key, Language language) { return json::value(LabelText(key, {}, key, language)); }

struct Book {
  OperatorCard op;
  bool may_write = false;
};
// Whoever may see the operator's file reads its book; its own people, the inspectors and the village officials of its
// place write it.
Result<Book> OpenBook(App& app, storage::Connection& db, const Caller& caller, const std::string& operator_id) {
  Book book;
  ZHIAN_ASSIGN(book.op, app.operators->load(db, operator_id));
  procedure::Matter probe;
  probe.operator_id = book.op.id;
  probe.jurisdiction = book.op.jurisdiction;
  ZHIAN_ASSIGN(const bool may_see, app.engine.MaySee(db, caller.actor, probe));
  if (!may_see) return MakeError(ErrorCode::kForbidden, "这个主体不在您的辖区或名下");
  ZHIAN_ASSIGN(book.may_write, MayKeepBook(app, db, caller.actor, book.op));
  return book;
}

// The operator that is named, or the caller's own.
Result<std::string> WantedOperator(const Caller& caller, const std::string& named) {
  if (!named.empty()) return named;
  for (const auto& held : caller.actor.roles)
    if (!held.operator_id.empty()) return held.operator_id;
  return NeedsMending({{"/operator_id", "error.choose", "选择是谁的台账"}});
}

// The certificate of compliance is for what was grown, once it is ready or leaves.
bool MayCertify(const trace::GoodsRow& row, const OperatorCard& op) {
  return trace::GrowsGoods(op.type) && row.withdrawn_at == 0 &&
         (row.act == "sent" || row.act == "made" || row.act == "sold");
}

json::object RowView(const trace::GoodsRow& row, const OperatorCard& op, const App& app, Language language,
                     const NameLookup& names) {
  json::object view = procedure::Told(trace::GoodsColumns(), row, trace::kInGoods);
  view["act_label"] = Label("choice.act." + row.act, language);
  view["amount"] = row.quantity + " " + row.unit;
  view["partner_id"] = row.partner_id.empty() ? json::value(nullptr) : json::value(row.partner_id);
  view["at"] = base::FormatInstant(base::Instant{row.at});
  view["entered_at"] = base::FormatInstant(base::Instant{row.entered_at});
  view["entered_by"] = names.Account(row.entered_by);
  view["keep_until"] = base::FormatDate(base::Date{row.keep_until});
  view["withdrawn"] = row.withdrawn_at != 0;
  view["may_withdraw"] = row.withdrawn_at == 0 && row.entered_at + 30LL * 86'400'000 > app.clock.Now().ms;
  view["may_certify"] = MayCertify(row, op);
  if (const auto* why = row.details.if_contains("withdrawn_because")) view["withdrawn_because"] = *why;
  if (const auto* inputs = row.details.if_contains("inputs")) view["inputs"] = *inputs;
  if (const auto* check = row.details.if_contains("check")) {
    json::value said = *check;
    SayIn(said, language);
    view["check"] = std::move(said);
  }
  return view;
}

Result<trace::GoodsQuery> ReadQuery(const Caller& caller, const std::string& cursor, int limit) {
  trace::GoodsQuery query;
  ZHIAN_ASSIGN(query.operator_id, WantedOperator(caller, TextParameter(caller.request, "operator")));
  query.act = TextParameter(caller.request, "act");
  query.text = std::string(base::PrefixOf(TextParameter(caller.request, "q"), 100));
  query.limit = limit;
  if (!query.act.empty() && !trace::IsGoodsAct(query.act))
    return NeedsMending({{"/act", "error.choose", "选择登记的种类：收货、出货、自产、加工、零售、报废"}});
  for (const auto& [name, to, end] : {std::tuple{"from", &query.from, false}, {"to", &query.to, true}}) {
    const std::string text = TextParameter(caller.request, name);
    if (text.empty()) continue;
    const auto day = base::ParseDate(text);
    if (!day.ok()) return NeedsMending({{std::string("/") + name, "error.value", "填写日期，例如 2026-11-24"}});
    *to = end ? base::EndOfDay(*day).ms : base::StartOfDay(*day).ms;
  }
  if (!cursor.empty()) {
    ZHIAN_ASSIGN(const auto from, ReadTimeCursor(cursor));
    query.before_at = from.first;
    query.before_id = from.second;
  }
  return query;
}

Result<http::Response> ListGoods(App& app, Caller& caller) { return AnswerPage(app, caller, &QueryGoods); }

std::string Field(const json::object& body, const char* name) { return procedure::ScalarText(body.if_contains(name)); }

Result<trace::GoodsEntry> ReadEntry(const App& app, const Caller& caller) {
  ZHIAN_ASSIGN(const json::object sent, BodyObject(caller.request));
  const auto* fields = sent.if_contains("fields");
  if (fields == nullptr || !fields->is_object())
    return NeedsMending({{"/fields", "error.fill", "填写 fields：种类、品名、数量、单位、对方、时间"}});
  const json::object& body = fields->get_object();
  trace::GoodsEntry entry;
  static_cast<trace::GoodsWords&>(entry) =
      trace::SaidGoods([&](procedure::Text name) { return procedure::ScalarText(body.if_contains(name)); });
  entry.at = app.clock.Now();
  ZHIAN_ASSIGN(entry.operator_id, WantedOperator(caller, Field(sent, "operator_id")));
  if (const std::string at = Field(body, "at"); !at.empty()) {
    const auto instant = base::ParseInstant(at);
    if (!instant.ok())
      return NeedsMending({{"/fields/at", "error.value", "填写日期和时间，例如 2026-11-24T09:30:00+08:00"}});
    entry.at = *instant;
  }
  if (const auto* inputs = body.if_contains("inputs"); inputs != nullptr && inputs->is_array())
    for (const auto& one : inputs->get_array()) {
      if (!one.is_object() || entry.inputs.size() > 100)
        return NeedsMending({{"/fields/inputs", "error.value", "原料须逐行填写批次、数量和单位"}});
      entry.inputs.push_back(
          {Field(one.get_object(), "item"), Field(one.get_object(), "quantity"), Field(one.get_object(), "unit")});
    }
  if (const auto* files = sent.if_contains("attachments"); files != nullptr && files->is_array())
    for (const auto& digest : files->get_array())
      if (entry.attachments.size() < 100) entry.attachments.push_back(procedure::ScalarText(&digest));
  entry.key = std::string(caller.request.headers.Get("Idempotency-Key"));
  if (entry.key.size() > 100) return MakeError(ErrorCode::kInvalid, "Idempotency-Key 不超过 100 个字符");
  return entry;
}

trace::GoodsDoor DoorOf(const App& app, const Caller& caller) {
  return {app.services, caller.actor.account_id, app.clock.Now()};
}

Status MustWrite(App& app, storage::Connection& db, const Caller& caller, const std::string& operator_id) {
  ZHIAN_ASSIGN(const Book book, OpenBook(app, db, caller, operator_id));
  return book.may_write ? Ok()
                        : Status(MakeError(ErrorCode::kForbidden, "台账由经营者自己、检查人员或村（社区）协管员登记"));
}

Result<http::Response> EnterGoods(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const trace::GoodsEntry entry, ReadEntry(app, caller));
  json::object view;
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(MustWrite(app, db, caller, entry.operator_id));
    ZHIAN_ASSIGN(const auto row, trace::EnterGoods(db, DoorOf(app, caller), entry));
    ZHIAN_ASSIGN(const OperatorCard op, app.operators->load(db, row.operator_id));
    view = RowView(row, op, app, caller.language, NameLookup(db));
    return Ok();
  }));
  return Json(view, 201);
}

Result<http::Response> WithdrawGoods(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const json::object body, BodyObject(caller.request));
  json::object view;
  ZHIAN_TRY(app.database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto row, trace::LoadGoods(db, caller.request.PathParameter("id")));
    ZHIAN_TRY(MustWrite(app, db, caller, row.operator_id));
    ZHIAN_ASSIGN(const auto after, trace::WithdrawGoods(db, DoorOf(app, caller), row.id, Field(body, "reason")));
    ZHIAN_ASSIGN(const OperatorCard op, app.operators->load(db, row.operator_id));
    view = RowView(after, op, app, caller.language, NameLookup(db));
    return Ok();
  }));
  return Json(view);
}

// Before anything is written: the same check as at the entry.
Result<http::Response> CheckGoods(App& app, Caller& caller) {
  trace::GoodsEntry entry;
  entry.act = "received";
  ZHIAN_ASSIGN(entry.operator_id, WantedOperator(caller, TextParameter(caller.request, "operator")));
  entry.partner_id = TextParameter(caller.request, "partner_id");
  entry.partner_name = std::string(base::PrefixOf(TextParameter(caller.request, "partner_name"), 200));
  entry.certificate = std::string(base::PrefixOf(TextParameter(caller.request, "certificate"), 200));
  const std::string named = std::string(base::PrefixOf(TextParameter(caller.request, "item"), 300));
  json::value points;
  bool stops = false, hazard = false;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(OpenBook(app, db, caller, entry.operator_id));
    std::string item;
    if (!named.empty())
      if (const auto known = trace::FindItem(db, epcis::CanonicalId(named)); known.ok()) item = *known;
    ZHIAN_ASSIGN(const auto check, trace::CheckIncoming(db, DoorOf(app, caller), entry, item));
    points = trace::CheckView(check);
    stops = check.stops();
    hazard = check.hazard;
    return Ok();
  }));
  SayIn(points, caller.language);
  return Json(json::object{{"points", std::move(points)}, {"stops", stops}, {"hazard", hazard}});
}

// Partners by name, as whoever keeps a book looks for them: establishments by a part of the name, households by the
// whole of it, since they are people.
Result<http::Response> FindPartners(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const std::string operator_id, WantedOperator(caller, TextParameter(caller.request, "operator")));
  const std::string text = std::string(base::PrefixOf(base::Trim(TextParameter(caller.request, "q")), 100));
  json::array items;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_TRY(OpenBook(app, db, caller, operator_id));
    if (text.size() < 2) return Ok();
    const ReadScope district{.jurisdictions = {app.district_root}, .operator_ids = {}};
    ZHIAN_ASSIGN(const auto found, app.operators->find_by_text(db, district, text, 30));
    const NameLookup names(db);
    for (const auto& op : found.cards) {
      if (op.id == operator_id || items.size() >= 10 || op.state == "rejected" || op.state == "closed" ||
          op.state == "merged")
        continue;
      if (op.type == "farm_household" && base::Fold(op.name) != base::Fold(text)) continue;
      items.push_back(json::object{{"id", op.id},
                                   {"name", op.name},
                                   {"type_label", LabelText("choice." + op.type, {}, op.type, caller.language)},
                                   {"place", names.Jurisdiction(op.jurisdiction)}});
    }
    return Ok();
  }));
  return Json(json::object{{"items", std::move(items)}});
}

// What the page offers so that little is typed: goods on the way, lots in stock, and what was entered last.
Result<http::Response> OfferGoods(App& app, Caller& caller) {
  ZHIAN_ASSIGN(const std::string operator_id, WantedOperator(caller, TextParameter(caller.request, "operator")));
  json::object view;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const Book book, OpenBook(app, db, caller, operator_id));
    json::array acts, units, coming, stock, recent;
    for (const auto unit : trace::kGoodsUnits) units.push_back(json::value(unit));
    for (const auto act : trace::kGoodsActs)
      acts.push_back(json::object{{"value", act}, {"label", Label("choice.act." + std::string(act), caller.language)}});
    ZHIAN_ASSIGN(const auto on_the_way, trace::GoodsOnTheWay(db, operator_id));
    for (const auto& one : on_the_way)
      coming.push_back(
          json::object{{"item", one.item},
                       {"lot_no", one.lot_no},
                       {"product", one.product},
                       {"quantity", one.quantity},
                       {"unit", base::UnitSymbol(one.unit, caller.language)},
                       {"partner_id", one.partner_id.empty() ? json::value(nullptr) : json::value(one.partner_id)},
                       {"partner_name", one.partner_name},
                       {"departed_at", base::FormatInstant(base::Instant{one.departed_at})}});
    ZHIAN_ASSIGN(const auto in_stock, trace::GoodsInStock(db, operator_id));
    for (const auto& one : in_stock)
      stock.push_back(json::object{{"item", one.item},
                                   {"lot_no", one.lot_no},
                                   {"product", one.product},
                                   {"left", one.left.Short(6)},
                                   {"unit", base::UnitSymbol(one.unit, caller.language)},
                                   {"held", one.held}});
    trace::GoodsQuery last;
    last.operator_id = operator_id;
    last.limit = kLookedBack;
    ZHIAN_ASSIGN(const auto rows, trace::ListGoods(db, last));
    std::map<std::string, std::set<std::string>> offered;
    for (const auto& row : rows) {
      auto& known = offered[row.act];
      if (row.withdrawn_at != 0 || known.size() >= kOffered ||
          !known.insert(row.product + "\n" + row.partner_name + "\n" + row.unit).second)
        continue;
      recent.push_back(
          json::object{{"act", row.act},
                       {"product", row.product},
                       {"unit", row.unit},
                       {"quantity", row.quantity},
                       {"partner_id", row.partner_id.empty() ? json::value(nullptr) : json::value(row.partner_id)},
                       {"partner_name", row.partner_name},
                       {"partner_contact", row.partner_contact}});
    }
    view = json::object{{"operator", json::object{{"id", book.op.id}, {"name", book.op.name}, {"type", book.op.type}}},
                        {"may_write", book.may_write},
                        {"usual_act", trace::UsualAct(book.op.type)},
                        {"acts", std::move(acts)},
                        {"units", std::move(units)},
                        {"on_the_way", std::move(coming)},
                        {"stock", std::move(stock)},
                        {"recent", std::move(recent)}};
    return Ok();
  }));
  return Json(view);
}

// The compliance certificate 承諾達標合格證 of goods that whoever grew them sends out or has made ready.
documents::Sheet CertificateOf(const App& app, const trace::GoodsRow& row, const OperatorCard& op) {
  documents::Sheet sheet;
  sheet.red = false;
  sheet.title = "承诺达标合格证";
  sheet.number = row.id.substr(0, 8) + "-" + row.id.substr(24);
  sheet.paragraphs = {"我承诺对生产销售的食用农产品：",
                      "不使用禁用农药、兽药及其他化合物；使用的常规农药、兽药残留不超标；对承诺的真实性负责。"};
  sheet.facts = {{"产品名称", row.product},
                 {"重量（数量）", row.quantity + " " + row.unit},
                 {"批号", row.lot_no},
                 {"产地", op.address},
                 {"生产者", op.name},
                 {"联系方式", op.phone.empty() ? op.contact : op.phone},
                 {"开具日期", base::FormatDate(base::LocalDate(base::Instant{row.at}))},
                 {"承诺依据", "☐ 质量安全控制符合要求　☐ 自行检测合格　☐ 委托检测合格"}};
  sheet.signs = {"生产者盖章或签名"};
  sheet.foot = {"台账记录 " + row.id, "由质安系统按台账开具；内容由生产者承诺。扫码看这一批的公开信息。"};
  if (const std::string path = PublicLotPath(row.item); !path.empty()) sheet.code = app.public_origin + path;
  if (app.demo) sheet.marks = {"演示数据，不具效力"};
  return sheet;
}

Result<http::Response> GetCertificate(App& app, Caller& caller) {
  const std::string file = caller.request.PathParameter("file");
  const bool pdf = file == "certificate.pdf";
  if (!pdf && file != "certificate.html") return MakeError(ErrorCode::kNotFound, "没有这个地址");
  documents::Sheet sheet;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const auto row, trace::LoadGoods(db, caller.request.PathParameter("id")));
    ZHIAN_ASSIGN(const Book book, OpenBook(app, db, caller, row.operator_id));
    if (!trace::GrowsGoods(book.op.type))
      return MakeError(ErrorCode::kConflict, "承诺达标合格证由种植、养殖的农户和合作社开具");
    if (!MayCertify(row, book.op)) return MakeError(ErrorCode::kConflict, "只有自产、出货和零售的登记可以开具合格证");
    sheet = CertificateOf(app, row, book.op);
    return Ok();
  }));
  if (!pdf) return http::Response::Html(200, documents::RenderHtml(sheet));
  ZHIAN_ASSIGN(std::string bytes, documents::RenderPdf(sheet));
  http::Response response = http::Response::Bytes(std::move(bytes), "application/pdf");
  return std::move(response.With("Content-Disposition", "inline; filename=certificate.pdf"));
}

Schema GoodsCheckSchema() {
  const Schema point = Object(
      {{"id", Text()}, {"verdict", OneOf({"good", "ask", "stop"})}, {"text", Text()}, {"matter_id", Nullable(Text())}});
  return ListOf(Named("CheckPoint", point));
}

Schema GoodsInputSchema() {
  return Named("GoodsInput", Object({{"item", Text()}, {"quantity", Text()}, {"unit", Text()}}));
}

Schema ActSchema() {
  return OneOf(std::vector<std::string>(std::begin(trace::kGoodsActs), std::end(trace::kGoodsActs)));
}

Schema GoodsSchema() {
  const Schema told = Object(MembersOf(trace::GoodsColumns(), trace::kInGoods));
  return Named("Goods", With(told, {{"act", ActSchema()},
                                    {"act_label", Text()},
                                    {"amount", Text()},
                                    {"partner_id", Nullable(Text())},
                                    {"at", Instant()},
                                    {"entered_at", Instant()},
                                    {"keep_until", Day()},
                                    {"withdrawn", Truth()},
                                    {"may_withdraw", Truth()},
                                    {"may_certify", Truth()},
                                    Maybe("withdrawn_because", Text()),
                                    Maybe("inputs", ListOf(GoodsInputSchema())),
                                    Maybe("check", GoodsCheckSchema())}));
}

Schema GoodsEntrySchema() {
  std::vector<Member> words = SaidMembers(trace::GoodsColumns());
  words.push_back(Maybe("at", Instant()));
  words.push_back(Maybe("inputs", ListOf(GoodsInputSchema())));
  return Named("GoodsEntry", Object({{"fields", Object(words)},
                                     Maybe("operator_id", Nullable(Text())),
                                     Maybe("attachments", ListOf(Digest()))}));
}

Schema OffersSchema() {
  const Schema coming = Object({{"item", Text()},
                                {"lot_no", Text()},
                                {"product", Text()},
                                {"quantity", Text()},
                                {"unit", Text()},
                                {"partner_id", Nullable(Text())},
                                {"partner_name", Text()},
                                {"departed_at", Instant()}});
  const Schema stock = Object({{"item", Text()},
                               {"lot_no", Text()},
                               {"product", Text()},
                               {"left", Text()},
                               {"unit", Text()},
                               {"held", Truth()}});
  const Schema recent = Object({{"act", ActSchema()},
                                {"product", Text()},
                                {"unit", Text()},
                                {"quantity", Text()},
                                {"partner_id", Nullable(Text())},
                                {"partner_name", Text()},
                                {"partner_contact", Text()}});
  return Named("GoodsOffers", Object({{"operator", Object({{"id", Text()}, {"name", Text()}, {"type", Text()}})},
                                      {"may_write", Truth()},
                                      {"usual_act", ActSchema()},
                                      {"acts", ListOf(Object({{"value", ActSchema()}, {"label", Text()}}))},
                                      {"units", ListOf(Text())},
                                      {"on_the_way", ListOf(Named("GoodsOnTheWay", coming))},
                                      {"stock", ListOf(Named("GoodsInStock", stock))},
                                      {"recent", ListOf(Named("RecentGoods", recent))}}));
}

QuerySpec OfOperator() { return {"operator", "id of the operator; the caller's own by default"}; }

}  // namespace

Result<bool> MayKeepBook(App& app, storage::Connection& db, const procedure::Actor& actor, const OperatorCard& op) {
  procedure::Matter probe;
  probe.operator_id = op.id;
  probe.jurisdiction = op.jurisdiction;
  procedure::Actor one = actor;
  for (const auto& held : actor.roles) {
    static constexpr std::string_view kKeepers[] = {"operator_user", "inspector", "village_official", "administrator"};
    if (std::find(std::begin(kKeepers), std::end(kKeepers), held.role) == std::end(kKeepers)) continue;
    one.roles = {held};
    ZHIAN_ASSIGN(const bool may, app.engine.MaySee(db, one, probe));
    if (may) return true;
  }
  return false;
}

Result<trace::GoodsEntry> GoodsEntryOf(const ImportRow& row, const std::string& operator_id, base::Instant now) {
  const auto text = [&](std::string_view name) { return procedure::ScalarText(row.fields.if_contains(name)); };
  trace::GoodsEntry entry;
  static_cast<trace::GoodsWords&>(entry) = trace::SaidGoods(text);
  entry.operator_id = operator_id;
  // A day, or a day and a time of the district's clock; of a day alone its noon, or now where that is still to come.
  const std::string given = text("at");
  const auto space = given.find_first_of(" T");
  const std::string day = CanonicalDay(given.substr(0, space)),
                    time = space == std::string::npos ? std::string("12:00") : base::Trim(given.substr(space + 1));
  const auto instant = base::ParseInstant(day + "T" + time + (time.size() == 5 ? ":00" : "") + "+08:00");
  if (!instant.ok())
    return NeedsMending(
        {{"/fields/at", "error.value", "填写日期，例如 2026-11-24，或日期和时间，例如 2026-11-24 09:30"}});
  entry.at = space == std::string::npos && instant->ms > now.ms && base::LocalDate(*instant) == base::LocalDate(now)
                 ? now
                 : *instant;
  entry.key = "import:" + base::HexSha256(operator_id + "\n" + json::serialize(row.fields));
  return entry;
}

Result<ListPage> QueryGoods(App& app, const Caller& caller, const std::string& cursor, int limit) {
  ZHIAN_ASSIGN(const trace::GoodsQuery query, ReadQuery(caller, cursor, limit));
  ListPage page;
  ZHIAN_TRY(app.database.Read([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(const Book book, OpenBook(app, db, caller, query.operator_id));
    ZHIAN_ASSIGN(const auto rows, trace::ListGoods(db, query));
    const NameLookup names(db);
    for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(limit); ++i)
      page.items.push_back(RowView(rows[i], book.op, app, caller.language, names));
    if (rows.size() > static_cast<std::size_t>(limit)) {
      const auto& last = rows[static_cast<std::size_t>(limit) - 1];
      page.next = std::to_string(last.at) + "|" + last.id;
    }
    return Ok();
  }));
  return page;
}

void AddGoodsRoutes(std::vector<RouteSpec>& routes) {
  using http::Method;
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/goods",
                    .id = "listGoods",
                    .summary = "进出货台账",
                    .action = &ListGoods,
                    .query = Joined(PageQuery(), {OfOperator(),
                                                  {"act", "kind of entry", ActSchema()},
                                                  {"q", "part of the product, the lot number or the partner"},
                                                  {"from", "first day", Day()},
                                                  {"to", "last day", Day()}}),
                    .answers = Answers(Page(GoodsSchema()))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/goods",
                    .id = "enterGoods",
                    .summary = "登记一笔进出货",
                    .action = &EnterGoods,
                    .body_max_bytes = 64 * 1024,
                    .writes = true,
                    .takes = GoodsEntrySchema(),
                    .answers = Answers(GoodsSchema(), 201)});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/goods-offers",
                    .id = "offerGoods",
                    .summary = "台账可带出的内容",
                    .action = &OfferGoods,
                    .query = {OfOperator()},
                    .answers = Answers(OffersSchema())});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/goods-partners",
       .id = "findPartners",
       .summary = "查找供货者、购货者",
       .action = &FindPartners,
       .query = {OfOperator(), {"q", "part of the name; of a household the whole"}},
       .answers = Answers(ItemsOf(
           Named("Partner", Object({{"id", Text()}, {"name", Text()}, {"type_label", Text()}, {"place", Text()}}))))});
  routes.push_back(
      {.method = Method::kGet,
       .pattern = "/api/v1/goods-check",
       .id = "checkGoods",
       .summary = "进货检查验收",
       .action = &CheckGoods,
       .query = {OfOperator(),
                 {"partner_id", "supplier on file"},
                 {"partner_name", "supplier in words"},
                 {"item", "identifier of the lot"},
                 {"certificate", "number"}},
       .answers = Answers(
           Named("GoodsCheck", Object({{"points", GoodsCheckSchema()}, {"stops", Truth()}, {"hazard", Truth()}})))});
  routes.push_back({.method = Method::kPost,
                    .pattern = "/api/v1/goods/{id}/withdraw",
                    .id = "withdrawGoods",
                    .summary = "撤回一笔登记",
                    .action = &WithdrawGoods,
                    .body_max_bytes = 16 * 1024,
                    .writes = true,
                    .takes = Object({{"reason", Text()}}),
                    .answers = Answers(GoodsSchema())});
  routes.push_back({.method = Method::kGet,
                    .pattern = "/api/v1/goods/{id}/{file}",
                    .id = "goodsCertificate",
                    .summary = "承诺达标合格证",
                    .action = &GetCertificate,
                    .answers = AnswersFile({"text/html", "application/pdf"})});
}

}  // namespace zhian::traceability::face
