// XML in (EPCIS 2.0, 1.x): a pull reader over libxml2 without network, external files or expansion of entities; one
// event at a time is in memory, and becomes the same JSON object that JSON-LD would have given. One use, one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engines/epcis/event.hpp"

struct _xmlTextReader;

namespace zhian::epcis {

// An element with all that is in it.
struct XmlNode {
  std::string name, prefix, space;  // local name, prefix and namespace
  struct Attribute {
    std::string name, prefix, space, value;
  };
  std::vector<Attribute> attributes;
  std::vector<std::pair<std::string, std::string>> declared;  // prefixes that the outermost element brings
  std::vector<XmlNode> children;
  std::string text;  // without the white space around, unless the element asks to keep it
  bool keeps_space = false;
  [[nodiscard]] const XmlNode* Child(std::string_view child) const;
};

// The JSON object of an event's element. Namespaces that it uses are added.
boost::json::object EventOfXml(const XmlNode& node, Namespaces& namespaces);
// The vocabulary list of master data.
boost::json::array VocabulariesOfXml(const XmlNode& list, Namespaces& namespaces);

class XmlReader final : public DocumentReader {
 public:
  struct Input;  // what libxml2 reads through
  XmlReader(Source& source, std::string begin, const Limits& limits);
  ~XmlReader() override;
  Status Start();
  Result<Step> Next(Event& event) override;

 private:
  Result<bool> Advance();  // false: the end
  Result<XmlNode> Build(std::size_t bytes_max);
  Status ReadOutside();  // an element that is no event: header, names to ignore, …
  [[nodiscard]] std::string LocalName() const;

  std::unique_ptr<Input> input_;
  Limits limits_;
  _xmlTextReader* reader_ = nullptr;
  bool stands_on_event_ = false, ended_ = false, root_seen_ = false;
};

}  // namespace zhian::epcis
