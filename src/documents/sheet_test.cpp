#include "documents/sheet.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

using namespace zhian;
using documents::Sheet;

namespace {
Sheet Example() {
  Sheet sheet;
  sheet.organ = "金口河区市场监督管理局";
  sheet.title = "责令召回通知书";
  sheet.number = "金市监责召〔2026〕1号";
  sheet.addressee = "峡谷茶业有限公司（演示）：";
  sheet.paragraphs = {"经查，你单位生产的峡谷绿茶（批号 JKH20260905）经检验不合格。"};
  sheet.facts = {{"批号", "JKH20260905"}, {"数量", "200 kg"}};
  sheet.signature = "金口河区市场监督管理局";
  sheet.date = "2026年10月12日";
  sheet.receipt = {{"受送达人", "峡谷茶业有限公司（演示）"}, {"收件人签名", ""}};
  sheet.foot = {"文书摘要 SHA-256 00ff"};
  sheet.code = "https://zhian.example/public/verify/ABCDEFGH2345";
  sheet.marks = {"演示数据，不具效力"};
  return sheet;
}
std::string Run(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) out.append(buffer.data(), n);
  REQUIRE(pclose(pipe) == 0);
  return out;
}
struct File {
  std::string path =
      (std::filesystem::temp_directory_path() / ("zhian-sheet-" + std::to_string(std::random_device{}()) + ".pdf"))
          .string();
  explicit File(const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  ~File() { std::filesystem::remove(path); }
};
}  // namespace

TEST_CASE("a PDF: Chinese text can be selected, fonts are embedded, the code is read back by another library") {
  const auto pdf = documents::RenderPdf(Example());
  REQUIRE(pdf.ok());
  const File file(*pdf);
  std::string text = Run("pdftotext -layout " + file.path + " -");
  std::erase(text, ' ');
  for (const char* part :
       {"责令召回通知书", "金市监责召〔2026〕1号", "峡谷绿茶", "200kg", "送达回证", "—2—", "2026年10月12日"})
    CHECK(text.find(part) != std::string::npos);
  std::string fonts = Run("pdffonts " + file.path + " | tail -n +3");
  CHECK_FALSE(fonts.empty());
  CHECK(fonts.find(" no  yes") == std::string::npos);  // "emb no"
  CHECK(Run("pdftoppm -r 150 -f 1 -l 1 -png " + file.path + " | zbarimg -q --raw -")
            .find("https://zhian.example/public/verify/ABCDEFGH2345") == 0);
}

TEST_CASE("long text runs over pages, a long cell too; nothing is lost") {
  Sheet sheet = Example();
  std::string cell;
  for (int i = 0; i < 400; ++i) cell += "第" + std::to_string(i) + "行\n";
  sheet.facts.emplace_back("清单", cell);
  for (int i = 0; i < 40; ++i)
    sheet.paragraphs.push_back("段落" + std::to_string(i) + "，" + std::string(60, 'a') +
                               " 正文正文正文正文正文正文正文正文正文正文正文正文。");
  const auto pdf = documents::RenderPdf(sheet);
  REQUIRE(pdf.ok());
  const File file(*pdf);
  const std::string text = Run("pdftotext -layout " + file.path + " -");
  CHECK(text.find("第399行") != std::string::npos);
  CHECK(text.find("段落39") != std::string::npos);
  sheet.paragraphs.assign(1, std::string(2'000'000, 'x'));
  CHECK(documents::RenderPdf(sheet).error().code == ErrorCode::kTooLarge);
}

