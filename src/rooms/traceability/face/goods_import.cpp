// Rows of a spreadsheet as entries of the goods book.
#include <algorithm>

#include "procedure/model.hpp"
#include "rooms/traceability/face/goods.hpp"

namespace zhian::traceability::face {
using namespace desk;

namespace {

Result<ImportFate> EnterRow(ImportDoor& door, storage::Connection& db, const ImportRow& row) {
  // Without an operator's column the rows are of the sender's own book.
  OperatorCard op;
  const auto own = std::find_if(door.actor.roles.begin(), door.actor.roles.end(),
                                [](const auto& held) { return !held.operator_id.empty(); });
  if (row.code.empty() && row.name.empty() && own != door.actor.roles.end()) {
    ZHIAN_ASSIGN(op, door.app.operators->load(db, own->operator_id));
  } else {
    ZHIAN_ASSIGN(op, door.OperatorOf(db, row));
  }
  ZHIAN_ASSIGN(const bool may, MayKeepBook(door.app, db, door.actor, op));
  if (!may) return MakeError(ErrorCode::kForbidden, "台账由经营者自己、检查人员或村（社区）协管员登记");
  ZHIAN_ASSIGN(const auto entry, GoodsEntryOf(row, op.id, door.now));
  ZHIAN_ASSIGN(const bool known, IsEntered(db, door.actor.account_id, entry.key));
  if (known) return ImportFate::kDuplicate;
  const auto written = EnterGoods(db, {door.app.services, door.actor.account_id, door.now}, entry);
  if (written.ok()) return ImportFate::kAccepted;
  // What the check at the door stops is a refused row with its reasons.
  if (written.error().code == ErrorCode::kConflict) return NeedsMending(written.error().fields);
  return written.error();
}

}  // namespace

std::vector<ImportKind> Imports() {
  ImportKind goods{.word = "goods"};
  if (const auto* label = procedure::FindLabel("import.goods")) goods.label = *label;
  goods.own = goods.number = "product";
  goods.names_operator = false;
  goods.by_operators = true;
  goods.writers = {"operator_user", "inspector", "village_official", "administrator"};
  goods.enter = &EnterRow;
  const auto column = [&](procedure::Text name, procedure::Text type, procedure::Text args, procedure::Text titles) {
    const procedure::Label* label = procedure::FindLabel("goods.column." + std::string(name));
    const procedure::Field field{.name = name,
                                 .type = type,
                                 .args = args,
                                 .optional = true,
                                 .label = label == nullptr ? procedure::Label{} : *label,
                                 .actions = {},
                                 .visibility = "staff",
                                 .automatic = {}};
    goods.columns.push_back(Column(field, titles));
  };
  for (const auto& said : GoodsColumns())
    if (!said.titles.empty()) column(said.said_as, said.type, said.args, said.titles);
  column("at", "text", "", "时间|日期|进货日期|进货时间|销售日期");  // as people write it
  goods.columns.push_back(OperatorCode());
  goods.columns.push_back(OperatorName(false));
  return {std::move(goods)};
}

}  // namespace zhian::traceability::face
