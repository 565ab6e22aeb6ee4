#include "epcis_commands.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>

#include "engines/epcis/digital_link.hpp"
#include "engines/epcis/hash.hpp"
#include "engines/epcis/validate.hpp"
#include "engines/epcis/xml_writer.hpp"
#include "rooms/traceability/face/file_source.hpp"

namespace zhian {
namespace json = boost::json;

namespace {

int FailOn(const std::string& file, const Error& error) {
  std::cerr << file << ": " << error.message.Text() << "\n";
  return 1;
}

// `each` sees every event with its position; a fault of reading comes with no event.
template <class Each>
Status ForEachEvent(const std::string& file, const Each& each) {
  ZHIAN_ASSIGN(const auto source, traceability::face::FileSource::Open(file));
  ZHIAN_ASSIGN(const auto reader, epcis::DocumentReader::Open(*source));
  for (std::int64_t i = 0;; ++i) {
    epcis::Event event;
    ZHIAN_ASSIGN(const auto step, reader->Next(event));
    if (step == epcis::DocumentReader::Step::kEnd) return each(i, nullptr, *reader), Ok();
    each(i, step == epcis::DocumentReader::Step::kEvent ? &event : nullptr, *reader);
  }
}

int Hash(const std::string& file) {
  bool whole = true;
  const Status done =
      ForEachEvent(file, [&](std::int64_t i, const epcis::Event* event, const epcis::DocumentReader& reader) {
        if (event != nullptr)
          std::cout << epcis::EventHash(*event, reader.document().ignored) << "\n";
        else if (!reader.fault().empty())
          whole = false, std::cerr << file << ": " << i << ": " << reader.fault().Text() << "\n";
      });
  if (!done.ok()) return FailOn(file, done.error());
  return whole ? 0 : 1;
}

int ValidateFiles(const std::vector<std::string>& files) {
  std::int64_t events = 0, invalid = 0, documents = 0;
  json::array errors;
  const auto add = [&](const std::string& file, std::int64_t event, const std::string& path, const Message& message) {
    std::cerr << file << ": " << event << ": " << path << ": " << message.Text() << "\n";
    if (errors.size() < 1000)
      errors.push_back(json::object{{"file", file}, {"event", event}, {"path", path}, {"message", message.Text()}});
  };
  for (const std::string& file : files) {
    ++documents;
    const Status done =
        ForEachEvent(file, [&](std::int64_t i, const epcis::Event* event, const epcis::DocumentReader& reader) {
          if (event != nullptr) {
            ++events;
            const auto faults = epcis::Validate(*event);
            if (!faults.empty()) ++invalid;
            for (const auto& fault : faults) add(file, i, fault.path, fault.message);
            return;
          }
          if (!reader.fault().empty()) {
            ++events, ++invalid;
            return add(file, i, "", reader.fault());
          }
          const auto faults = epcis::ValidateVocabularies(reader.document().vocabularies);
          if (!faults.empty()) ++invalid;
          for (const auto& fault : faults)
            add(file, -1, "/epcisHeader/epcisMasterData/vocabularyList" + fault.path, fault.message);
          if (i == 0 && reader.document().vocabularies.empty())
            ++invalid, add(file, -1, "/epcisBody/eventList", "文档中没有事件 epcisBody.eventList");
        });
    if (!done.ok()) ++invalid, add(file, -1, "", done.error().message);
  }
  std::cout << json::serialize(json::object{
                   {"files", documents}, {"events", events}, {"invalid", invalid}, {"errors", std::move(errors)}})
            << "\n";
  return invalid == 0 ? 0 : 1;
}

json::value ContextOf(const epcis::Namespaces& namespaces) {
  json::array context{"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"};
  json::object own;
  for (const auto& [prefix, space] : namespaces) own[prefix] = space;
  if (!own.empty()) context.push_back(std::move(own));
  return context;
}

// The head of a document in JSON-LD, up to the bracket of its events.
std::string JsonHead(const epcis::Document& document, const std::string& created) {
  json::object head{{"@context", ContextOf(document.namespaces)},
                    {"type", "EPCISDocument"},
                    {"schemaVersion", "2.0"},
                    {"creationDate", created}};
  if (!document.ignored.empty()) {
    json::object own;
    json::array names;
    for (std::size_t i = 0; i < document.ignored.size(); ++i) {
      const std::string& name = document.ignored[i];
      const auto close = name.find('}');
      if (close == std::string::npos) continue;
      own["ignored" + std::to_string(i)] = name.substr(1, close - 1);
      names.push_back(json::value("ignored" + std::to_string(i) + ":" + name.substr(close + 1)));
    }
    own["zhian"] = "urn:zhian:epcis:";
    head["@context"].as_array().push_back(std::move(own));
    head["zhian:ignoreFields"] = std::move(names);
  }
  if (!document.vocabularies.empty())
    head["epcisHeader"] = json::object{{"epcisMasterData", json::object{{"vocabularyList", document.vocabularies}}}};
  std::string text = json::serialize(head);
  text.pop_back();
  return text + ",\"epcisBody\":{\"eventList\":[";
}

int Convert(const std::string& file, const std::string& to) {
  const bool xml = to == "xml";
  epcis::XmlEnvelope envelope;
  bool begun = false, whole = true;
  const auto begin = [&](const epcis::Document& document) {
    if (std::exchange(begun, true)) return;
    const auto* created = document.fields.if_contains("creationDate");
    envelope.creation_date = created != nullptr && created->is_string()
                                 ? std::string(created->get_string())
                                 : base::FormatInstant(base::SystemClock{}.Now());
    envelope.vocabularies = &document.vocabularies;
    envelope.namespaces = document.namespaces;
    envelope.ignored = document.ignored;
    std::cout << (xml ? epcis::XmlHead(envelope) : JsonHead(document, envelope.creation_date));
  };
  bool first = true;
  const Status done =
      ForEachEvent(file, [&](std::int64_t i, const epcis::Event* event, const epcis::DocumentReader& reader) {
        begin(reader.document());
        if (event == nullptr) {
          if (!reader.fault().empty())
            whole = false, std::cerr << file << ": " << i << ": " << reader.fault().Text() << "\n";
          return;
        }
        if (xml) {
          std::cout << epcis::EventXml(*event);
          return;
        }
        json::object body = event->body;
        if (event->namespaces != reader.document().namespaces) body["@context"] = ContextOf(event->namespaces);
        std::cout << (std::exchange(first, false) ? "\n" : ",\n") << json::serialize(body);
      });
  if (!done.ok()) return FailOn(file, done.error());
  std::cout << (xml ? epcis::XmlTail(envelope) : "\n]}}\n");
  return whole ? 0 : 1;
}

int PrintElements(const Result<epcis::Elements>& elements, bool as_json, const std::string& uri) {
  if (!elements.ok()) return FailOn("digital-link", elements.error());
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

void AddDigitalLink(CLI::App& cli, int& code) {
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
      code = FailOn("digital-link", link.error());
    else if (given->as_json)
      code = PrintElements(elements, true, *link);
    else
      std::cout << *link << "\n";
  });
}

}  // namespace