TEST_CASE("a hundred rows run over pages, the head stands on each, and no row is lost") {
  Sheet sheet = Example();
  documents::Table table{.caption = "物品清单", .columns = {"序号", "品名", "数量", "说明"}};
  for (int i = 1; i <= 100; ++i)
    table.rows.push_back({std::to_string(i), "物品" + std::to_string(i), std::to_string(i) + " kg",
                          i % 10 == 0 ? std::string(400, 'x') : "完好"});
  sheet.tables.push_back(table);
  const auto pdf = documents::RenderPdf(sheet);
  REQUIRE(pdf.ok());
  const File file(*pdf);
  const std::string text = Run("pdftotext -layout " + file.path + " -");
  int pages = 0, with_rows = 0, with_head = 0;
  for (std::size_t at = 0, end = 0; (end = text.find('\f', at)) != std::string::npos; at = end + 1) {
    const std::string page = text.substr(at, end - at);
    ++pages;
    with_rows += page.find("物品") != std::string::npos;
    with_head += page.find("品名") != std::string::npos;
  }
  CHECK(pages >= 4);
  CHECK(with_rows >= 3);
  CHECK(with_head == with_rows);
  for (int i = 1; i <= 100; ++i) CHECK(text.find("物品" + std::to_string(i)) != std::string::npos);
}

TEST_CASE("several sheets are one file whose contents give the page of each") {
  std::vector<Sheet> sheets(3, Example());
  sheets[0] = Sheet{.title = "卷宗"};
  sheets[0].tables.push_back(
      {.caption = "目录", .columns = {"序号", "文书"}, .rows = {{"1", "甲"}, {"2", "乙"}}, .contents = true});
  const auto pdf = documents::RenderPdf(sheets);
  REQUIRE(pdf.ok());
  const File file(*pdf);
  std::string first = Run("pdftotext -layout -f 1 -l 1 " + file.path + " -");
  std::erase(first, ' ');
  CHECK(first.find("1甲2") != std::string::npos);  // a sheet with its receipt takes two pages
  CHECK(first.find("2乙4") != std::string::npos);
  const std::string html = documents::RenderHtml(sheets);
  CHECK(html.find("<a href=\"#paper-2\">乙</a>") != std::string::npos);
  CHECK(html.find("<article id=\"paper-2\"") != std::string::npos);
}

TEST_CASE("draft, withdrawal and seal stand on the paper; the print page says what the PDF says") {
  Sheet sheet = Example();
  sheet.marks = {"草稿", "已撤回"};
  sheet.notice = "本文书已于 2026年10月13日 撤回";
  sheet.seal = {"金口河区市场监督管理局", "电子签章示意", "演示数据　不具效力"};
  sheet.signs = {"当事人（签名）"};
  sheet.tables.push_back({.caption = "检验结果", .columns = {"项目", "实测值"}, .rows = {{"吊白块", "3.1"}}});
  const File file(*documents::RenderPdf(sheet));
  std::string pdf = Run("pdftotext -layout " + file.path + " -"), html = documents::RenderHtml(sheet);
  std::erase(pdf, ' ');
  std::erase(html, ' ');
  for (const char* part : {"草", "稿", "本文书已于2026年10月13日撤回", "电子签章示意", "当事人（签名）", "检验结果",
                           "吊白块", "实测值", "责令召回通知书", "批号", "200kg", "送达回证", "文书摘要SHA-25600ff"}) {
    CHECK_MESSAGE(pdf.find(part) != std::string::npos, part);
    CHECK_MESSAGE(html.find(part) != std::string::npos, part);
  }
  CHECK(html.find("<svgclass=\"code\"") != std::string::npos);
  sheet.seal = {"（印章）"};
  CHECK(documents::RenderHtml(sheet).find("class=\"seal\"") == std::string::npos);
  CHECK(documents::RenderHtml(sheet).find("（印章）") != std::string::npos);
}

