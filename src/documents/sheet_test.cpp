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
  sheet.mark = "演示数据，不具效力";
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
  std::string path = (std::filesystem::temp_directory_path() / ("zhian-sheet-" + std::to_string(std::random_device{}()) + ".pdf")).string();
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
  for (const char* part : {"责令召回通知书", "金市监责召〔2026〕1号", "峡谷绿茶", "200kg", "送达回证", "—2—", "2026年10月12日"}) CHECK(text.find(part) != std::string::npos);
  std::string fonts = Run("pdffonts " + file.path + " | tail -n +3");
  CHECK_FALSE(fonts.empty());
  CHECK(fonts.find(" no  yes") == std::string::npos);  // "emb no"
  CHECK(Run("pdftoppm -r 150 -f 1 -l 1 -png " + file.path + " | zbarimg -q --raw -").find("https://zhian.example/public/verify/ABCDEFGH2345") == 0);
}

TEST_CASE("long text runs over pages, a long cell too; nothing is lost") {
  Sheet sheet = Example();
  std::string cell;
  for (int i = 0; i < 400; ++i) cell += "第" + std::to_string(i) + "行\n";
  sheet.facts.emplace_back("清单", cell);
  for (int i = 0; i < 40; ++i) sheet.paragraphs.push_back("段落" + std::to_string(i) + "，" + std::string(60, 'a') + " 正文正文正文正文正文正文正文正文正文正文正文正文。");
  const auto pdf = documents::RenderPdf(sheet);
  REQUIRE(pdf.ok());
  const File file(*pdf);
  const std::string text = Run("pdftotext -layout " + file.path + " -");
  CHECK(text.find("第399行") != std::string::npos);
  CHECK(text.find("段落39") != std::string::npos);
  sheet.paragraphs.assign(1, std::string(2'000'000, 'x'));
  CHECK(documents::RenderPdf(sheet).error().code == ErrorCode::kTooLarge);
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
