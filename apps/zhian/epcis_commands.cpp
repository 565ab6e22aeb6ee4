#include "epcis_commands.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>

#include "api/file_source.hpp"
#include "engines/epcis/hash.hpp"
#include "engines/epcis/validate.hpp"

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
  ZHIAN_ASSIGN(const auto source, api::FileSource::Open(file));
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
  const Status done = ForEachEvent(file, [&](std::int64_t i, const epcis::Event* event, const epcis::DocumentReader& reader) {
    if (event != nullptr) std::cout << epcis::EventHash(*event, reader.document().ignored) << "\n";
    else if (!reader.fault().empty()) whole = false, std::cerr << file << ": " << i << ": " << reader.fault().Text() << "\n";
  });
  if (!done.ok()) return FailOn(file, done.error());
  return whole ? 0 : 1;
}

int ValidateFiles(const std::vector<std::string>& files) {
  std::int64_t events = 0, invalid = 0, documents = 0;
  json::array errors;
  const auto add = [&](const std::string& file, std::int64_t event, const std::string& path, const Message& message) {
    std::cerr << file << ": " << event << ": " << path << ": " << message.Text() << "\n";
    if (errors.size() < 1000) errors.push_back(json::object{{"file", file}, {"event", event}, {"path", path}, {"message", message.Text()}});
  };
  for (const std::string& file : files) {
    ++documents;
    const Status done = ForEachEvent(file, [&](std::int64_t i, const epcis::Event* event, const epcis::DocumentReader& reader) {
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
      for (const auto& fault : faults) add(file, -1, "/epcisHeader/epcisMasterData/vocabularyList" + fault.path, fault.message);
      if (i == 0 && reader.document().vocabularies.empty()) ++invalid, add(file, -1, "/epcisBody/eventList", "文档中没有事件 epcisBody.eventList");
    });
    if (!done.ok()) ++invalid, add(file, -1, "", done.error().message);
  }
  std::cout << json::serialize(json::object{{"files", documents}, {"events", events}, {"invalid", invalid}, {"errors", std::move(errors)}}) << "\n";
  return invalid == 0 ? 0 : 1;
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
}

}  // namespace zhian