TEST_CASE("hostile text: rare characters, long fields, control characters and broken bytes") {
  Sheet sheet = Example();
  std::string longest;
  for (int i = 0; i < 10'000; ++i) longest += "字";
  sheet.facts = {{"名称", "𠮷野家 㐂 𡈽 👍 \u202Egnp.exe"},
                 {"说明", longest},
                 {"短", "a"},
                 {"", ""},
                 {"控制", std::string("一\x01\x1b二\0三", 11)},
                 {"坏", "\xff\xfe\xed\xa0\x80"}};
  sheet.tables.push_back({.columns = {"甲", "乙"}, .rows = {{longest, "短"}}});
  const auto pdf = documents::RenderPdf(sheet);
  REQUIRE(pdf.ok());
  const File file(*pdf);
  const std::string text = Run("pdftotext " + file.path + " -");
  CHECK(text.find("𠮷") != std::string::npos);
  std::size_t characters = 0;
  for (auto at = text.find("字"); at != std::string::npos; at = text.find("字", at + 3)) ++characters;
  CHECK(characters == 20'000);
  CHECK_FALSE(documents::RenderHtml(sheet).empty());
}

TEST_CASE("markup in names is text") {
  Sheet sheet = Example();
  sheet.addressee = "<script>alert(1)</script>";
  sheet.facts.emplace_back("\"'><img src=x>", "<b>&amp;");
  const std::string html = documents::RenderHtml(sheet);
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("<img") == std::string::npos);
  CHECK(html.find("&lt;b&gt;&amp;amp;") != std::string::npos);
  CHECK(documents::RenderPdf(sheet).ok());
}

TEST_CASE("drawn by several threads at once, the same sheet is the same document") {
  const Sheet sheet = Example();
  std::vector<std::thread> threads;
  std::array<std::size_t, 4> sizes{};
  for (std::size_t t = 0; t < sizes.size(); ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 3; ++i) sizes[t] = documents::RenderPdf(sheet)->size();
    });
  for (auto& thread : threads) thread.join();
  for (const auto size : sizes) CHECK(size == sizes[0]);
}

TEST_CASE("regression: the foot takes no page of its own, a signature that finds two lines stays with its text") {
  int longest = 0;
  for (int lines = 1; lines <= 24; ++lines) {
    Sheet sheet;
    sheet.organ = "某局";
    sheet.title = "通知";
    sheet.number = "某〔2026〕1号";
    for (int i = 0; i < lines; ++i) sheet.paragraphs.emplace_back("一行");
    sheet.signature = "某局";
    sheet.date = "2026年9月28日";
    sheet.seal = {"某局", "示意", "演示"};
    sheet.foot = {"文书摘要", "账本第 1 条", "扫码核验"};
    sheet.code = "https://zhian.example/public/verify/ABCDEFGH2345";
    const auto pdf = documents::RenderPdf(sheet);
    REQUIRE(pdf.ok());
    const File file(*pdf);
    if (Run("pdfinfo " + file.path).find("Pages:           1") != std::string::npos) longest = lines;
  }
  // Of 637 points the head takes 118 and the signature 56: sixteen lines of 28 stand between them.
  CHECK(longest == 16);
}

TEST_CASE("regression: signature and seal never stand on a page without text") {
  for (const int shape : {0, 1, 2})
    for (const std::size_t seal : {0u, 1u, 3u})
      for (int lines = 9; lines <= 19; ++lines) {
        Sheet sheet;
        sheet.organ = "某局";
        sheet.title = "通知";
        sheet.number = "某〔2026〕1号";
        sheet.signature = "某局";
        sheet.date = "2026年9月28日";
        for (std::size_t i = 0; i < seal; ++i) sheet.seal.emplace_back("示意");
        if (shape == 0) sheet.paragraphs.assign(static_cast<std::size_t>(lines), "一行");
        if (shape == 1) {
          sheet.paragraphs.assign(3, "一行");
          sheet.closing.assign(static_cast<std::size_t>(lines), "一行");
        }
        if (shape == 2) sheet.facts.assign(static_cast<std::size_t>(lines) * 2, {"事实", "一行\n一行"});
        const auto pdf = documents::RenderPdf(sheet);
        REQUIRE(pdf.ok());
        const File file(*pdf);
        const std::string text = Run("pdftotext " + file.path + " -");
        INFO(shape << " " << seal << " " << lines);
        const auto last = text.rfind('\f', text.size() - 2);  // a form feed ends each page
        CHECK(text.find("一行", last == std::string::npos ? 0 : last) != std::string::npos);
        CHECK(text.find("2026年9月28日", last == std::string::npos ? 0 : last) != std::string::npos);
      }
}
