#include "papers/forms.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "base/json.hpp"
#include "procedure/model.hpp"

using namespace zhian;
namespace json = boost::json;

namespace {
const std::string kPolicy = std::string(ZHIAN_SOURCE_DIR) + "/policy";
const policy::Pack& Pack() {
  static const policy::Pack pack = *policy::Pack::Load(kPolicy);
  return pack;
}
const papers::Forms& Forms() {
  static const papers::Forms forms = *papers::Forms::Load(kPolicy + "/forms");
  return forms;
}
json::object Values(const char* document, const char* kind, const char* day, json::object fields) {
  return {{"kind", document},
          {"issued_on", day},
          {"matter", json::object{{"kind_id", kind}}},
          {"fields", std::move(fields)},
          {"operator", json::object{{"name", "峡谷茶业"}}}};
}
std::string All(const json::object& composed) { return json::serialize(composed); }
struct Folder {
  std::string path =
      (std::filesystem::temp_directory_path() / ("zhian-forms-" + std::to_string(std::random_device{}()))).string();
  Folder() { std::filesystem::create_directory(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  void Write(const std::string& text) const { std::ofstream(path + "/f.toml") << text; }
};
}  // namespace

TEST_CASE("every document of a live kind has a form with a text of its own") {
  std::set<std::string> missing;
  int documents = 0;
  const auto look = [&](std::string_view document, std::string_view kind) {
    if (document.empty()) return;
    ++documents;
    const papers::Form* form = Forms().Find(document, kind);
    if (form == nullptr || form->text.empty()) missing.insert(std::string(document) + "/" + std::string(kind));
  };
  for (const auto& kind : procedure::Kinds()) {
    if (!kind.live) continue;
    for (const auto& transition : kind.transitions) look(transition.document, kind.id);
    for (const auto& common : procedure::CommonActions()) look(common.row.document, kind.id);
  }
  CHECK(documents > 150);
  CHECK(missing == std::set<std::string>{});
}

TEST_CASE("every rule, ground and clause that a form names exists") {
  CHECK(Forms().Unknown(Pack()) == std::vector<std::string>{});
}

TEST_CASE("numbers of law are those of the day and the regime; what is of low confidence is marked") {
  const auto food =
      All(Forms().Compose(Values("fail_notice", "sample", "2026-05-21",
                                 {{"regime", "food"}, {"product_name", "豆腐"}, {"lot", "urn:zhian:lot:DF1"}}),
                          Pack()));
  CHECK(food.find("7 个工作日内申请复检（《食品安全法》第八十八条）") != std::string::npos);
  CHECK(food.find("豆腐（批号 DF1）") != std::string::npos);
  CHECK(food.find("urn:") == std::string::npos);
  const auto product =
      All(Forms().Compose(Values("fail_notice", "sample", "2026-05-21", {{"regime", "product"}}), Pack()));
  CHECK(product.find("15 日内申请复检（《产品质量法》第十五条）") != std::string::npos);
  const auto now = All(Forms().Compose(Values("penalty_decision", "enforcement_case", "2026-05-21", {}), Pack()));
  CHECK(now.find("60 日内申请行政复议（《行政复议法》第二十条）") != std::string::npos);
  CHECK(now.find("6 个月内向人民法院提起行政诉讼") != std::string::npos);
  const auto then = All(Forms().Compose(Values("penalty_decision", "enforcement_case", "2007-09-01", {}), Pack()));
  CHECK(then.find("3 个月内向人民法院提起行政诉讼（《行政诉讼法》（1989年）第三十九条）") != std::string::npos);
  CHECK(then.find("《行政处罚法》（1996年）第三十八条、第三十九条") != std::string::npos);
  CHECK(then.find("令第45号") == std::string::npos);  // not yet made
  const auto listing = All(Forms().Compose(Values("listing_notice", "credit_listing", "2026-05-21", {}), Pack()));
  CHECK(listing.find("5 个工作日（待核实）内提出陈述、申辩") != std::string::npos);
}

TEST_CASE("the form of a document may differ by the kind of matter") {
  CHECK(Forms().Find("transfer_letter", "judicial_transfer") != Forms().Find("transfer_letter", "lead"));
  CHECK(
      json::value_to<std::string>(
          Forms().Compose(Values("transfer_letter", "judicial_transfer", "2026-05-21", {}), Pack()).at("addressee")) ==
      "有管辖权的公安机关：");
  CHECK(Forms().Compose(Values("nothing_such", "lead", "2026-05-21", {}), Pack()).empty());
}

TEST_CASE("a form that names what does not exist does not load, and says where") {
  const Folder folder;
  folder.Write("[[form]]\ndocument = \"no_such_paper\"\n");
  CHECK_FALSE(papers::Forms::Load(folder.path).ok());
  folder.Write("[[form]]\ndocument = \"fail_notice\"\nfacts = [\"no_such_field\"]\n");
  const auto field = papers::Forms::Load(folder.path);
  REQUIRE_FALSE(field.ok());
  CHECK(field.error().message.In(Language::kEnglish).find("no_such_field") != std::string::npos);
  folder.Write("[[ground]]\nid = \"a\"\ntext = \"b\"\nfrom = \"soon\"\n");
  CHECK_FALSE(papers::Forms::Load(folder.path).ok());
  folder.Write(
      "[[form]]\ndocument = \"fail_notice\"\nrights = [\"no_such_clause\"]\ntext = [\"{rule:no.such.rule}\"]\n");
  const auto clause = papers::Forms::Load(folder.path);
  REQUIRE(clause.ok());
  CHECK(clause->Unknown(Pack()).size() == 2);
}
