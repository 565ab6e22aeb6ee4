// What moves a limit and what does not: a time that only the sender states, grounds that hold together, years without a
// calendar, and a matter whose limits all lie behind.
#include <doctest/doctest.h>

#include "procedure/form.hpp"
#include "procedure/move.hpp"
#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;

namespace {

struct Desk : World {
  explicit Desk(const char* at) { clock.Set(*base::ParseInstant(at)); }
  // A matter of the kind in a state, with fields on file.
  void File(const char* kind, const char* state, boost::json::object fields = {}) const {
    REQUIRE(db->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(Put(c, *FindKind(kind), state, "m"));
                ZHIAN_ASSIGN(Matter matter, LoadMatter(c, "m"));
                matter.fields = std::move(fields);
                return SaveMatter(c, matter, false);
              }).ok());
  }
  [[nodiscard]] Matter Stored() const {
    Matter matter;
    REQUIRE(db->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(matter, LoadMatter(c, "m"));
                return Ok();
              }).ok());
    return matter;
  }
  Result<Outcome> Try(const char* action, Actor actor, Command command = {}) const {
    command.action = action;
    command.matter_id = "m";
    command.kind = Stored().kind;
    command.expected_version = Stored().version;
    return engine->Execute(actor, command);
  }
  void Do(const char* action, Command command = {}) const {
    const Kind& kind = *FindKind(Stored().kind);
    const Transition* row = FindTransition(kind, Stored().state, action);
    REQUIRE(row != nullptr);
    const Text who = row->who.front();
    if (who != kSystemRole)
      for (const FormField& field : FormOf(kind, *row))
        if (!field.field->optional && !command.fields.contains(field.field->name))
          command.fields[field.field->name] = Plain(*field.field);
    const auto done = Try(action, who == kSystemRole ? Actor::System() : Holder(who), command);
    std::string faults = done.ok() ? "" : done.error().message.Text();
    if (!done.ok())
      for (const FieldError& field : done.error().fields) faults += " " + field.pointer + ": " + field.message.Text();
    REQUIRE_MESSAGE(done.ok(), faults);
  }
  [[nodiscard]] DutyRow Last(Text duty) const {
    DutyRow last;
    REQUIRE(db->Read([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const auto duties, LoadAllDuties(c, "m"));
                for (const DutyRow& row : duties)
                  if (row.duty == duty) last = row;
                return Ok();
              }).ok());
    return last;
  }
  [[nodiscard]] std::string DueOn(Text duty) const {
    const DutyRow row = Last(duty);
    return row.limit_at ? base::FormatDate(base::LocalDate(base::Instant{*row.limit_at})) : "none";
  }
  void Now(const char* at) { clock.Set(*base::ParseInstant(at)); }

 private:
  [[nodiscard]] boost::json::value Plain(const Field& field) const {
    if (field.type == "date") return boost::json::value(base::FormatDate(base::LocalDate(clock.Now())));
    if (field.type == "datetime") return boost::json::value(base::FormatInstant(clock.Now()));
    if (field.type == "bool") return boost::json::value(true);
    if (field.type == "choice") return boost::json::value(SplitArguments(field.args, '|').front());
    if (field.type == "officers") return boost::json::array{"a", "b"};
    if (field.type == "items") return boost::json::array{};
    return boost::json::value("1");
  }
};

// An open duty of the matter "m" that ends with the day.
DutyRow DutyOf(const char* kind, const char* duty, const char* holder, const char* limit) {
  DutyRow row;
  row.id = "d";
  row.matter_id = "m";
  row.kind = kind;
  row.duty = duty;
  row.holder_role = holder;
  row.jurisdiction = "511113";
  row.limit_at = base::EndOfDay(*base::ParseDate(limit)).ms;
  return row;
}
}  // namespace