void AddEpcisCommands(CLI::App& cli, int& code) {
  auto* hash = cli.add_subcommand("hash", "The CBV 2.0 hash of each event, one a line");
  const auto file = std::make_shared<std::string>();
  hash->add_option("file", *file, "EPCIS document")->required();
  hash->callback([&code, file] { code = Hash(*file); });
  auto* validate = cli.add_subcommand("validate", "Check EPCIS documents, write nothing");
  const auto files = std::make_shared<std::vector<std::string>>();
  validate->add_option("files", *files, "EPCIS documents (JSON-LD, XML 2.0 or 1.x)")->required();
  validate->callback([&code, files] { code = ValidateFiles(*files); });
  struct Conversion {
    std::string file, to = "xml";
  };
  const auto conversion = std::make_shared<Conversion>();
  auto* convert = cli.add_subcommand("convert", "An EPCIS document as XML 2.0 or as JSON-LD, to standard output");
  convert->add_option("file", conversion->file, "EPCIS document (JSON-LD, XML 2.0 or 1.x)")->required();
  convert->add_option("--to", conversion->to, "xml or json")->check(CLI::IsMember({"xml", "json"}));
  convert->callback([&code, conversion] { code = Convert(conversion->file, conversion->to); });
  AddDigitalLink(cli, code);
}

}  // namespace zhian
