#include "house/law.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"
#include "house/house.hpp"
#include "house/law_store.hpp"
#include "house/rooms.hpp"
#include "procedure/automatic.hpp"

namespace zhian::house {
namespace fs = std::filesystem;
namespace json = boost::json;
using namespace procedure;

namespace {

GuardResult IsMet(const GuardContext&) { return GuardResult::Holds(); }
Status DoesNothing(EffectContext&) { return Ok(); }

// Of the tables alone: every guard is met and no effect reaches outside, so that what is left is the deadline.
struct TablesAlone {
  std::vector<GuardBinding> guards;
  std::vector<EffectBinding> effects;
  TablesAlone() {
    for (const GuardBinding& each : LiveBindings().guards) guards.push_back({each.guard, &IsMet});
    for (const EffectBinding& each : LiveBindings().effects) effects.push_back({each.effect, &DoesNothing});
  }
  [[nodiscard]] Bindings bindings() const { return {guards, effects, {}}; }
};

std::string Said(bool holds, const std::vector<std::string>& open) {
  if (holds) return "成立";
  std::string text = "不成立";
  for (std::size_t i = 0; i < open.size(); ++i) text += (i == 0 ? "：" : "；") + open[i];
  return text;
}

// Each expected text stands in an open item of its own, and none is left over.
bool AreNamed(const std::vector<std::string>& expected, std::vector<std::string> open) {
  if (expected.size() != open.size()) return false;
  for (const std::string& words : expected) {
    const auto found =
        std::find_if(open.begin(), open.end(), [&](const std::string& item) { return item.find(words) != item.npos; });
    if (found == open.end()) return false;
    open.erase(found);
  }
  return true;
}

// The role in which the actor takes the step: the first of his that it names, else the first that he holds.
const HeldRole* HeldFor(const Transition& step, const Actor& actor) {
  for (const HeldRole& held : actor.roles)
    if (std::find(step.who.begin(), step.who.end(), held.role) != step.who.end()) return &held;
  return actor.roles.empty() ? nullptr : actor.roles.data();
}

std::string SayLimit(std::optional<base::Instant> limit, bool to_the_minute) {
  if (!limit) return "没有期限";
  std::string text = base::FormatDate(base::LocalDate(*limit));
  if (!to_the_minute) return text;
  const std::int64_t minute = (limit->ms - base::StartOfDay(base::LocalDate(*limit)).ms) / 60'000;
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return text + " " + two(minute / 60) + ":" + two(minute % 60);
}

// A later step of a deadline, on the matter as it stands then. A duty is named by its name; the step wants its id.
Result<Command> CommandOf(storage::Connection& db, const Case& one, const std::string& matter_id,
                          const CaseThen& then) {
  ZHIAN_ASSIGN(const Matter matter, LoadMatter(db, matter_id));
  ZHIAN_ASSIGN(const auto duties, LoadDuties(db, matter_id));
  const Transition* step = FindTransition(*one.matter.kind, matter.state, then.did);
  if (const CommonAction* common = FindCommon(*one.matter.kind, then.did); step == nullptr && common != nullptr)
    step = &common->row;
  if (step == nullptr)
    return MakeError(ErrorCode::kInvalid, Say("“{}”没有“{}”这一步", one.matter.kind->label, then.did));
  Command command;
  command.matter_id = matter_id;
  command.action = then.did;
  command.expected_version = matter.version;
  ZHIAN_ASSIGN(command.fields, FilledForm(db, one, *step, then.form));
  if (json::value* named = command.fields.if_contains("duty_id"); named != nullptr)
    for (const DutyRow& row : duties)
      if (row.duty == ScalarText(named)) *named = row.id;
  return command;
}

}  // namespace

struct CaseRunner::Parts {
  std::string folder;
  std::unique_ptr<House> house;
  TablesAlone tables;
  int runs = 0;
  ~Parts() {
    house.reset();
    std::error_code ignored;
    if (!folder.empty()) fs::remove_all(folder, ignored);
  }

