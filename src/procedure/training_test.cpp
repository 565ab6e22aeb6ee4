// Exercises: a training matter walks the same rows as a real one, and nothing of it is felt outside.
#include "procedure/training.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "procedure/form.hpp"
#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;
namespace json = boost::json;

namespace {

std::vector<std::string> called;
// Which effect it stands for is told by its transition: every effect of the row is run in turn, so the row's own names
// are noted.
Status Note(EffectContext& context) {
  for (const Effect& effect : context.transition.effects)
    if (effect.target == context.argument)
      called.push_back((context.matter.Has(kTraining) ? "training " : "real ") + std::string(effect.target));
  return Ok();
}

// Something that the form takes, where the type is simple; null where it needs what is on file.
json::value Filled(const Field& field) {
  const std::string type(field.type), args(field.args);
  if (type == "text" || type == "longtext") return "写满十个字以上的理由和说明";
  if (type == "date") return "2026-10-10";
  if (type == "datetime") return "2026-10-10T10:00:00+08:00";
  if (type == "integer" || type == "decimal" || type == "money") return "3";
  if (type == "bool") return true;
  if (type == "choice") return json::value(args.substr(0, args.find('|')));
  if (type == "quantity") return json::object{{"value", "3"}, {"unit", "kg"}};
  return nullptr;
}

struct Walked {
  int moves = 0, leaves = 0;
  std::set<std::string> outside, started_real;
};

// Each row of each live kind from its state, on a matter that is training or not; what is done is undone.
Walked WalkAll(bool training) {
  World world;
  std::vector<EffectBinding> bound;
  for (const std::string& name : world.names) bound.push_back({name, &Note});
  world.bindings = {world.guards, bound, {}};
  Walked walked;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                for (const Kind& kind : Kinds()) {
                  if (!kind.live) continue;
                  for (const Transition& row : kind.transitions) {
                    if (row.from.empty()) continue;  // a creation is training by what starts it
                    Command command{.kind = std::string(kind.id), .matter_id = "m", .action = std::string(row.action)};
                    command.expected_version = 1;
                    for (const FormField& entry : FormOf(kind, row))
                      if (json::value value = Filled(*entry.field); !value.is_null())
                        command.fields[entry.field->name] = std::move(value);
                    called.clear();
                    ZHIAN_TRY(c.Script("SAVEPOINT row"));
                    ZHIAN_TRY(Put(c, kind, row.from, "m"));
                    ZHIAN_ASSIGN(Matter matter, LoadMatter(c, "m"));
                    if (training) matter.flags = {std::string(kTraining)};
                    ZHIAN_TRY(SaveMatter(c, matter, false));
                    const Actor actor = row.who.front() == "system" ? Actor::System() : World::Holder(row.who.front());
                    const Actor second = World::Holder("bureau_head");
                    const auto done = world.engine->ExecuteIn(c, actor, command, &second);
                    if (done.ok() && done->approval_id.empty()) {
                      ++walked.moves;
                      for (const std::string& name : called) walked.outside.insert(name);
                      CHECK((done->matter.Has(kTraining) == training));
                      CHECK((done->matter.title.starts_with(kTrainingMark) == training));
                      for (const Started& started : done->started) {
                        ZHIAN_ASSIGN(const Matter other, LoadMatter(c, started.id));
                        if (!other.Has(kTraining)) walked.started_real.insert(other.kind);
                      }
                      ZHIAN_ASSIGN(
                          const auto told,
                          c.Query("SELECT COUNT(*) FROM outbox WHERE role IN ('public','upper_authority') LIMIT 1"));
                      if (told.front().integer(0) > 0) walked.outside.insert("notify");
                    }
                    ZHIAN_TRY(c.Script("ROLLBACK TO SAVEPOINT row; RELEASE SAVEPOINT row"));
                  }
                }
                return Ok();
              })
              .ok());
  return walked;
}

}  // namespace

TEST_CASE("property: no row of a training matter is felt outside, and what it starts is training") {
  const Walked real = WalkAll(false), exercise = WalkAll(true);
  MESSAGE(exercise.moves << " moves of exercises, " << real.moves << " real ones");
  CHECK(exercise.moves >= 100);
  CHECK(real.moves == exercise.moves);
  // The rows do reach outside where they are real.
  CHECK(real.outside.contains("real lots"));
  CHECK(real.outside.contains("notify"));
  CHECK(!real.started_real.empty());
  for (const std::string& name : exercise.outside) {
    CHECK_MESSAGE(name.starts_with("training "), name);
    const std::string target = name.substr(std::string("training ").size());
    CHECK_MESSAGE((target.find('.') == std::string::npos || target.starts_with("case.") ||
                   target.starts_with("sample.") || target.starts_with("body.") || target.starts_with("exercise.")),
                  name);
    CHECK(target != "lots");
  }
  CHECK(exercise.started_real.empty());
  CHECK(!exercise.outside.contains("notify"));
}

TEST_CASE("no row of a table takes the flag away, and only an exercise gives it") {
  for (const Kind& kind : Kinds())
    for (const Transition& row : kind.transitions)
      for (const Effect& effect : row.effects) {
        if (effect.target != kTraining) continue;
        CHECK(effect.kind == Effect::Kind::kFlag);
        CHECK(kind.id == "exercise");
        CHECK(row.from.empty());
      }
}

TEST_CASE("a training matter is linked with training ones only, and bears papers of a series of their own") {
  Matter drill, real;
  drill.flags = {std::string(kTraining)};
  real.number = "REC-1";
  CHECK(MustBeOfOneWorld(drill, drill, "/links").ok());
  CHECK(MustBeOfOneWorld(real, real, "/links").ok());
  CHECK(!MustBeOfOneWorld(drill, real, "/links").ok());
  CHECK(!MustBeOfOneWorld(real, drill, "/links").ok());
  CHECK(MarkedTitle(MarkedTitle("豆腐召回")) == "【演练】豆腐召回");
}

TEST_CASE("a matter that ended with its exercise moves no more") {
  World world;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                const Kind& kind = *FindKind("recall");
                ZHIAN_TRY(Put(c, kind, "running", "m"));
                ZHIAN_ASSIGN(Matter matter, LoadMatter(c, "m"));
                matter.flags = {std::string(kTraining)};
                matter.terminal = true;
                ZHIAN_TRY(SaveMatter(c, matter, false));
                CHECK(EndedWithExercise(matter, kind));
                const Actor actor = World::Holder("operator_user");
                ZHIAN_ASSIGN(const auto offered, world.engine->Available(c, actor, matter));
                CHECK(offered.empty());
                Command command{.kind = "recall", .matter_id = "m", .action = "report_progress"};
                command.expected_version = 1;
                const auto done = world.engine->ExecuteIn(c, actor, command);
                CHECK(!done.ok());
                CHECK(done.error().code == ErrorCode::kConflict);
                return Ok();
              })
              .ok());
}
