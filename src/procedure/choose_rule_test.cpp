// The rule of every duty for every combination of what it chooses by, against the kept table
// chosen_rules.tsv of its room, which is read row by row against the tables of procedures and the packs whenever it
// changes.
#include "procedure/choose_rule.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "procedure/form.hpp"
#include "procedure/world_for_tests.hpp"

using namespace zhian;
using namespace zhian::procedure;

namespace {

constexpr const char* kUnheardOf = "unheard_of";  // a value that no table knows
using Values = std::map<std::string, std::string>;

const Field* FieldOf(const Kind& kind, Text name) {
  for (const Field& field : kind.fields)
    if (field.name == name) return &field;
  for (const Transition& row : kind.transitions)
    for (const Text id : row.guards)
      if (const Guard* guard = FindGuard(id); guard != nullptr)
        for (const Field& field : guard->fields)
          if (field.name == name) return &field;
  return nullptr;
}

// What a matter may hold in a field: all values that its type declares, nothing, and something that nobody declared. A
// text may hold what the choice names.
std::vector<std::string> ValuesOf(const Field& field, const RuleChoice& choice, std::size_t place) {
  std::vector<std::string> values{"", kUnheardOf};
  if (field.type == "bool") return {"", "true", "false"};
  if (field.type == "choice") {
    for (std::string& value : SplitArguments(field.args, '|')) values.push_back(std::move(value));
    return values;
  }
  std::set<std::string> named;
  for (const RuleAnswer& answer : choice.answers)
    if (answer.values[place] != "*") named.emplace(answer.values[place]);
  values.insert(values.end(), named.begin(), named.end());
  return values;
}

std::vector<Values> Combinations(const Kind& kind, const RuleChoice& choice) {
  std::vector<Values> all{{}};
  for (std::size_t place = 0; place < choice.fields.size(); ++place) {
    const Field* field = FieldOf(kind, choice.fields[place]);
    REQUIRE_MESSAGE(field != nullptr, (std::string(kind.id) + " has no field " + std::string(choice.fields[place])));
    std::vector<Values> next;
    for (const Values& known : all)
      for (const std::string& value : ValuesOf(*field, choice, place)) {
        next.push_back(known);
        next.back()[std::string(choice.fields[place])] = value;
      }
    all = std::move(next);
  }
  return all;
}

std::string RuleFor(const RuleChoice& choice, const Values& values) {
  Matter matter;
  for (const auto& [name, value] : values)
    if (!value.empty()) matter.fields[name] = value;
  const Text rule = ChooseRule(choice, matter);
  return rule.empty() ? "none" : std::string(rule);
}

// By room, as src/rooms/ROOM/chosen_rules.tsv keeps it.
std::map<std::string, std::string> ChosenRules() {
  std::map<std::string, std::string> rooms;
  for (const Kind& kind : Kinds())
    for (const Duty& duty : kind.duties)
      for (const auto& [column, choice] : {std::pair{"rule", &duty.rule}, std::pair{"extension", &duty.extension}}) {
        if (choice == &duty.extension && choice->fields.empty() && choice->answers.front().rule.empty()) continue;
        for (const Values& values : Combinations(kind, *choice)) {
          std::string said;
          for (const auto& [name, value] : values)
            said += (said.empty() ? "" : " ") + name + "=" + (value.empty() ? "unset" : value);
          std::ostringstream row;
          row << kind.id << '\t' << duty.id << '\t' << column << '\t' << (said.empty() ? "always" : said) << '\t'
              << RuleFor(*choice, values) << '\n';
          std::string& text = rooms[std::string(kind.room)];
          if (text.empty()) text = "kind\tduty\tcolumn\tvalues\trule\n";
          text += row.str();
        }
      }
  return rooms;
}

}  // namespace

TEST_CASE("the rule of every duty is the one that was looked at") {
  const std::filesystem::path source = std::filesystem::path(ZHIAN_SOURCE_DIR) / "src";
  for (const auto& [room, chosen] : ChosenRules()) {
    const bool of_rooms = std::filesystem::exists(source / "rooms" / room);
    const std::filesystem::path file = (of_rooms ? source / "rooms" / room : source / room) / "chosen_rules.tsv";
    if (std::getenv("ZHIAN_RENEW_CHOSEN_RULES") != nullptr) std::ofstream(file, std::ios::binary) << chosen;
    std::ifstream in(file, std::ios::binary);
    const std::string kept{std::istreambuf_iterator<char>(in), {}};
    CHECK_MESSAGE(chosen == kept,
                  ("Rules are chosen otherwise than " + file.string() +
                   " says. If that is meant: run this test with ZHIAN_RENEW_CHOSEN_RULES=1, look at each "
                   "changed row (git diff) against the table of its kind and the law, and commit the file "
                   "with the change."));
  }
}