  [[nodiscard]] std::string Template() const { return folder + "/template.db"; }
  Result<CaseOutcome> AskGuard(storage::Database& database, const Case& one);
  Result<CaseOutcome> AskDuty(storage::Database& database, const Case& one);
};

CaseRunner::CaseRunner() : parts_(std::make_unique<Parts>()) {}
CaseRunner::~CaseRunner() = default;

Result<std::unique_ptr<CaseRunner>> CaseRunner::Open(const std::string& policy) {
  std::unique_ptr<CaseRunner> runner(new CaseRunner);
  Parts& parts = *runner->parts_;
  // In memory where the machine has such a folder: each case has a store of its own, which nobody keeps.
  std::error_code ignored;
  const fs::path memory = "/dev/shm", where = fs::exists(memory, ignored) ? memory : fs::temp_directory_path();
  parts.folder = (where / ("zhian-law-" + base::RandomCode(12))).string();
  HouseOptions options;
  options.data = parts.folder + "/house";
  options.policy = policy;
  options.make = true;
  ZHIAN_ASSIGN(parts.house, House::Open(options));
  ZHIAN_TRY(parts.house->app().database.Write([](storage::Connection& db) { return PutEveryone(db); }));
  ZHIAN_TRY(parts.house->app().database.Backup(parts.Template()));
  return runner;
}

Result<CaseOutcome> CaseRunner::Run(const Case& one) {
  const std::string file = parts_->folder + "/case-" + std::to_string(++parts_->runs) + ".db";
  std::error_code error;
  fs::copy_file(parts_->Template(), file, error);
  if (error) return MakeError(ErrorCode::kUnavailable, error.message());
  auto outcome = [&]() -> Result<CaseOutcome> {
    ZHIAN_ASSIGN(auto database, storage::Database::Open("sqlite:" + file, {.readers = 1, .synchronous_full = false}));
    for (const desk::RoomFace* room : Rooms())
      if (room->companion != nullptr) database->Accompany(room->companion(*database, ""));
    ZHIAN_TRY(database->Write([&](storage::Connection& db) { return PutOnFile(db, one); }));
    return one.guard != nullptr ? parts_->AskGuard(*database, one) : parts_->AskDuty(*database, one);
  }();
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(file + end, error);
  return outcome;
}

Result<CaseOutcome> CaseRunner::Parts::AskGuard(storage::Database& database, const Case& one) {
  const auto& guards = LiveBindings().guards;
  const auto bound =
      std::find_if(guards.begin(), guards.end(), [&](const GuardBinding& each) { return each.guard == one.guard->id; });
  if (bound == guards.end())
    return MakeError(ErrorCode::kInvalid, Say("条件“{}”还没有程序", std::string(one.guard->id)));
  CaseOutcome outcome;
  ZHIAN_TRY(database.Read([&](storage::Connection& db) -> Status {
    const bool is_new = one.matter.state.empty();
    ZHIAN_ASSIGN(Matter matter, is_new ? Result<Matter>(MatterOf(one.matter)) : LoadMatter(db, one.matter.id));
    const Actor actor = ActorOf(one, one.by);
    Transition step = *one.step;
    if (one.common != nullptr) {
      step.from = step.to = FindState(*one.matter.kind, matter.state)->id;
    } else {
      for (const auto& [name, value] : one.form) matter.fields[name] = value;
      FillAutomatic(matter, *one.matter.kind, step, one.now, actor);
    }
    ZHIAN_ASSIGN(const auto history, LoadTransitions(db, matter.id));
    ZHIAN_ASSIGN(const auto duties, LoadDuties(db, matter.id));
    std::optional<Matter> origin;
    if (!one.origin.empty()) {
      ZHIAN_ASSIGN(origin, LoadMatter(db, one.origin));
    }
    const GuardContext context{.db = db,
                               .services = house->app().services,
                               .now = one.now,
                               .today = base::LocalDate(one.now),
                               .kind = *one.matter.kind,
                               .matter = matter,
                               .transition = step,
                               .actor = actor,
                               .input = one.form,
                               .history = history,
                               .duties = duties,
                               .origin = origin ? &*origin : nullptr,
                               .held = HeldFor(step, actor)};
    const GuardResult result = bound->function(context);
    std::vector<std::string> open;
    for (const Message& item : result.open_items) open.push_back(item.Text());
    outcome.is_met = result.holds == one.holds && (one.open.empty() || AreNamed(one.open, open));
    outcome.expected = Said(one.holds, one.open);
    outcome.got = Said(result.holds, open);
    return Ok();
  }));
  return outcome;
}

Result<CaseOutcome> CaseRunner::Parts::AskDuty(storage::Database& database, const Case& one) {
  base::FixedClock clock(one.now);
  const Services rules_alone{house->app().services.policy, {}};
  const Bindings bindings = tables.bindings();
  Engine engine(database, rules_alone, bindings, clock);
  Command command;
  command.kind = std::string(one.matter.kind->id);
  command.action = std::string(one.step->action);
  command.jurisdiction = one.matter.place;
  command.operator_id = one.matter.operator_id;
  command.title = one.matter.title;
  if (!one.matter.state.empty()) {
    command.matter_id = one.matter.id;
    command.expected_version = 1;
  } else {
    for (const CaseMatter& other : one.others)
      if (other.link_to == one.matter.id) command.links.push_back({other.id, other.relation});
  }
  const Actor actor = ActorOf(one, one.by), second = ActorOf(one, "bureau_head.2");
  std::optional<DutyRow> opened;
  ZHIAN_TRY(database.Write([&](storage::Connection& db) -> Status {
    ZHIAN_ASSIGN(command.fields, FirstForm(db, one));
    ZHIAN_ASSIGN(const Outcome moved, engine.ExecuteIn(db, actor, command, &second));
    for (const CaseThen& then : one.then) {
      clock.Set(then.at);
      ZHIAN_ASSIGN(const Command next, CommandOf(db, one, moved.matter.id, then));
      ZHIAN_TRY(engine.ExecuteIn(db, ActorOf(one, then.by), next, &second));
    }
    ZHIAN_ASSIGN(const auto duties, LoadDuties(db, moved.matter.id));
    for (const DutyRow& row : duties)
      if (row.duty == one.duty->id && row.state == DutyState::kOpen) opened = row;
    return Ok();
  }));
  CaseOutcome outcome;
  outcome.expected = SayLimit(one.limit, one.to_the_minute) + (one.rule.empty() ? "" : "（" + one.rule + "）");
  if (!opened) {
    outcome.got = "没有开始这项待办";
    return outcome;
  }
  std::optional<base::Instant> limit;
  if (opened->limit_at) limit = base::Instant{*opened->limit_at};
  const bool same_rule =
      one.rule.empty() || opened->rule_id == one.rule || policy::WithoutVersion(opened->rule_id) == one.rule;
  const bool same_limit = one.no_limit == !limit &&
                          (!limit || SayLimit(limit, one.to_the_minute) == SayLimit(one.limit, one.to_the_minute));
  outcome.is_met = same_rule && same_limit;
  outcome.got = SayLimit(limit, one.to_the_minute) + (opened->rule_id.empty() ? "" : "（" + opened->rule_id + "）");
  return outcome;
}

LawReport CheckLaw(CaseRunner& runner, const std::vector<Case>& cases) {
  LawReport report;
  for (const Case& one : cases) {
    ++report.cases;
    ++(one.guard != nullptr ? report.guards : report.duties);
    if (!one.known_false.empty()) ++report.known_false;
    const std::string where = one.file + ":" + std::to_string(one.line) + ": " + one.says;
    const auto outcome = runner.Run(one);
    if (!outcome.ok()) {
      std::string text = outcome.error().message.Text();
      for (const FieldError& field : outcome.error().fields) text += "；" + field.pointer + " " + field.message.Text();
      report.faults.push_back(Say("{}｜不能判断：{}", where, text).Text());
    } else if (!outcome->is_met && one.known_false.empty()) {
      report.faults.push_back(Say("{}｜应为：{}｜实为：{}", where, outcome->expected, outcome->got).Text());
    } else if (!outcome->is_met) {
      report.known.push_back(
          Say("{}｜应为：{}｜实为：{}", where, outcome->expected, outcome->got + "｜" + one.known_false).Text());
    } else if (!one.known_false.empty()) {
      report.faults.push_back(Say("{}｜已符合法律，请删去 known_false", where).Text());
    }
  }
  return report;
}

Result<std::vector<Case>> ReadCaseFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (auto it = fs::recursive_directory_iterator(path, error); !error && it != fs::recursive_directory_iterator();
         it.increment(error))
      if (it->path().filename() == "cases.toml") found.push_back(it->path().string());
    if (error) return MakeError(ErrorCode::kNotFound, path + ": " + error.message());
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  std::vector<Case> cases;
  std::vector<FieldError> faults;
  for (const std::string& file : files) {
    ZHIAN_ASSIGN(const std::string text, base::ReadFile(file, kCaseFileBytesMax));
    auto read = ReadCases(text, file);
    if (read.ok())
      std::move(read->begin(), read->end(), std::back_inserter(cases));
    else if (read.error().fields.empty())
      faults.push_back({file, "case.fault", read.error().message});
    else
      faults.insert(faults.end(), read.error().fields.begin(), read.error().fields.end());
  }
  if (!faults.empty()) return NeedsMending(std::move(faults));
  return cases;
}

}  // namespace zhian::house