TEST_CASE("several grounds stop a clock, and it runs on only once none of them is left") {
  Desk desk("2026-10-12T10:00:00+08:00");
  desk.File("enforcement_case", "deciding");
  desk.Do("send_back");
  // As a case that was filed on 12 October stands: 90 days, until 10 January (a Sunday): the 11th.
  REQUIRE(desk.db
              ->Write([&](storage::Connection& c) -> Status {
                DutyRow duty = DutyOf("enforcement_case", "decide_case", "bureau_head", "2026-12-28");
                duty.rule_id = "case.decide";
                duty.opened_at = duty.start_at = desk.clock.Now().ms;
                return InsertDuty(c, duty);
              })
              .ok());
  desk.Do("stop_clock_of_case");
  desk.Now("2026-10-14T10:00:00+08:00");
  desk.Do("refer_to_police");
  CHECK(desk.Last("decide_case").stopped_by == std::vector<std::string>{"case_stopped", "police"});
  desk.Now("2026-10-16T10:00:00+08:00");
  desk.Do("resume_case");
  CHECK(desk.Last("decide_case").state == DutyState::kSuspended);
  CHECK(desk.DueOn("decide_case") == "2026-12-28");
  desk.Now("2026-10-20T10:00:00+08:00");
  desk.Do("resume_case");  // nothing stops it on this ground any more
  CHECK(desk.Last("decide_case").stopped_by == std::vector<std::string>{"police"});
  desk.Do("take_back");
  CHECK(desk.Last("decide_case").state == DutyState::kOpen);
  CHECK(desk.DueOn("decide_case") == "2027-01-05");
  CHECK(desk.Last("decide_case").uncertain);  // nobody knows the holidays of 2027 yet
}

TEST_CASE("a filing that is four days late is not made timely by the time that its sender states") {
  const auto closed_as = [](const char* role, const char* occurred, std::string key) {
    Desk desk("2026-10-12T10:00:00+08:00");
    desk.File("rectification", "ordered");
    REQUIRE(desk.db
                ->Write([&](storage::Connection& c) -> Status {
                  return InsertDuty(c, DutyOf("rectification", "rectify", "operator_user", "2026-10-08"));
                })
                .ok());
    Command command;
    command.occurred_at = *base::ParseInstant(occurred);
    command.idempotency_key = std::move(key);
    for (const FormField& field :
         FormOf(*FindKind("rectification"), *FindTransition(*FindKind("rectification"), "ordered", "report")))
      if (!field.field->optional) {
        boost::json::object row;
        for (const Column& column : ColumnsOf(*field.field)) row[column.name] = "1";
        command.fields[field.field->name] = boost::json::array{std::move(row)};
      }
    const auto done = desk.Try("report", World::Holder(role), command);
    REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().fields.front().pointer));
    return desk.Last("rectify").state;
  };
  const auto born = [](const char* at) { return base::NewUuid7(*base::ParseInstant(at)); };
  CHECK(closed_as("operator_user", "2026-10-08T16:00:00+08:00", "") == DutyState::kDoneLate);
  CHECK(closed_as("operator_user", "2026-10-08T16:00:00+08:00", born("2026-10-08T15:00:00+08:00")) ==
        DutyState::kDoneLate);
  CHECK(closed_as("inspector", "2026-10-08T16:00:00+08:00", born("2026-10-08T15:00:00+08:00")) == DutyState::kDoneLate);
}

TEST_CASE("an officer's capture without a signal counts by its time only with a draft that was born with it") {
  CHECK(base::TimeOfUuid7(base::NewUuid7(base::Instant{1'790'000'000'123}))->ms == 1'790'000'000'123);
  CHECK_FALSE(base::TimeOfUuid7("not-a-key").has_value());
  CHECK_FALSE(base::TimeOfUuid7("0199a0b2-0000-4000-8000-000000000000").has_value());  // of version 4: no time in it
}

TEST_CASE("a matter whose limits all lie behind its last act is woken daily") {
  const Kind& kind = *FindKind("rectification");
  Matter matter;
  matter.kind = "rectification";
  matter.state = "ordered";
  DutyRow duty;
  duty.duty = "rectify";
  const base::Instant now = *base::ParseInstant("2026-10-12T10:00:00+08:00");
  duty.limit_at = now.ms - 1'000;
  const std::int64_t tomorrow = base::StartOfDay(*base::ParseDate("2026-10-13")).ms + 1;
  CHECK(NextWake(kind, matter, std::vector{duty}, now) == tomorrow);
  duty.limit_at = now.ms + 5'000;
  CHECK(NextWake(kind, matter, std::vector{duty}, now) == now.ms + 5'001);
  matter.state = "reported";  // nothing there is the clock's
  CHECK(NextWake(kind, matter, std::vector{duty}, now) == 0);
}

TEST_CASE("a limit that is counted through a year without a calendar says so") {
  Desk desk("2026-12-11T10:00:00+08:00");
  desk.File("supervision_task", "reported");
  desk.Do("return_result");
  CHECK(desk.Last("carry_out_task").uncertain);
  Desk known("2026-09-24T10:00:00+08:00");
  known.File("supervision_task", "reported", {{"assigned_on", "2026-08-03"}});
  known.Do("return_result");
  CHECK_FALSE(known.Last("carry_out_task").uncertain);
  CHECK(known.DueOn("carry_out_task") == "2026-10-22");  // from the return, not from the first assignment
}
