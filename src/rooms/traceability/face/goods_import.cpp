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
  const auto written = EnterGoods(db, {door.app.services.policy, door.actor.account_id, door.now}, entry);
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
  const auto column = [&](const char* name, const char* type, const char* args, const char* titles) {
    const procedure::Label* label = procedure::FindLabel(std::string("goods.column.") + name);
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
  column("act", "choice", "received|sent|made|processed|sold|discarded", "种类|类别|进出");
  column("product", "text", "", "品名|名称|产品名称|商品名称");
  column("quantity", "decimal", "", "数量");
  column("unit", "text", "", "单位|计量单位");
  column("partner_name", "text", "", "对方|供货者|供货商|供应商|购货者|客户|往来单位");
  column("partner_contact", "text", "", "联系方式|电话|地址");
  column("at", "text", "", "时间|日期|进货日期|进货时间|销售日期");
  column("lot_no", "text", "", "批号|生产批号");
  column("produced_on", "date", "", "生产日期");
  column("shelf_life_days", "integer", "", "保质期|保质期（天）");
  column("certificate", "text", "", "合格证明|合格证号|检验合格证号");
  column("specification", "text", "", "规格|规格型号");
  goods.columns.push_back(OperatorCode());
  goods.columns.push_back(OperatorName(false));
  return {std::move(goods)};
}

}  // namespace zhian::traceability::face
