#include "desk/import_columns.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.hpp"
#include "procedure/form.hpp"

namespace zhian::desk {
namespace json = boost::json;
using procedure::Label;

namespace {

std::string FoldTitle(std::string_view title) {
  std::string folded = base::Fold(base::Simplified(title));
  for (const std::string_view mark : {"*", "(必填)", "(选填)"})
    while (folded.ends_with(mark)) folded.resize(folded.size() - mark.size());
  return base::Trim(folded);
}

Label LabelOf(const std::string& key, const std::string& otherwise) {
  const Label* label = procedure::FindLabel(key);
  return label == nullptr ? Label{otherwise, otherwise, otherwise} : *label;
}

void Know(ImportColumn& column, std::string_view titles) {
  for (const std::string& title : procedure::SplitArguments(titles, '|')) column.titles.push_back(FoldTitle(title));
}

// Titles that registries use beside the label of a field.
std::string_view TitlesOf(std::string_view field) {
  static const std::map<std::string_view, std::string_view> kTitles{
      {"permit_number", "许可证号|证书编号"}, {"regime", "许可类别|许可种类"},
      {"certificate_number", "证书号"},       {"certificate_type", "认证项目|type"},
      {"issuing_body", "发证机构"},           {"valid_from", "有效期起|发证日期"},
      {"valid_to", "有效期止|有效期"},        {"last_audit_on", "最近监督审核日期"},
      {"registry_evidence", "凭证|依据"}};
  const auto found = kTitles.find(field);
  return found == kTitles.end() ? std::string_view{} : found->second;
}

std::string ChoiceOf(const ImportColumn& column, const std::string& value) {
  const auto options = procedure::SplitArguments(column.args, '|');
  if (std::find(options.begin(), options.end(), value) != options.end()) return value;
  const std::string wanted = base::Fold(base::Simplified(value));
  for (const std::string& option : options)
    for (const std::string& key : {"choice." + column.name + "." + option, "choice." + option})
      if (const Label* label = procedure::FindLabel(key); label != nullptr) {
        if (wanted == base::Fold(label->zh_hans) || wanted == base::Fold(label->en)) return option;
        break;
      }
  return value;
}

}  // namespace

ImportColumn Column(const procedure::Field& field, std::string_view titles) {
  ImportColumn column{std::string(field.name), std::string(field.type), std::string(field.args), field.label, {}};
  Know(column, field.name);
  Know(column, field.label.zh_hans);
  Know(column, titles);
  return column;
}

ImportColumn Special(const char* name, const char* label, std::string_view titles) {
  ImportColumn column{name, "", "", LabelOf(label, name), {}};
  Know(column, titles);
  return column;
}

ImportColumn OperatorCode() {
  return Special("@code", "field.credit_code",
                 "credit_code|code|operator_code|统一社会信用代码|信用代码|主体代码|社会信用代码");
}
ImportColumn OperatorName(bool plain) {
  // Where the row has no name of its own, "name" is the operator's.
  return Special("@operator", "field.operator",
                 plain ? "operator|operator_name|企业名称|主体名称|单位名称|name|名称"
                       : "operator|operator_name|企业名称|主体名称|单位名称|所属企业|被抽样单位|被抽样单位名称");
}

std::vector<std::string> WritersOf(const procedure::Transition* row) {
  std::vector<std::string> roles;
  if (row != nullptr)
    for (const auto role : row->who) roles.emplace_back(role);
  return roles;
}

ImportKind OfMatter(const char* word, const char* kind, const char* action) {
  ImportKind import{.word = word};
  const procedure::Kind* declared = procedure::FindKind(kind);
  const procedure::Transition* row = declared == nullptr ? nullptr : procedure::FindTransition(*declared, "", action);
  if (row == nullptr) return import;
  import.label = declared->label;
  import.writers = WritersOf(row);
  for (const procedure::FormField& entry : procedure::FormOf(*declared, *row))
    import.columns.push_back(Column(*entry.field, TitlesOf(entry.field->name)));
  return import;
}

Result<std::vector<int>> ReadHeader(const ImportKind& kind, std::span<const std::string> titles) {
  std::vector<int> columns;
  std::vector<bool> seen(kind.columns.size(), false);
  for (const std::string& title : titles) {
    const std::string folded = FoldTitle(title);
    const auto known = std::find_if(kind.columns.begin(), kind.columns.end(), [&](const ImportColumn& c) {
      return !folded.empty() && std::find(c.titles.begin(), c.titles.end(), folded) != c.titles.end();
    });
    const auto at = known - kind.columns.begin();
    if (known == kind.columns.end()) {
      columns.push_back(-1);
      continue;
    }
    if (seen[static_cast<std::size_t>(at)])
      return MakeError(ErrorCode::kInvalid, Say("表头有两列都是“{}”，请只留一列", known->label));
    seen[static_cast<std::size_t>(at)] = true;
    columns.push_back(static_cast<int>(at));
  }
  const auto has = [&](std::string_view name) {
    for (std::size_t i = 0; i < seen.size(); ++i)
      if (kind.columns[i].name == name) return static_cast<bool>(seen[i]);
    return false;
  };
  const auto lacks = [&](std::string_view name) {
    const auto column =
        std::find_if(kind.columns.begin(), kind.columns.end(), [&](const ImportColumn& c) { return c.name == name; });
    return MakeError(ErrorCode::kInvalid, Say("表头缺少“{}”一列", column->label));
  };
  if (!has(kind.own)) return lacks(kind.own);
  if (kind.names_operator && !has("@code") && !has("@operator")) return lacks("@code");
  return columns;
}

ImportRow ReadRow(const ImportKind& kind, std::span<const int> columns, std::span<const std::string> cells) {
  ImportRow row;
  for (std::size_t i = 0; i < cells.size() && i < columns.size(); ++i) {
    if (columns[i] < 0) continue;
    const ImportColumn& column = kind.columns[static_cast<std::size_t>(columns[i])];
    const std::string value = base::Trim(cells[i]);
    if (value.empty()) continue;
    if (column.name == "@code")
      row.code = value;
    else if (column.name == "@operator")
      row.name = value;
    else if (column.name == "@place")
      row.place = value;
    else if (column.name == "@since")
      row.since = CanonicalDay(value);
    else if (column.type == "date")
      row.fields[column.name] = CanonicalDay(value);
    else if (column.type == "choice")
      row.fields[column.name] = ChoiceOf(column, value);
    else if (column.type == "bool") {
      const std::string word = base::Fold(value);
      if (word == "是" || word == "1" || word == "true" || word == "yes" || word == "y")
        row.fields[column.name] = true;
      else if (word == "否" || word == "0" || word == "false" || word == "no" || word == "n")
        row.fields[column.name] = false;
      else
        row.fields[column.name] = value;  // refused by the form, with its mend
    } else
      row.fields[column.name] = value;
  }
  return row;
}

std::string CanonicalDay(const std::string& text) {
  std::string folded = base::Fold(text);
  for (const auto& [mark, to] :
       {std::pair{"年", "-"}, std::pair{"月", "-"}, std::pair{"日", ""}, std::pair{"/", "-"}, std::pair{".", "-"}}) {
    for (std::size_t at = folded.find(mark); at != std::string::npos; at = folded.find(mark, at))
      folded.replace(at, std::string_view(mark).size(), to);
  }
  if (const auto space = folded.find(' ');
      space != std::string::npos && folded.substr(space).find_first_not_of(" 0:-") == std::string::npos)
    folded.resize(space);  // midnight of a spreadsheet
  const bool digits = folded.size() == 8 && folded.find_first_not_of("0123456789") == std::string::npos;
  if (digits) folded = folded.substr(0, 4) + "-" + folded.substr(4, 2) + "-" + folded.substr(6);
  std::array<std::string, 3> parts;
  std::size_t n = 0;
  for (const char c : folded) {
    if (c == '-') {
      if (++n > 2) return text;
    } else if (c >= '0' && c <= '9') {
      parts[n] += c;
    } else {
      return text;
    }
  }
  if (n != 2 || parts[0].size() != 4 || parts[1].empty() || parts[1].size() > 2 || parts[2].empty() ||
      parts[2].size() > 2)
    return text;
  for (std::string& part : {std::ref(parts[1]), std::ref(parts[2])})
    if (part.size() == 1) part.insert(part.begin(), '0');
  return parts[0] + "-" + parts[1] + "-" + parts[2];
}

}  // namespace zhian::desk
