#include "procedure/case_file.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace zhian;
using namespace zhian::procedure;

namespace {

// The texts of the faults, each with its line ("x.toml:3 …"), one after the other; "" where the file is good.
std::string Faults(const std::string& text) {
  const auto read = ReadCases(text, "x.toml");
  if (read.ok()) return "";
  std::string all = read.error().fields.empty() ? read.error().message.Text() : "";
  for (const FieldError& field : read.error().fields) all += field.pointer + " " + field.message.Text() + "\n";
  return all;
}
bool Has(const std::string& text, const char* words) {
  INFO(text);
  return text.find(words) != std::string::npos;
}

constexpr const char* kGood = R"(
day = 2026-10-12
[[case]]
says = "封条号一致"
guard = "seal_is_intact"
step = "sample.receive"
matter.seal_number = "A-1"
form.seal_seen = "A-1"
holds = true
)";

}  // namespace

TEST_CASE("a case is read with what it leaves out filled in") {
  const auto cases = ReadCases(kGood, "x.toml");
  REQUIRE(cases.ok());
  REQUIRE(cases->size() == 1);
  const Case& one = cases->front();
  CHECK(one.line == 3);
  CHECK(one.guard->id == "seal_is_intact");
  CHECK(one.matter.kind->id == "sample");
  CHECK(one.matter.state == "taken");
  CHECK(one.by == "lab_technician");
  CHECK(base::FormatInstant(one.now) == "2026-10-12T02:00:00.000Z");
  CHECK(one.holds);
}

TEST_CASE("numbers, quantities and days stand as the records hold them") {
  const auto cases = ReadCases(R"(
[[case]]
says = "货值"
day = 2026-10-12T15:30:00
guard = "goods_value_is_computed"
form = { goods = [{ name = "豆干", quantity = "100 kg", price = 12.5 }], goods_value = 1250, value_basis = "标价" }
holds = true
[[case]]
says = "期限"
day = 2026-10-12
duty = "sample.serve_fail"
matter.regime = "food"
limit = 2026-10-19
rule = "sampling.food.serve"
)",
                               "x.toml");
  REQUIRE(cases.ok());
  const auto& row = cases->front().form.at("goods").as_array().front().as_object();
  CHECK(row.at("price") == "12.5");
  CHECK(row.at("quantity").as_object().at("value") == "100");
  CHECK(row.at("quantity").as_object().at("unit") == "kg");
  CHECK(base::FormatInstant(cases->front().now) == "2026-10-12T07:30:00.000Z");
  CHECK(base::FormatDate(base::LocalDate(*(*cases)[1].limit)) == "2026-10-19");
  CHECK_FALSE((*cases)[1].to_the_minute);
}

