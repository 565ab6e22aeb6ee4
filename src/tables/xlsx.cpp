#include "tables/xlsx.hpp"

#include <libxml/xmlreader.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include "base/time.hpp"
#include "tables/office.hpp"

namespace zhian::tables {
namespace {

struct Free {
  void operator()(xmlTextReader* p) const { xmlFreeTextReader(p); }
  void operator()(xmlChar* p) const { xmlFree(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Error Damaged() { return MakeError(ErrorCode::kInvalid, "工作簿不能读取，请在表格软件中另存为 XLSX 或 CSV 后再导入"); }

// "" where the archive has no such part.
Result<std::string> Part(Archive& archive, const std::string& name, const XlsxLimits& limits) {
  std::string text;
  switch (archive.Part(name, limits.part_bytes_max, text)) {
    case Archive::Read::kTooLarge: return MakeError(ErrorCode::kTooLarge, "工作簿解开后太大，请分成几个文件导入");
    case Archive::Read::kDamaged: return Damaged();
    case Archive::Read::kMissing: return std::string{};
    case Archive::Read::kWhole: break;
  }
  return text;
}

class Xml {
 public:
  // Entities are not expanded, documents with a DTD are refused, nothing is fetched.
  explicit Xml(const std::string& text)
      : reader_(xmlReaderForMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr,
                                   XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS)) {}
  // false at the end; `good` tells whether it was a regular end.
  bool Next() {
    const int code = reader_ == nullptr ? -1 : xmlTextReaderRead(reader_.get());
    if (code == 1 && xmlTextReaderNodeType(reader_.get()) == XML_READER_TYPE_DOCUMENT_TYPE) {
      good_ = false;
      return false;
    }
    if (code < 0) good_ = false;
    return code == 1;
  }
  [[nodiscard]] bool good() const { return good_; }
  bool Starts(std::string_view name) const {
    return xmlTextReaderNodeType(reader_.get()) == XML_READER_TYPE_ELEMENT && Name() == name;
  }
  bool Ends(std::string_view name) const {
    const int type = xmlTextReaderNodeType(reader_.get());
    return Name() == name && (type == XML_READER_TYPE_END_ELEMENT ||
                              (type == XML_READER_TYPE_ELEMENT && xmlTextReaderIsEmptyElement(reader_.get()) == 1));
  }
  bool IsText() const {
    const int type = xmlTextReaderNodeType(reader_.get());
    return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE ||
           type == XML_READER_TYPE_CDATA;
  }
  std::string Text() const { return View(xmlTextReaderConstValue(reader_.get())); }
  std::string Attribute(const char* name) const {
    const Owned<xmlChar> value(xmlTextReaderGetAttribute(reader_.get(), reinterpret_cast<const xmlChar*>(name)));
    return View(value.get());
  }

 private:
  std::string_view Name() const {
    const auto* name = xmlTextReaderConstLocalName(reader_.get());
    return name == nullptr ? std::string_view{} : reinterpret_cast<const char*>(name);
  }
  static std::string View(const xmlChar* text) {
    return text == nullptr ? std::string{} : reinterpret_cast<const char*>(text);
  }
  Owned<xmlTextReader> reader_;
  bool good_ = true;
};

Result<std::vector<std::string>> SharedStrings(const std::string& text) {
  std::vector<std::string> strings;
  if (text.empty()) return strings;
  Xml xml(text);
  bool in_text = false, in_phonetic = false;
  while (xml.Next()) {
    if (xml.Starts("si")) strings.emplace_back();
    if (xml.Starts("rPh")) in_phonetic = true;  // readings beside the text are not part of it
    if (xml.Ends("rPh")) in_phonetic = false;
    if (xml.Starts("t")) in_text = true;
    if (xml.IsText() && in_text && !in_phonetic && !strings.empty()) strings.back() += xml.Text();
    if (xml.Ends("t")) in_text = false;
  }
  if (!xml.good()) return Damaged();
  return strings;
}

// Which cell styles (index into cellXfs) show a date. ECMA-376 part 1, 18.8.30: built-in formats 14 to 17 and 22 hold
// one.
Result<std::set<std::size_t>> DateStyles(const std::string& text) {
  std::set<std::size_t> styles;
  if (text.empty()) return styles;
  std::set<std::string> formats{"14", "15", "16", "17", "22", "27", "28", "29", "30", "31", "36", "50", "57"};
  Xml xml(text);
  bool in_cells = false;
  std::size_t index = 0;
  while (xml.Next()) {
    if (xml.Starts("numFmt")) {
      std::string code = xml.Attribute("formatCode");
      bool quoted = false;
      std::string bare;
      for (const char c : code) {
        if (c == '"')
          quoted = !quoted;
        else if (!quoted)
          bare += c;
      }
      if (bare.find_first_of("yYdD") != std::string::npos && bare.find("Red") == std::string::npos)
        formats.insert(xml.Attribute("numFmtId"));
    }
    if (xml.Starts("cellXfs")) in_cells = true;
    if (xml.Starts("xf") && in_cells) {
      if (formats.contains(xml.Attribute("numFmtId"))) styles.insert(index);
      ++index;
    }
    if (xml.Ends("cellXfs")) in_cells = false;
  }
  if (!xml.good()) return Damaged();
  return styles;
}

// The part of the first sheet: by workbook.xml and its relations, else the usual name.
// The sheet of that name, or the first.
Result<std::string> FindSheet(Archive& zip, const XlsxLimits& limits, std::string_view wanted) {
  ZHIAN_ASSIGN(const std::string workbook, Part(zip, "xl/workbook.xml", limits));
  ZHIAN_ASSIGN(const std::string relations, Part(zip, "xl/_rels/workbook.xml.rels", limits));
  std::string id, target = "worksheets/sheet1.xml";
  Xml book(workbook);
  while (id.empty() && book.Next())
    if (book.Starts("sheet") && (wanted.empty() || book.Attribute("name") == wanted)) id = book.Attribute("r:id");
  if (!wanted.empty() && id.empty())
    return book.good() ? MakeError(ErrorCode::kNotFound, Say("工作簿中没有工作表 {}；请更正表名", wanted)) : Damaged();
  Xml links(relations);
  while (links.Next())
    if (links.Starts("Relationship") && links.Attribute("Id") == id) target = links.Attribute("Target");
  const std::string name = target.starts_with("/") ? target.substr(1) : "xl/" + target;
  ZHIAN_ASSIGN(std::string sheet, Part(zip, name, limits));
  if (sheet.empty()) return Damaged();
  return sheet;
}

// "BC12" is column 54, from 0; columns_max where it is none.
std::size_t ColumnOf(const std::string& reference, std::size_t columns_max) {
  std::size_t column = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z') break;
    column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
    if (column > columns_max) return columns_max;
  }
  return column == 0 ? columns_max : column - 1;
}

// Day 60 of the 1900 system never was: days from 1 March 1900 are counted from 30 December 1899.
std::string DateText(const std::string& serial) {
  char* end = nullptr;
  const double days = std::strtod(serial.c_str(), &end);
  if (end == serial.c_str() || !std::isfinite(days) || days < 61 || days > 2'958'465) return serial;
  return base::FormatDate(base::Date{base::Date::FromYmd(1899, 12, 30).days + static_cast<int>(std::floor(days))});
}

std::string Quoted(const std::string& cell) {
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

Result<std::string> XlsxToCsv(std::string_view bytes, const XlsxLimits& limits, std::string_view sheet_name) {
  ZHIAN_ASSIGN(Office* const office, LoadOffice());
  const std::unique_ptr<Archive> zip = office->OpenBytes(bytes);
  if (zip == nullptr) return Damaged();
  ZHIAN_ASSIGN(const std::string sheet, FindSheet(*zip, limits, sheet_name));
  ZHIAN_ASSIGN(const std::string shared, Part(*zip, "xl/sharedStrings.xml", limits));
  ZHIAN_ASSIGN(const auto strings, SharedStrings(shared));
  ZHIAN_ASSIGN(const std::string style_text, Part(*zip, "xl/styles.xml", limits));
  ZHIAN_ASSIGN(const auto dates, DateStyles(style_text));

  std::string csv;
  std::vector<std::string> row;
  std::size_t rows = 0, width = 0, column = 0;
  std::string type, style, value;
  bool in_value = false;
  Xml xml(sheet);
  while (xml.Next()) {
    if (xml.Starts("row")) {
      row.clear();
      column = 0;
      if (++rows > limits.rows_max) return MakeError(ErrorCode::kTooLarge, "表格行数太多，请分成几个文件导入");
    }
    if (xml.Starts("c")) {
      const std::string reference = xml.Attribute("r");
      if (!reference.empty()) column = ColumnOf(reference, limits.columns_max);
      if (column >= limits.columns_max) return MakeError(ErrorCode::kTooLarge, "表格列数太多，只保留要导入的列");
      type = xml.Attribute("t");
      style = xml.Attribute("s");
      value.clear();
    }
    if (xml.Starts("v") || xml.Starts("t")) in_value = true;
    if (xml.IsText() && in_value) value += xml.Text();
    if (xml.Ends("v") || xml.Ends("t")) in_value = false;
    if (xml.Ends("c")) {
      if (type == "s") {
        const std::size_t index =
            value.empty() || value.size() > 9 || value.find_first_not_of("0123456789") != std::string::npos
                ? strings.size()
                : std::stoul(value);
        if (index >= strings.size() && !value.empty()) return Damaged();
        value = value.empty() ? "" : strings[index];
      } else if (type == "b") {
        value = value == "1" ? "是" : "否";
      } else if (type == "e") {
        value.clear();  // #N/A and its like say nothing
      } else if (type.empty() || type == "n") {
        if (!style.empty() && style.size() < 9 && style.find_first_not_of("0123456789") == std::string::npos &&
            dates.contains(std::stoul(style)))
          value = DateText(value);
      }
      if (row.size() <= column) row.resize(column + 1);
      row[column] = value;
      ++column;
    }
    if (xml.Ends("row")) {
      while (!row.empty() && row.back().empty()) row.pop_back();
      if (row.empty()) continue;
      if (width == 0) width = row.size();  // the header decides how many columns a row has
      if (row.size() < width) row.resize(width);
      for (std::size_t i = 0; i < row.size(); ++i) csv += (i == 0 ? "" : ",") + Quoted(row[i]);
      csv += "\r\n";
      if (csv.size() > limits.part_bytes_max)
        return MakeError(ErrorCode::kTooLarge, "工作簿解开后太大，请分成几个文件导入");
    }
  }
  if (!xml.good()) return Damaged();
  return csv;
}

Result<std::string> WriteXlsx(const std::string& sheet, const std::vector<std::string>& header,
                              const std::vector<std::vector<std::string>>& rows) {
  ZHIAN_ASSIGN(Office* const office, LoadOffice());
  // The library writes to a file only; a private one, gone before the answer leaves.
  std::string path = (std::filesystem::temp_directory_path() / "zhian-XXXXXX").string();
  const int file = mkstemp(path.data());
  if (file < 0) return MakeError(ErrorCode::kUnavailable, "临时文件不能写入，请稍后再试");
  close(file);
  const bool written = office->WriteSheet(path, sheet, header, rows);
  std::ifstream in(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  if (!written || bytes.empty()) return MakeError(ErrorCode::kInternal, "the workbook was not written");
  return bytes;
}

}  // namespace zhian::tables
