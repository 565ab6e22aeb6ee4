// The declared procedures 事項流程: every matter kind as one table of transitions, with its duties and fields.
// Data only, generated from src/rooms/*/procedures.md and src/procedure/data/*.tsv by tools/generate-procedures.py.
// Buttons, permissions, deadlines, diagrams, API actions and tests are derived from these tables; nothing else checks a
// state. Immutable after start; safe to read from any thread.
#pragma once

#include <span>
#include <string_view>

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
};
std::span<const DocumentKind> DocumentKinds();
struct Role {
  Text id;
  Label label;
  Text scope;
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

// Duties whose limit ends a right or a shortest time instead of asking for an act: windows to contest or to be heard,
// keeping of back-up samples, display. Nobody is late with them, nobody is pressed about them; a right that was not
// used lapses.
std::span<const Text> WindowDuties();
bool IsWindow(Text duty);

// Defined by hand in model.cpp. nullptr where there is none.
const Label* FindLabel(Text key);
const Kind* FindKind(Text id);
const Guard* FindGuard(Text id);
const DocumentKind* FindDocumentKind(Text id);
const Role* FindRole(Text id);
const State* FindState(const Kind& kind, Text state);
const Transition* FindTransition(const Kind& kind, Text from, Text action);
const Duty* FindDuty(const Kind& kind, Text duty);

}  // namespace zhian::procedure
