// The declared procedures 事項流程: every matter kind as one table of transitions, with its duties and fields.
// Data only, generated from src/rooms/*/procedures.md and src/procedure/data/*.tsv by tools/generate-procedures.py.
// Buttons, permissions, deadlines, diagrams, API actions and tests are derived from these tables; nothing else checks a
// state. Immutable after start; safe to read from any thread.
#pragma once

#include <span>
#include <string_view>

#include "procedure/words.generated.hpp"

namespace zhian::procedure {

using Text = std::string_view;
using Texts = std::span<const std::string_view>;

// A label in the three languages of the interface.
struct Label {
  Text zh_hans, zh_hant, en;
};

struct State {
  Text id;
  Label label;
  bool terminal = false;
  Tone tone = Tone::kRunning;
};

// What a transition does to a duty of its kind.
struct DutyOp {
  enum class Kind { kOpen, kClose, kSuspend, kResume } kind;
  Text duty;
};

// What other rooms do in the same transaction. start: target = kind, action = creation row or "";
// close, credit, set, hold, free, stop, notify, flag, unflag: target = the word after the colon.
struct Effect {
  enum class Kind { kStart, kClose, kCredit, kSet, kHold, kFree, kStop, kNotify, kFlag, kUnflag } kind;
  Text target;
  Text action;
};

// One row of the table. Key: (kind, from, action); `from` is empty for a creation row, and never "any": it is expanded.
struct Transition {
  Text from;
  Text action;
  Label label;
  Text to;  // the state after it; equal to `from` where the row says "="
  Texts who;
  Texts guards;
  std::span<const DutyOp> duties;
  Text document;  // empty: none
  std::span<const Effect> effects;
};

// One case of a choice: the values of its fields, and the rule for them. "" is a field that nobody has filled; "*" is
// every value that no other case names in that place. `rule` is "" where the law knows none.
struct RuleAnswer {
  Texts values;
  Text rule;
};

// By which fields a rule is chosen, and the rule for each combination of their values. Without fields there is one
// answer. The generator has checked that every combination is answered; those with "*" come after those that name a
// value.
struct RuleChoice {
  Texts fields;
  std::span<const RuleAnswer> answers;
};

// One row of the duty table.
struct Duty {
  Text id;
  Label label;
  Text holder;  // role
  RuleChoice rule;
  Text clock_field;     // the field on whose day the clock starts; empty: when the duty is opened
  bool before = false;  // counts backward from the field's date
  Texts suspended_by;
  RuleChoice extension;
};

// A field of the record of a kind, or one that an action's form asks for.
struct Field {
  Text name;
  Text type;  // text longtext date datetime integer decimal money quantity bool choice duty officers account operator
              // matter jurisdiction file files items code
  Text args;  // "a|b|c" for choice, "2" for officers, columns for items, a kind for matter, "uscc" for code
  bool optional = false;
  Label label;
  Texts actions;    // the actions whose form asks for it
  Text visibility;  // "public", "staff", "restricted"
  // Empty, or who fills it instead of a form: "auto:now", "auto:today", "auto:actor", "auto:input.x" (another field of
  // the step), "auto:source.kind" and "auto:source.x" (the matter that this one was started from or linked to first),
  // "auto:engine" (code of the room, or taken over from the matter that starts this one).
  Text automatic;
};

// A named sentence that must be true.
struct Guard {
  // kCodeForm: code that also reads what the form of the step brings, so it is judged when the form is sent.
  enum class How { kFields, kCode, kCodeForm, kSecond, kPending } how;
  Text id;
  Label label;
  std::span<const Field> fields;  // what it asks the form for; `actions` is empty here
  Text ground;                    // the law that asks for it, in Chinese; empty: the ground of the kind
  std::span<const GuardMark> marks;
};

// A duty whose limit ends a right or a time instead of asking for an act: nobody is late with it.
struct Window {
  Text duty;
  WindowSort sort;
};
struct MainStep {
  Text state, action;
};
struct StateMeaning {
  Meaning meaning;
  Texts states;
};
// What this kind calls matters of other kinds that its guards ask for ("case"), and which kinds those are.
struct Relation {
  Text name;
  Texts kinds;
};

// What a kind says of itself beside its tables, so that nothing else has to know it by name (docs/procedures.md, "Lines
// of a kind").
struct KindTraits {
  Text number;       // its matters' numbers begin with it; no two kinds have the same
  Text called;       // the word that the subjects of other kinds use for it; empty: its id
  Text contests;     // the field that names the matter whose window to contest it must keep to
  Text portal;       // the list of the public portal on which its publications stand; empty: the general one
  Texts title;       // a new matter is named by the first of these fields that its form fills
  Texts renamed_by;  // a later step that fills the first of these renames it by all of them
  Texts wakes;       // dates: the clock looks at the matter on the day after
  Texts list;        // fields that a list of this kind shows
  Texts shows;       // fields that other rooms may read: their names stay
  Texts procedural;  // steps that judge nothing (sending back, stopping): who took only these may still decide
  std::span<const Mark> marks;
  std::span<const Window> windows;
  std::span<const MainStep> main_way;  // the natural step of each open state
  std::span<const StateMeaning> meanings;
  std::span<const Relation> asks;
};

struct Kind {
  Text id;
  Text room;
  Label label;
  Text purpose;
  Text ground;
  bool live = false;  // every guard, effect, document and page of it is real
  std::span<const State> states;
  std::span<const Transition> transitions;
  std::span<const Duty> duties;
  std::span<const Field> fields;
  KindTraits traits;
};

// An action that every kind has, or those in `kinds` (empty: every one): open in any state that is not terminal, and
// changes none. Its `from` and `to` are empty here; a role "holder" means whoever holds an open duty of the matter.
struct CommonAction {
  Transition row;
  Texts kinds;
};
std::span<const CommonAction> CommonActions();
const CommonAction* FindCommon(const Kind& kind, Text action);

// Defined in the generated kinds.generated.cpp, sorted by id.
std::span<const Kind> Kinds();
std::span<const Guard> Guards();
struct DocumentKind {
  Text id;
  Label label;
  bool external = false;  // keeps the issuer's own number
  Text word;              // of its series in its number (金市监罚〔2026〕12号); office usage, not law
};
std::span<const DocumentKind> DocumentKinds();
struct Role {
  Text id;
  Label label;
  Text scope;
  std::span<const RoleMark> marks;
  Texts above;  // who may act in its place where nobody who holds it may decide, because all took part in the matter
};
std::span<const Role> Roles();
struct SuspensionGround {
  Text id;
  Label label;
};
std::span<const SuspensionGround> SuspensionGrounds();

// Texts of the interface that belong to data: fields, choices, flags, rooms. Sorted by key.
struct LabelRow {
  Text key;
  Label label;
};
std::span<const LabelRow> Labels();

// The duties that are windows, of all kinds, sorted; a name is a window wherever it stands.
std::span<const Text> WindowDuties();
bool IsWindow(Text duty);
// The window of this sort that the kind opens; nullptr where it has none.
const Duty* FindWindow(const Kind& kind, WindowSort sort);
const Window* WindowOf(const Kind& kind, Text duty);

// First words of `set:` effects that write the matter's own record ("sample" of set:sample.limits_snapshot).
std::span<const Text> OwnRecords();

bool Has(const Kind& kind, Mark mark);
bool Has(Text role, RoleMark mark);
bool Has(const Guard& guard, GuardMark mark);
// Whether the kind declares that the state has this meaning.
bool Means(const Kind& kind, Text state, Meaning meaning);
Texts StatesThatMean(const Kind& kind, Meaning meaning);  // none where the kind declares none
// The kinds that `kind` declares for the relation; none where it declares no such relation.
Texts KindsAsked(const Kind& kind, Text relation);
// The one kind whose publications stand on this list of the portal; nullptr where there is none.
const Kind* FindPortalKind(Text list);
// The natural step of the state; nullptr where it is an end.
const Transition* MainStepOf(const Kind& kind, Text state);

// The role of the clock and of the engine's own moves.
inline constexpr Text kSystemRole = "system";

// Defined by hand in model.cpp. nullptr where there is none.
const Label* FindLabel(Text key);
const Kind* FindKind(Text id);
const Guard* FindGuard(Text id);
const DocumentKind* FindDocumentKind(Text id);
const Role* FindRole(Text id);
const State* FindState(const Kind& kind, Text state);
// How a state is shown; one that the kind does not know (any more) has ended.
Tone ToneOf(const Kind* kind, Text state);
// The word of words.tsv.
Text Name(Tone tone);
const Transition* FindTransition(const Kind& kind, Text from, Text action);
const Duty* FindDuty(const Kind& kind, Text duty);

}  // namespace zhian::procedure