TEST_CASE("a rule of another regime is never chosen") {
  // A segment of a rule's id that belongs to one regime. "general" is the law for all; a matter whose regime nobody has
  // said follows the rules of food, where its table says so.
  static const std::map<std::string, std::set<std::string>, std::less<>> kRegimes{
      {"food", {"food", ""}}, {"food_sale", {"food_sale"}}, {"food2007", {"food2007"}},
      {"agri", {"agri"}},     {"product", {"product"}},     {"industrial", {"industrial"}}};
  int looked_at = 0;
  for (const Kind& kind : Kinds()) {
    const Field* regime = FieldOf(kind, "regime");
    if (regime == nullptr) continue;
    for (const Duty& duty : kind.duties)
      for (const RuleChoice* choice : {&duty.rule, &duty.extension})
        for (Values values : Combinations(kind, *choice)) {
          // A duty that does not choose by the regime is held to it all the same.
          std::vector<std::string> regimes{values["regime"]};
          if (std::find(choice->fields.begin(), choice->fields.end(), "regime") == choice->fields.end())
            regimes = ValuesOf(*regime, RuleChoice{}, 0);
          for (const std::string& value : regimes) {
            values["regime"] = value;
            const std::string rule = RuleFor(*choice, values);
            std::istringstream segments(rule);
            for (std::string segment; std::getline(segments, segment, '.');)
              if (const auto owner = kRegimes.find(segment); owner != kRegimes.end())
                CHECK_MESSAGE(owner->second.contains(value), (std::string(kind.id) + "." + std::string(duty.id) +
                                                              " of regime '" + value + "' takes " + rule));
            ++looked_at;
          }
        }
  }
  CHECK(looked_at > 200);
}

TEST_CASE("a value that the table does not know has no rule, unless the table says what holds otherwise") {
  static constexpr Text kFields[] = {"regime"};
  static constexpr Text kFood[] = {"food"}, kOther[] = {"*"};
  static constexpr RuleAnswer kClosed[] = {{kFood, "a.food"}};
  static constexpr RuleAnswer kOpen[] = {{kFood, "a.food"}, {kOther, "a.general"}};
  CHECK(RuleFor({kFields, kClosed}, {{"regime", "food"}}) == "a.food");
  CHECK(RuleFor({kFields, kClosed}, {{"regime", "product"}}) == "none");
  CHECK(RuleFor({kFields, kClosed}, {{"regime", ""}}) == "none");
  CHECK(RuleFor({kFields, kOpen}, {{"regime", "product"}}) == "a.general");
}

namespace {
// The rule of the first duty that a matter has when `action` makes it of, or links it to, a sample with these fields.
std::string RuleOfNew(const char* kind, const char* action, const Actor& actor, boost::json::object sample_fields) {
  World world;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                ZHIAN_TRY(Put(c, *FindKind("sample"), "failed", "s"));
                ZHIAN_ASSIGN(Matter sample, LoadMatter(c, "s"));
                sample.fields = std::move(sample_fields);
                return SaveMatter(c, sample, false);
              })
              .ok());
  Command command;
  command.kind = kind;
  command.action = action;
  command.jurisdiction = "511113";
  command.operator_id = "op";
  command.links = {{"s", "about"}};
  if (!actor.system)  // a person fills the form; none of its fields says the regime
    for (const FormField& field : FormOf(*FindKind(kind), *FindTransition(*FindKind(kind), "", action)))
      if (!field.field->optional) command.fields[field.field->name] = "x";
  std::string rule;
  REQUIRE(world.db
              ->Write([&](storage::Connection& c) -> Status {
                ZHIAN_ASSIGN(const Outcome done, world.engine->ExecuteIn(c, actor, command));
                ZHIAN_ASSIGN(const auto duties, LoadDuties(c, done.matter.id));
                rule = duties.front().rule_id.empty() ? "none" : duties.front().rule_id;
                return Ok();
              })
              .ok());
  return rule;
}
}  // namespace

TEST_CASE("what is linked to a sample follows the sample's regime and verdict, which nobody types again") {
  const auto reinspection = [](const char* regime) {
    return RuleOfNew("reinspection", "apply", World::Holder("operator_user"), {{"regime", regime}});
  };
  CHECK(reinspection("product") == "sampling.product.reinspect.accept");
  CHECK(reinspection("food") == "sampling.food.reinspect.accept");
  CHECK(RuleOfNew("backup_sample", "keep", Actor::System(), {{"regime", "food"}, {"verdict", "fail"}}) ==
        "sampling.food.backup.fail");
  CHECK(RuleOfNew("publication", "draft_publication", Actor::System(), {}) == "sampling.publish");
}
