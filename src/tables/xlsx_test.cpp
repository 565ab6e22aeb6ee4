#include "tables/xlsx.hpp"

#include <doctest/doctest.h>
#include <xlsxwriter.h>
#include <zip.h>

#include <random>

#include "base/csv.hpp"

using namespace zhian;

namespace {
std::string Zip(const std::vector<std::pair<std::string, std::string>>& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* zip = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const auto& [name, text] : parts)
    zip_file_add(zip, name.c_str(), zip_source_buffer(zip, text.data(), text.size(), 0), 0);
  REQUIRE(zip_close(zip) == 0);
  zip_source_open(target);
  zip_source_seek(target, 0, SEEK_END);
  std::string bytes(static_cast<std::size_t>(zip_source_tell(target)), '\0');
  zip_source_seek(target, 0, SEEK_SET);
  zip_source_read(target, bytes.data(), bytes.size());
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}
std::string Sheet(const std::string& rows) {
  return "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>" + rows +
         "</sheetData></worksheet>";
}
}  // namespace

TEST_CASE("what is written is read again: text, numbers, line ends, quotes, gaps") {
  const std::vector<std::vector<std::string>> rows{
      {"峡谷茶业有限公司", "24", "92511113MA6000087Q"}, {"a\"b,c\r\nd", "", "0012"}, {"x", "123456789012345", ""}};
  const auto bytes = tables::WriteXlsx("主体", {"名称", "人数", "代码"}, rows);
  REQUIRE(bytes.ok());
  const auto csv = tables::XlsxToCsv(*bytes);
  REQUIRE(csv.ok());
  base::CsvReader reader(*csv);
  std::vector<std::string> cells;
  REQUIRE(*reader.Next(cells));
  CHECK(cells == std::vector<std::string>{"名称", "人数", "代码"});
  for (const auto& row : rows) {
    REQUIRE(*reader.Next(cells));
    std::vector<std::string> expected = row;
    CHECK(cells.size() == 3);
    CHECK(cells[1] == expected[1]);
    CHECK(cells[2] == expected[2]);
  }
}

TEST_CASE("a sheet is found by its name, whatever the order of the parts") {
  const std::string book =
      "<workbook xmlns:r=\"r\"><sheets><sheet name=\"Notes\" r:id=\"r1\"/><sheet name=\"A &amp; B\" r:id=\"r3\"/><sheet name=\"Lost\" r:id=\"r9\"/></sheets></workbook>";
  const std::string links =
      "<Relationships><Relationship Id=\"r3\" Target=\"worksheets/two.xml\"/><Relationship Id=\"r1\" Target=\"/xl/worksheets/one.xml\"/></Relationships>";
  const auto sheet = [](const char* text) {
    return Sheet("<row><c t=\"inlineStr\"><is><t>" + std::string(text) + "</t></is></c></row>");
  };
  const std::string bytes = Zip({{"xl/workbook.xml", book},
                                 {"xl/_rels/workbook.xml.rels", links},
                                 {"xl/worksheets/one.xml", sheet("one")},
                                 {"xl/worksheets/two.xml", sheet("two")}});
  CHECK(*tables::XlsxToCsv(bytes) == "\"one\"\r\n");
  CHECK(*tables::XlsxToCsv(bytes, {}, "Notes") == "\"one\"\r\n");
  CHECK(*tables::XlsxToCsv(bytes, {}, "A & B") == "\"two\"\r\n");
  CHECK(tables::XlsxToCsv(bytes, {}, "notes").error().code == ErrorCode::kNotFound);
  CHECK(tables::XlsxToCsv(bytes, {}, "Lost").error().code == ErrorCode::kInvalid);
}

TEST_CASE("dates by their format, shared and inline strings, references that skip columns") {
  const std::string styles =
      "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/><numFmt numFmtId=\"165\" formatCode=\"0.00&quot;day&quot;\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>";
  const std::string shared =
      "<sst><si><t>名称</t></si><si><r><t>甲</t></r><r><t>乙</t></r><rPh><t>jiayi</t></rPh></si></sst>";
  const std::string sheet = Sheet(
      "<row><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"D1\"><v>1</v></c></row><row><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\" s=\"1\"><v>46293</v></c><c r=\"C2\" s=\"2\"><v>46293.5</v></c><c r=\"D2\" s=\"3\"><v>46293</v></c></row><row><c t=\"inlineStr\"><is><t>丙</t></is></c><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c></row>");
  const auto csv = tables::XlsxToCsv(
      Zip({{"xl/worksheets/sheet1.xml", sheet}, {"xl/sharedStrings.xml", shared}, {"xl/styles.xml", styles}}));
  REQUIRE(csv.ok());
  CHECK(*csv ==
        "\"名称\",\"\",\"\",\"1\"\r\n\"甲乙\",\"2026-09-28\",\"2026-09-28\",\"46293\"\r\n\"丙\",\"是\",\"\",\"\"\r\n");
}

TEST_CASE("hostile workbooks are refused with the mend, and quickly") {
  CHECK(tables::XlsxToCsv("PK no archive").error().code == ErrorCode::kInvalid);
  CHECK(tables::XlsxToCsv("").error().code == ErrorCode::kInvalid);
  CHECK(tables::XlsxToCsv(Zip({{"other.txt", "x"}})).error().code == ErrorCode::kInvalid);
  CHECK(tables::XlsxToCsv(Zip({{"xl/worksheets/sheet1.xml", "<worksheet><row>"}})).error().code == ErrorCode::kInvalid);
  // a document type could define entities without end
  CHECK(
      tables::XlsxToCsv(
          Zip({{"xl/worksheets/sheet1.xml",
                "<!DOCTYPE a [<!ENTITY b \"xxxx\">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"}}))
          .error()
          .code == ErrorCode::kInvalid);
  CHECK(tables::XlsxToCsv(Zip({{"xl/worksheets/sheet1.xml", Sheet("<row><c r=\"A1\" t=\"s\"><v>7</v></c></row>")}}))
            .error()
            .code == ErrorCode::kInvalid);
  CHECK(tables::XlsxToCsv(Zip({{"xl/worksheets/sheet1.xml", Sheet("<row><c r=\"ZZZZ1\"><v>7</v></c></row>")}}))
            .error()
            .code == ErrorCode::kTooLarge);
  const tables::XlsxLimits small{.part_bytes_max = 1 << 20};
  CHECK(tables::XlsxToCsv(Zip({{"xl/worksheets/sheet1.xml", Sheet(std::string(30 << 20, ' '))}}), small).error().code ==
        ErrorCode::kTooLarge);
}

TEST_CASE("property: any change of a byte gives an answer or an error, never more") {
  const std::string good = *tables::WriteXlsx("s", {"a", "b"}, {{"1", "2"}, {"x", "y"}});
  std::mt19937 random(3);
  for (int i = 0; i < 400; ++i) {
    std::string bytes = good;
    for (unsigned n = 1 + random() % 4; n > 0; --n) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    const auto answer = tables::XlsxToCsv(bytes);
    CHECK((answer.ok() || answer.error().code == ErrorCode::kInvalid || answer.error().code == ErrorCode::kTooLarge));
  }
}
