#include "digital_link_command.hpp"

#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "engines/epcis/digital_link.hpp"

namespace zhian::commands {
namespace json = boost::json;

namespace {

int FailOn(const Error& error) {
  std::cerr << "digital-link: " << error.message.Text() << "\n";
  return 1;
}

int PrintElements(const Result<epcis::Elements>& elements, bool as_json, const std::string& uri) {
  if (!elements.ok()) return FailOn(elements.error());
  if (!as_json) {
    std::cout << epcis::ElementString(*elements) << "\n";
    return 0;
  }
  json::array list;
  for (const auto& [ai, value] : *elements) list.push_back(json::object{{"ai", ai}, {"value", value}});
  std::cout << json::serialize(json::object{{"uri", uri},
                                            {"element_string", epcis::ElementString(*elements)},
                                            {"bracketed", epcis::Bracketed(*elements)},
                                            {"elements", std::move(list)}})
            << "\n";
  return 0;
}

}  // namespace

void AddDigitalLinkCommand(CLI::App& cli, int& code) {
  struct Given {
    std::string text, stem;
    epcis::LinkOptions options;
    bool as_json = false;
  };
  const auto given = std::make_shared<Given>();
  auto* command = cli.add_subcommand("digital-link", "GS1 Digital Link and element string");
  command->require_subcommand(1);
  auto* parse = command->add_subcommand("parse", "A Digital Link URI as element string (^ stands for FNC1)");
  parse->add_option("uri", given->text, "https://…/01/…")->required();
  auto* build = command->add_subcommand("build", "The Digital Link URI of an element string");
  build->add_option("elements", given->text, "(01)…(10)… or ^01…")->required();
  build->add_option("--stem", given->stem, "https://example.com instead of https://id.gs1.org");
  for (auto* sub : {parse, build}) {
    sub->add_flag("--zero-suppressed-gtin", given->options.zero_suppressed_gtin, "Take GTINs of 8, 12 and 13 digits");
    sub->add_flag("--short-names", given->options.short_names, "Take /gtin/…/lot/…");
    sub->add_flag("--unknown-identifiers", given->options.unknown_identifiers,
                  "Keep numeric attributes that are not known");
    sub->add_flag("--json", given->as_json);
  }
  parse->callback([&code, given] {
    code = PrintElements(epcis::ParseLink(given->text, given->options), given->as_json, given->text);
  });
  build->callback([&code, given] {
    const auto elements = given->text.starts_with('(') ? epcis::ParseBracketed(given->text, given->options)
                                                       : epcis::ParseElementString(given->text);
    const auto link = elements.ok() ? epcis::BuildLink(*elements, given->stem, given->options)
                                    : Result<std::string>(elements.error());
    if (!link.ok())
      code = FailOn(link.error());
    else if (given->as_json)
      code = PrintElements(elements, true, *link);
    else
      std::cout << *link << "\n";
  });
}

}  // namespace zhian::commands
