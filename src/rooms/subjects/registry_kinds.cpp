// The kinds of record on an operator's file: fields, who may write them, and the column titles under which registries
// know them.
#include <algorithm>
#include <array>

#include "rooms/subjects/registry.hpp"

namespace zhian::subjects {
namespace {

using procedure::Field;
using procedure::Label;
using procedure::Text;

Label LabelOr(const std::string& key, Text otherwise) {
  const Label* label = procedure::FindLabel(key);
  return label == nullptr ? Label{otherwise, otherwise, otherwise} : *label;
}

RecordField Declare(Text name, Text type, Text args, bool optional, std::string_view titles) {
  Field field{.name = name,
              .type = type,
              .args = args,
              .optional = optional,
              .label = LabelOr("field." + std::string(name), name),
              .actions = {},
              .visibility = "staff",
              .automatic = {}};
  return {field, titles};
}
RecordField Must(Text name, Text type, std::string_view titles, Text args = {}) {
  return Declare(name, type, args, false, titles);
}
RecordField May(Text name, Text type, std::string_view titles, Text args = {}) {
  return Declare(name, type, args, true, titles);
}

std::vector<RecordKind> Make() {
  return {
      {"premises",
       {},
       "premises",
       {Must("name", "text", "名称|场所名称"),
        Must("premises_type", "choice", "场所类型|类型",
             "workshop|packing|warehouse|shop|kitchen|stall|farm|office|other"),
        Must("address", "text", "地址|场所地址"), May("jurisdiction", "jurisdiction", "乡镇|辖区|township"),
        May("gln", "gln", "位置码|全球位置码"), May("area_m2", "decimal", "面积|面积（平方米）")},
       "name",
       "gln",
       {"address"},
       {"inspector", "licence_officer", "village_official", "operator_user", "administrator"},
       ""},
      {"product",
       {},
       "products",
       {Must("name", "text", "名称|产品名称"), May("gtin", "code", "商品条码|条码|barcode", "gtin"),
        Must("category", "text", "类别|产品类别"), May("standard", "text", "执行标准|标准|标准号"),
        May("specification", "text", "规格型号|规格"), May("unit", "text", "单位|计量单位"),
        May("shelf_life_days", "integer", "保质期|保质期（天）")},
       "name",
       "gtin",
       {"specification"},
       {"inspector", "licence_officer", "standards_officer", "operator_user", "administrator"},
       ""},
      {"equipment",
       {},
       "equipment",
       {Must("name", "text", "名称|设备名称"),
        Must("equipment_class", "choice", "设备种类|种类|类别",
             "boiler|vessel|pipe|cylinder|lift|crane|ropeway|ride|vehicle"),
        May("registration_code", "text", "使用登记证编号|登记证编号|使用登记编号"),
        May("device_code", "text", "设备代码"),
        Must("equipment_state", "choice", "状态|使用状态", "in_use|out_of_use|scrapped"),
        May("in_use_on", "date", "投用日期|投入使用日期"), May("last_inspection_on", "date", "上次检验日期|检验日期"),
        May("next_inspection_on", "date", "下次检验日期"), May("place", "text", "所在场所|使用地点")},
       "name",
       "registration_code",
       {"device_code"},
       {"equipment_officer", "inspector", "operator_user", "administrator"},
       ""},
      {"person",
       {},
       "people",
       {Must("name", "text", "姓名|人员姓名"),
        Must(
            "person_duty", "choice", "职务|岗位|职责",
            "legal_representative|person_in_charge|food_safety_director|food_safety_officer|quality_officer|equipment_safety_officer|equipment_operator|food_worker|other"),
        May("id_number", "identity", "身份证号|公民身份号码|身份证号码"), May("phone", "text", "电话|联系电话|手机"),
        May("certificate_number", "text", "证书编号|资格证编号"), May("certificate_valid_to", "date", "证书有效期至"),
        May("health_checked_on", "date", "健康检查日期|体检日期")},
       "name",
       "",
       {"person_duty"},
       {"inspector", "licence_officer", "village_official", "operator_user", "administrator"},
       ""},
      {"test_result",
       {},
       "samples",
       {Must("sample_number", "text", "抽样编号|抽样单编号|样品编号"),
        Must("product_name", "text", "产品名称|样品名称|食品名称"), May("lot", "text", "批号|生产批号"),
        Must("sampled_on", "date", "抽样日期"), May("concluded_on", "date", "结论日期|检验完成日期"),
        Must("verdict", "choice", "结论|检验结论|检验结果", "pass|fail"), May("failed_items", "longtext", "不合格项目"),
        May("laboratory", "text", "检验机构"), May("report_number", "text", "报告编号|检验报告编号"),
        May("task", "text", "任务|任务来源|任务名称")},
       "product_name",
       "sample_number",
       {},
       {"sampling_lead", "administrator"},
       "sampled_on"},
  };
}

}  // namespace

std::span<const RecordKind> RecordKinds() {
  static const std::vector<RecordKind> kKinds = [] {
    auto kinds = Make();
    for (RecordKind& kind : kinds) kind.label = LabelOr("record." + std::string(kind.id), kind.id);
    return kinds;
  }();
  return kKinds;
}

const RecordKind* FindRecordKind(std::string_view id) {
  const auto kinds = RecordKinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const RecordKind& kind) { return kind.id == id || kind.imported_as == id; });
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace zhian::subjects
