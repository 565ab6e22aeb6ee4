"""The tables as the constant data of procedure/model.hpp (kinds.generated.cpp)."""
from . import choices
from . import tables as reading
from . import traits
from .cpp import Arrays, boolean, label, text

GUARD_HOW = {"fields": "kFields", "code": "kCode", "code+form": "kCodeForm", "second": "kSecond", "pending": "kPending"}
DUTY_OPERATION = {"+": "kOpen", "-": "kClose", "~": "kSuspend", "^": "kResume"}


def field_code(tables, arrays, field):
    arguments = reading.shown_columns(field.arguments) if field.type == "items" else field.arguments
    return (f"Field{{{text(field.name)}, {text(field.type)}, {text(arguments)}, {boolean(field.optional)}, "
            f"{label(tables.label('field.' + field.name))}, {arrays.texts(field.actions)}, {text(field.visibility)}, "
            f"{text(field.automatic)}}}")


def guard_code(tables, arrays, guard):
    fields = arrays.add("Field", [field_code(tables, arrays, field) for field in guard.fields])
    named = label(tables.label("guard." + guard.name))
    return (f"Guard{{Guard::How::{GUARD_HOW[guard.how]}, {text(guard.name)}, {named}, {fields}, {text(guard.ground)}, "
            f"{traits.guard_marks(arrays, guard)}}}")


def state_code(tables, kind, state, terminal):
    return f"State{{{text(state)}, {label(tables.label(f'state.{kind.name}.{state}'))}, {boolean(terminal)}, {traits.constant('tone', traits.tone(kind, state))}}}"


def effect_code(verb, target, action):
    return f"Effect{{Effect::Kind::k{verb.capitalize()}, {text(target)}, {text(action)}}}"


def transitions_code(tables, arrays, kind):
    """One entry a step; the steps of a row share its arrays."""
    shared, steps = {}, []
    for origin, to, row in kind.steps():
        if id(row) not in shared:
            shared[id(row)] = (arrays.texts(row.who), arrays.texts(row.guards),
                               arrays.add("DutyOp", [f"DutyOp{{DutyOp::Kind::{DUTY_OPERATION[duty[0]]}, {text(duty[1:])}}}"
                                                     for duty in row.duties]),
                               arrays.add("Effect", [effect_code(*effect) for effect in row.effects]))
        who, guards, duties, effects = shared[id(row)]
        named = label(tables.label(f"action.{kind.name}.{row.action}"))
        steps.append(f"Transition{{{text(origin)}, {text(row.action)}, {named}, {text(to)}, {who}, {guards}, "
                     f"{duties}, {text(row.document)}, {effects}}}")
    return arrays.add("Transition", steps)


def choice_code(tables, arrays, kind, choice):
    answers = [f"RuleAnswer{{{arrays.texts(values)}, {text(rule)}}}"
               for values, rule in choices.table(tables, kind, choice)]
    return f"RuleChoice{{{arrays.texts(choice.fields)}, {arrays.add('RuleAnswer', answers)}}}"


def duty_code(tables, arrays, kind, duty):
    clock_field = duty.clock.removeprefix("before ").removeprefix("field:") if "field:" in duty.clock else ""
    return (f"Duty{{{text(duty.name)}, {label(tables.label(f'duty.{kind.name}.{duty.name}'))}, {text(duty.holder)}, "
            f"{choice_code(tables, arrays, kind, duty.rule)}, {text(clock_field)}, "
            f"{boolean(duty.clock.startswith('before '))}, {arrays.texts(duty.suspended_by)}, "
            f"{choice_code(tables, arrays, kind, duty.extension)}}}")


def kind_code(tables, arrays, kind):
    states = arrays.add("State", [state_code(tables, kind, state, end) for state, end in kind.states.items()])
    transitions = transitions_code(tables, arrays, kind)
    duties = arrays.add("Duty", [duty_code(tables, arrays, kind, duty) for duty in kind.duties.values()])
    fields = arrays.add("Field", [field_code(tables, arrays, field) for field in kind.fields if field.visibility != "house"])
    return (f"Kind{{{text(kind.name)}, {text(kind.room)}, {label(tables.label('kind.' + kind.name))}, {text(kind.purpose)}, "
            f'"", {boolean(kind.live)}, {states}, {transitions}, {duties}, {fields}, '
            f'{traits.code(tables, arrays, kind)}}}')


