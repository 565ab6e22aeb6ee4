#include <boost/json.hpp>
#include <ostream>

#include "desk/room_face.hpp"
#include "engines/epcis/hash.hpp"
#include "engines/epcis/validate.hpp"
#include "engines/epcis/xml_writer.hpp"
#include "rooms/traceability/face/commands.hpp"
#include "rooms/traceability/face/file_source.hpp"

namespace zhian::traceability::face {
namespace json = boost::json;

namespace {

Error InFile(const std::string& file, const Error& error) {
  return MakeError(error.code, file + ": " + error.message.Text());
}

// `each` sees every event with its position; a fault of reading comes with no event.
template <class Each>
Status ForEachEvent(const std::string& file, const Each& each) {
  ZHIAN_ASSIGN(const auto source, FileSource::Open(file));
  ZHIAN_ASSIGN(const auto reader, epcis::DocumentReader::Open(*source));
  for (std::int64_t i = 0;; ++i) {
    epcis::Event event;
    ZHIAN_ASSIGN(const auto step, reader->Next(event));
    if (step == epcis::DocumentReader::Step::kEnd) return each(i, nullptr, *reader), Ok();
    each(i, step == epcis::DocumentReader::Step::kEvent ? &event : nullptr, *reader);
  }
}

desk::CommandCode Hash(const desk::CommandInput& given, const desk::CommandOutput& to) {
  const std::string& file = given.Text("file");
  bool whole = true;
  const Status done =
      ForEachEvent(file, [&](std::int64_t i, const epcis::Event* event, const epcis::DocumentReader& reader) {
        if (event != nullptr)
          to.out << epcis::EventHash(*event, reader.document().ignored) << "\n";
        else if (!reader.fault().empty())
          whole = false, to.errors << file << ": " << i << ": " << reader.fault().Text() << "\n";
      });
  if (!done.ok()) return InFile(file, done.error());
  return whole ? 0 : 1;
}

desk::CommandCode ValidateFiles(const desk::CommandInput& given, const desk::CommandOutput& to) {
  const auto& files = given.All("files");
  std::int64_t events = 0, invalid = 0, documents = 0;
  json::array errors;
  const auto add = [&](const std::string& file, std::int64_t event, const std::string& path, const Message& message) {
    to.errors << file << ": " << event << ": " << path << ": " << message.Text() << "\n";
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
  to.out << json::serialize(json::object{
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
    head["@context"].get_array().push_back(std::move(own));
    head["zhian:ignoreFields"] = std::move(names);
  }
  if (!document.vocabularies.empty())
    head["epcisHeader"] = json::object{{"epcisMasterData", json::object{{"vocabularyList", document.vocabularies}}}};
  std::string text = json::serialize(head);
  text.pop_back();
  return text + ",\"epcisBody\":{\"eventList\":[";
}

desk::CommandCode Convert(const desk::CommandInput& given, const desk::CommandOutput& to) {
  const std::string& file = given.Text("file");
  const bool xml = given.Text("to") == "xml";
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
    to.out << (xml ? epcis::XmlHead(envelope) : JsonHead(document, envelope.creation_date));
  };
  bool first = true;
  const Status done =
      ForEachEvent(file, [&](std::int64_t i, const epcis::Event* event, const epcis::DocumentReader& reader) {
        begin(reader.document());
        if (event == nullptr) {
          if (!reader.fault().empty())
            whole = false, to.errors << file << ": " << i << ": " << reader.fault().Text() << "\n";
          return;
        }
        if (xml) {
          to.out << epcis::EventXml(*event);
          return;
        }
        json::object body = event->body;
        if (event->namespaces != reader.document().namespaces) body["@context"] = ContextOf(event->namespaces);
        to.out << (std::exchange(first, false) ? "\n" : ",\n") << json::serialize(body);
      });
  if (!done.ok()) return InFile(file, done.error());
  to.out << (xml ? epcis::XmlTail(envelope) : "\n]}}\n");
  return whole ? 0 : 1;
}

}  // namespace

std::vector<desk::Command> EpcisCommands() {
  static constexpr std::string_view kFile = "EPCIS document (JSON-LD, XML 2.0 or 1.x)";
  return {{.name = "hash",
           .help = "The CBV 2.0 hash of each event, one a line",
           .options = {{.name = "file", .help = kFile, .required = true}},
           .on_files = &Hash},
          {.name = "validate",
           .help = "Check EPCIS documents, write nothing",
           .options = {{.name = "files", .help = kFile, .required = true, .many = true}},
           .on_files = &ValidateFiles},
          {.name = "convert",
           .help = "An EPCIS document as XML 2.0 or as JSON-LD, to standard output",
           .options = {{.name = "file", .help = kFile, .required = true},
                       {.name = "--to", .help = "xml or json", .required = true, .choices = {"xml", "json"}}},
           .on_files = &Convert}};
}

}  // namespace zhian::traceability::face