TEST_CASE("every unknown name is a fault with its line and its mend") {
  const std::string head = "day = 2026-10-12\n[[case]]\nsays = \"x\"\nholds = true\n";
  CHECK(Has(Faults(head + "guard = \"seal_is_intakt\"\n"), "x.toml:2 没有“seal_is_intakt”这个条件"));
  CHECK(
      Has(Faults(head + "guard = \"seal_is_intact\"\nstep = \"sample.recieve\"\n"), "没有哪一步问到“seal_is_intact”"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\ngaurd = 1\n"), "x.toml:6 没有“gaurd”这一项"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\nstep = \"sample.receive\"\nmatter.seal_numer = \"1\"\n"),
            "x.toml:7 “抽样与检验”没有“seal_numer”这一栏"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\nform.seal = \"1\"\n"), "x.toml:6 这一步不填“seal”"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\nby = \"wang\"\n"), "没有“wang”这个人"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\nother = [{ kind = \"reciall\" }]\n"), "没有“reciall”这种事项"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\nother = [{ kind = \"recall\", state = \"open\" }]\n"),
            "“召回”没有“open”这种状态"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\nhistory = [{ did = \"fly\" }]\n"), "没有“fly”这一步"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\nduties = [{ duty = \"fly\" }]\n"), "没有“fly”这项待办"));
  CHECK(Has(Faults(head + "guard = \"seal_is_intact\"\nbase = \"没有的\"\n"), "没有“没有的”这个底稿"));
  CHECK(Has(Faults(head + "guard = \"form_is_complete\"\n"), "由表单或另一人确认"));
}

TEST_CASE("values that the form would not take are refused as the form refuses them") {
  const std::string head = "day = 2026-10-12\n[[case]]\nsays = \"x\"\nholds = true\n";
  CHECK(Has(Faults(head + "guard = \"heavy_penalty_precondition_is_met\"\nform.heavy_ground = \"big\"\n"),
            "从列表中选择"));
  CHECK(Has(Faults(head + "guard = \"year_has_ended\"\nmatter.plan_year = 2026.5\n"), "用整数"));
  CHECK(Has(Faults(head + "guard = \"all_items_are_within_limits\"\nmatter.results = [{ item = \"铅\" }]\n"), "缺少"));
}

TEST_CASE("what must come out is said, and said for what it fits") {
  const std::string guard = "day = 2026-10-12\n[[case]]\nsays = \"x\"\nguard = \"seal_is_intact\"\n";
  CHECK(Has(Faults(guard), "写明 holds"));
  CHECK(Has(Faults(guard + "holds = true\nopen = [\"y\"]\n"), "成立的条件没有未满足的事项"));
  CHECK(Has(Faults(guard + "holds = true\nlimit = 2026-10-13\n"), "“limit”只用于期限"));
  CHECK(Has(Faults(guard + "holds = true\nknown_false = \"\"\n"), "known_false 写明理由"));
  CHECK(Has(Faults(guard + "holds = true\nthen = [{ did = \"reassign\", at = 2026-10-13 }]\n"), "“then”只用于期限"));
  const std::string duty = "day = 2026-10-12\n[[case]]\nsays = \"x\"\nduty = \"sample.serve_fail\"\n";
  CHECK(Has(Faults(duty), "写明 limit"));
  CHECK(Has(Faults(duty + "then = [{ did = \"fly\" }]\n"), "没有“fly”这一步"));
  CHECK(Has(Faults(duty + "then = [{ did = \"reassign\" }]\n"), "写明 at"));
  CHECK(Has(Faults(duty + "limit = 2026-10-13\n"), "写明 rule"));
  CHECK(Has(Faults(duty + "limit = \"2026-10-13\"\nrule = \"r\"\n"), "须是日期或时间，不加引号"));
  CHECK(Has(Faults("[[case]]\nsays = \"x\"\nguard = \"seal_is_intact\"\nholds = true\n"), "写明 day"));
  CHECK(Has(Faults(""), "文件里没有案例"));
}

TEST_CASE("no bytes at all make the reader fail or run over") {
  for (const char* text :
       {"[[case]]\ncase = 1", "case = 1", "case = [1, 2]", "[case]\nsays=1", "[[case]]\n[case.matter]\n[case.form]",
        "base = 3\n[[case]]\nbase = 4", "day = \"x\"\n[[case]]", "[[case]]\nguard = 1\nduty = 2", "[a.]", "\xff\xfe",
        "[[case]]\nday = 9999-12-31\nguard = \"seal_is_intact\"", "[[case]]\nother = {}", "[[case]]\ngoods = [[]]",
        "written_by_effects = { nothing = 3 }\n[[case]]", "[[case]]\nguard = \"seal_is_intact\"\nmatter = 1\nform = []",
        "[[case]]\nduty = \"sample\"", "[[case]]\nduty = \".\"", "[[case]]\nguard = \"reason_is_given\"\nstep = \".\""})
    CHECK_FALSE(ReadCases(text, "x.toml").ok());
  std::mt19937 random(7);
  const std::string good = kGood;
  for (int i = 0; i < 3000; ++i) {
    std::string text = good;
    for (int n = 0; n < 4; ++n) text[random() % text.size()] = static_cast<char>(random() % 256);
    (void)ReadCases(text, "x.toml");
  }
}