def common_action_code(tables, arrays, row):
    who, guards = arrays.texts(row.who), arrays.texts(row.guards)
    effects = arrays.add("Effect", [effect_code("set", effect, "") for effect in row.effects])
    named = label(tables.label("action.common." + row.action))
    transition = (f'Transition{{"", {text(row.action)}, {named}, "", {who}, {guards}, '
                  f"{{}}, {text(row.document)}, {effects}}}")
    return f"CommonAction{{{transition}, {arrays.texts(row.kinds)}}}"


def version_code(arrays, kind):
    steps = [f"VersionStep{{{step.since}, VersionStep::What::k{step.what.capitalize()}, {text(step.was)}, {text(step.now)}}}"
             for step in kind.version_steps]
    return f"KindVersion{{{text(kind.name)}, {kind.version}, {arrays.add('VersionStep', steps)}}}"


def document_code(tables, name, row):
    return f"DocumentKind{{{text(name)}, {label(tables.label('document.' + name))}, {boolean(row['series'] == 'external')}, {text(row['word'])}}}"


def generate(tables):
    """The text of kinds.generated.cpp."""
    arrays = Arrays()
    kinds = [kind for _, kind in sorted(tables.kinds.items())]
    guards = [guard_code(tables, arrays, guard) for guard in tables.guards.values()]
    kind_rows = [kind_code(tables, arrays, kind) for kind in kinds]
    subjects = [f"KindSubject{{{text(kind.name)}, {arrays.texts(kind.subject)}}}" for kind in kinds]
    kind_versions = [version_code(arrays, kind) for kind in kinds]
    common = [common_action_code(tables, arrays, row) for row in tables.common]
    spans = [
        ("Kinds", "Kind", arrays.add("Kind", kind_rows)),
        ("Guards", "Guard", arrays.add("Guard", guards)),
        ("DocumentKinds", "DocumentKind",
         arrays.add("DocumentKind", [document_code(tables, name, row) for name, row in tables.documents.items()])),
        ("Roles", "Role",
         arrays.add("Role", [f"Role{{{text(name)}, {label(tables.label('role.' + name))}, {text(row['scope'])}, "
                             f"{traits.role_marks(tables, arrays, row)}, {arrays.texts((row['above'] or '').split())}}}"
                             for name, row in tables.roles.items()])),
        ("SuspensionGrounds", "SuspensionGround",
         arrays.add("SuspensionGround", [f"SuspensionGround{{{text(ground)}, {label(tables.label('ground.' + ground))}}}"
                                         for ground in tables.grounds])),
        ("Labels", "LabelRow",
         arrays.add("LabelRow", [f"LabelRow{{{text(key)}, {label(texts)}}}" for key, texts in sorted(tables.labels.items())])),
        ("WindowDuties", "Text", arrays.texts(sorted({duty for kind in kinds for duty in kind.traits.windows}))),
        ("OwnRecords", "Text", arrays.texts(tables.own_records)),
        ("CommonActions", "CommonAction", arrays.add("CommonAction", common)),
        ("KindSubjects", "KindSubject", arrays.add("KindSubject", subjects)),
        ("KindVersions", "KindVersion", arrays.add("KindVersion", kind_versions)),
    ]
    head = ["// Generated by tools/generate-procedures.py; do not edit.", '#include "procedure/about.hpp"',
            '#include "procedure/model.hpp"', '#include "procedure/versions.hpp"', "", "namespace zhian::procedure {", "namespace {", ""]
    functions = [f"std::span<const {element}> {name}() {{ return {array}; }}" for name, element, array in spans]
    return "\n".join([*head, *arrays.lines, "", "}  // namespace", "", *functions, "", "}  // namespace zhian::procedure", ""])
