#include "desk/matter_parts.hpp"

namespace zhian::desk {
namespace {

Schema ExceptionSchema() {
  return Named("GateException", Object({{"state", Text()},
                                        {"ground", Text()},
                                        {"done", Text()},
                                        {"risk", Text()},
                                        {"measures", Text()},
                                        {"review_on", Text()},
                                        {"asked_name", Text()},
                                        {"asked_on", Text()},
                                        {"opinion", Text()},
                                        {"opinion_name", Text()},
                                        {"decided_name", Text()},
                                        {"decided_on", Text()}}));
}

}  // namespace

Schema GateSchema() {
  return Named("Gate", Object({{"gate", OneOf({"G1", "G2", "G3", "G4", "G5"})},
                               {"label", Text()},
                               {"status", OneOf({"closed", "open", "excepted", "not_applicable", "stale"})},
                               {"status_label", Text()},
                               {"open_items", ListOf(Text())},
                               {"supplied_by", ListOf(Text()).Says("who can mend the open item of the same place")},
                               {"shown", ListOf(Text())},
                               {"indicators", ListOf(Text())},
                               {"inputs_digest", Digest()},
                               {"exceptions", ListOf(ExceptionSchema())},
                               {"computed_at", Instant()}}));
}

Schema BalanceSchema() {
  const Schema effect = Object({{"consignees", Integer()},
                                {"drawn", ListOf(Text())},
                                {"left", ListOf(Text())},
                                {"ineffective", ListOf(Text())}});
  const Schema consignee = Object({{"name", Text()},
                                   {"notice", Text()},
                                   {"answered", Truth()},
                                   {"attempts", Integer()},
                                   {"received", Nullable(Number())},
                                   {"held", Nullable(Number())},
                                   {"sold", Nullable(Number())},
                                   {"returned", Nullable(Number())},
                                   {"destroyed", Nullable(Number())}});
  const Schema check = Object({{"id", OneOf({"R1", "R2", "R3", "R4"})},
                               {"label", Text()},
                               {"holds", Truth()},
                               {"open_items", ListOf(Text())},
                               {"exceptions", ListOf(ExceptionSchema())}});
  return Named("Balance", Object({{"unit", Text()},
                                  {"P", Nullable(Number()).Says("null: there is nothing to balance yet")},
                                  Maybe("K", Number()),
                                  Maybe("V", Number()),
                                  Maybe("X", Number()),
                                  Maybe("L", Number()),
                                  Maybe("C", Number()),
                                  Maybe("Chat", Number()),
                                  Maybe("W", Number()),
                                  Maybe("U", Number()),
                                  Maybe("effective_rate", Nullable(Number())),
                                  Maybe("checks", ListOf(check)),
                                  {"effect", Nullable(effect)},
                                  {"consignees", ListOf(consignee)}}));
}

}  // namespace zhian::desk
