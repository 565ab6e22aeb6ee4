// Model of EPCIS 2.0: an event is its JSON-LD object, whatever it was read from, with the namespaces that its prefixes
// stand for. Invariants after reading: words of the CBV are bare ("shipping"), XML's wrappers are gone, names of
// extensions have a prefix of `namespaces`, numbers are finite, no key stands twice. Plain values; one thread at a
// time.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace zhian::epcis {

using Namespaces = std::map<std::string, std::string, std::less<>>;  // prefix -> namespace

struct Event {
  boost::json::object body;
  Namespaces namespaces;
};

struct Document {
  std::string type;                 // EPCISDocument, EPCISQueryDocument, or the type of a bare event
  boost::json::object fields;       // schemaVersion, creationDate, sender …: all but the events and "@context"
  boost::json::array vocabularies;  // master data of the header or of a query's answer: [{type, vocabularyElementList}]
  Namespaces namespaces;
  std::vector<std::string> ignored;  // expanded names that senders ask to leave out of the hash
  std::string xml_version;           // "1.2", "2.0" …: of an XML document; empty for JSON
};

struct Limits {
  std::size_t event_bytes_max = 4 * 1024 * 1024;
  std::size_t header_bytes_max = 32 * 1024 * 1024;
  std::size_t depth_max = 48;
};

// Bytes from outside, in order, and once more from the beginning.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::size_t Read(char* to, std::size_t size) = 0;  // 0: the end
  virtual bool Rewind() = 0;
};
class TextSource final : public Source {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  std::size_t Read(char* to, std::size_t size) override;
  bool Rewind() override { return at_ = 0, true; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

// Reads one document event by event in constant memory. JSON-LD, XML 2.0 and 1.x are told apart by their first byte.
class DocumentReader {
 public:
  enum class Step { kEvent, kBadEvent, kEnd };
  virtual ~DocumentReader() = default;
  // Errors: kInvalid, kTooLarge: the document cannot be read at all. REQUIRES: source outlives the reader.
  static Result<std::unique_ptr<DocumentReader>> Open(Source& source, const Limits& limits = {});
  // kBadEvent: this one cannot be read, fault() says why, reading goes on. An Error ends the document.
  virtual Result<Step> Next(Event& event) = 0;
  [[nodiscard]] const Document& document() const { return document_; }
  [[nodiscard]] const Message& fault() const { return fault_; }

 protected:
  Document document_;
  Message fault_;
};

// The whole of a small document at once.
struct ReadResult {
  Document document;
  std::vector<Event> events;
};
Result<ReadResult> ReadAll(std::string_view text, const Limits& limits = {});

// Words of the CBV to their bare form, in place; the last step of every reader.
void Normalise(boost::json::object& event);
// Prefixes that both published contexts define.
const Namespaces& StandardNamespaces();
// "{namespace}local" of "prefix:local"; the name itself where its prefix is unknown or it has none.
std::string ExpandName(std::string_view name, const Namespaces& namespaces);
// Adds what an "@context" defines.
void ReadContext(const boost::json::value& context, Namespaces& namespaces);
// Whether a key of an event is the standard's own (so it needs no namespace).
bool IsEventField(std::string_view key);

}  // namespace zhian::epcis
