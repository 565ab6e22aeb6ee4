#include "engines/epcis/event.hpp"

#include <algorithm>
#include <cstring>

#include "engines/epcis/vocabulary.hpp"

namespace zhian::epcis {
namespace json = boost::json;

std::size_t TextSource::Read(char* to, std::size_t size) {
  const std::size_t n = std::min(size, text_.size() - at_);
  if (n > 0) std::memcpy(to, text_.data() + at_, n);
  at_ += n;
  return n;
}

const Namespaces& StandardNamespaces() {
  static const Namespaces kNames{{"cbv", "https://ref.gs1.org/cbv/"},
                                 {"cbvmda", "urn:epcglobal:cbv:mda:"},
                                 {"epcis", "https://ref.gs1.org/epcis/"},
                                 {"gs1", "https://gs1.org/voc/"},
                                 {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
                                 {"owl", "http://www.w3.org/2002/07/owl#"},
                                 {"xsd", "http://www.w3.org/2001/XMLSchema#"},
                                 {"dcterms", "http://purl.org/dc/terms/"}};
  return kNames;
}

std::string ExpandName(std::string_view name, const Namespaces& namespaces) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return std::string(name);
  // A name that is a whole IRI is the same as its namespace and its last word.
  if (name.substr(colon).starts_with("://")) {
    const auto end = name.find_last_of("/#");
    return end + 1 < name.size() && end > colon + 2
               ? "{" + std::string(name.substr(0, end + 1)) + "}" + std::string(name.substr(end + 1))
               : std::string(name);
  }
  const auto prefix = name.substr(0, colon);
  auto it = namespaces.find(prefix);
  if (it == namespaces.end()) {
    it = StandardNamespaces().find(prefix);
    if (it == StandardNamespaces().end()) return std::string(name);
  }
  return "{" + it->second + "}" + std::string(name.substr(colon + 1));
}

void ReadContext(const json::value& context, Namespaces& namespaces) {
  if (context.is_array()) {
    for (const json::value& part : context.get_array())
      if (!part.is_array()) ReadContext(part, namespaces);
  } else if (context.is_object()) {
    for (const auto& [key, value] : context.get_object()) {
      const std::string_view name(key.data(), key.size());
      if (name.starts_with('@') || name.find(':') != std::string_view::npos || namespaces.size() >= 200) continue;
      if (value.is_string())
        namespaces[std::string(name)] = std::string(value.get_string());
      else if (value.is_object())
        if (const auto* id = value.get_object().if_contains("@id"); id != nullptr && id->is_string())
          namespaces[std::string(name)] = std::string(id->get_string());
    }
  }
}

bool IsEventField(std::string_view key) {
  static constexpr std::string_view kFields[] = {"action",
                                                 "bizLocation",
                                                 "bizStep",
                                                 "bizTransactionList",
                                                 "certificationInfo",
                                                 "childEPCs",
                                                 "childQuantityList",
                                                 "destinationList",
                                                 "disposition",
                                                 "epcList",
                                                 "errorDeclaration",
                                                 "eventID",
                                                 "eventTime",
                                                 "eventTimeZoneOffset",
                                                 "ilmd",
                                                 "inputEPCList",
                                                 "inputQuantityList",
                                                 "outputEPCList",
                                                 "outputQuantityList",
                                                 "parentID",
                                                 "persistentDisposition",
                                                 "quantityList",
                                                 "readPoint",
                                                 "recordTime",
                                                 "sensorElementList",
                                                 "sourceList",
                                                 "transformationID",
                                                 "type"};
  return std::binary_search(std::begin(kFields), std::end(kFields), key);
}

namespace {

void Bare(Vocabulary vocabulary, json::value* value) {
  if (value == nullptr) return;
  if (value->is_string())
    *value = BareWord(vocabulary, std::string_view(value->get_string()));
  else if (value->is_array())
    for (json::value& item : value->get_array())
      if (item.is_string()) item = BareWord(vocabulary, std::string_view(item.get_string()));
}

}  // namespace

void Normalise(json::object& event) {
  Bare(Vocabulary::kBizStep, event.if_contains("bizStep"));
  Bare(Vocabulary::kDisposition, event.if_contains("disposition"));
  if (auto* persistent = event.if_contains("persistentDisposition"); persistent != nullptr && persistent->is_object())
    for (const char* name : {"set", "unset"})
      Bare(Vocabulary::kDisposition, persistent->get_object().if_contains(name));
  for (const auto& [list, vocabulary] : {std::pair{"bizTransactionList", Vocabulary::kTransactionType},
                                         {"sourceList", Vocabulary::kSourceDestType},
                                         {"destinationList", Vocabulary::kSourceDestType}})
    if (auto* value = event.if_contains(list); value != nullptr && value->is_array())
      for (json::value& entry : value->get_array())
        if (entry.is_object()) Bare(vocabulary, entry.get_object().if_contains("type"));
  if (auto* error = event.if_contains("errorDeclaration"); error != nullptr && error->is_object())
    Bare(Vocabulary::kErrorReason, error->get_object().if_contains("reason"));
  if (auto* sensors = event.if_contains("sensorElementList"); sensors != nullptr && sensors->is_array())
    for (json::value& element : sensors->get_array()) {
      if (!element.is_object()) continue;
      auto* reports = element.get_object().if_contains("sensorReport");
      if (reports == nullptr || !reports->is_array()) continue;
      for (json::value& report : reports->get_array()) {
        if (!report.is_object()) continue;
        Bare(Vocabulary::kMeasurement, report.get_object().if_contains("type"));
        Bare(Vocabulary::kAlert, report.get_object().if_contains("exception"));
        Bare(Vocabulary::kComponent, report.get_object().if_contains("component"));
      }
    }
}

Result<ReadResult> ReadAll(std::string_view text, const Limits& limits) {
  TextSource source(text);
  ZHIAN_ASSIGN(const auto reader, DocumentReader::Open(source, limits));
  ReadResult all;
  for (;;) {
    Event event;
    ZHIAN_ASSIGN(const auto step, reader->Next(event));
    if (step == DocumentReader::Step::kEnd) break;
    if (step == DocumentReader::Step::kBadEvent) return MakeError(ErrorCode::kInvalid, reader->fault());
    all.events.push_back(std::move(event));
  }
  all.document = reader->document();
  return all;
}

}  // namespace zhian::epcis
