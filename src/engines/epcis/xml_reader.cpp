#include "engines/epcis/xml_reader.hpp"

#include <libxml/xmlreader.h>

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "engines/epcis/json_reader.hpp"

namespace zhian::epcis {
namespace json = boost::json;

struct XmlReader::Input {
  Source& source;
  std::string begin;
  std::size_t at = 0;
  std::string error;
  int error_line = 0;
};

namespace {

int ReadBytes(void* context, char* to, int size) {
  auto* input = static_cast<XmlReader::Input*>(context);
  if (input->at < input->begin.size()) {
    const std::size_t n = std::min(static_cast<std::size_t>(size), input->begin.size() - input->at);
    std::memcpy(to, input->begin.data() + input->at, n);
    input->at += n;
    return static_cast<int>(n);
  }
  return static_cast<int>(input->source.Read(to, static_cast<std::size_t>(size)));
}

void KeepError(void* context, xmlErrorPtr error) {
  auto* input = static_cast<XmlReader::Input*>(context);
  if (!input->error.empty() || error->level < XML_ERR_ERROR || error->domain == XML_FROM_NAMESPACE) return;
  input->error = base::Trim(error->message == nullptr ? "malformed" : error->message);
  input->error_line = error->line;
}

constexpr std::string_view kXmlSpace = "http://www.w3.org/XML/1998/namespace";

// Declarations that say something of the sender's own: not those of the schema, nor those that everybody has.
void AddDeclared(const std::string& prefix, const std::string& space, Namespaces& namespaces) {
  const auto standard = StandardNamespaces().find(prefix);
  if (prefix == "xmlns" || prefix == "xsi" || prefix == "sbdh" || space == "http://www.w3.org/2001/XMLSchema" ||
      space.starts_with("urn:epcglobal:epcis"))
    return;
  if (standard != StandardNamespaces().end() && standard->second == space) return;
  if (namespaces.size() < 400) namespaces[prefix] = space;
}

std::string Text(const xmlChar* text) {
  return text == nullptr ? std::string{} : std::string(reinterpret_cast<const char*>(text));
}

}  // namespace

const XmlNode* XmlNode::Child(std::string_view child) const {
  for (const XmlNode& node : children)
    if (node.name == child) return &node;
  return nullptr;
}

XmlReader::XmlReader(Source& source, std::string begin, const Limits& limits)
    : input_(std::make_unique<Input>(Input{source, std::move(begin), 0, {}, 0})), limits_(limits) {}
XmlReader::~XmlReader() {
  if (reader_ != nullptr) xmlFreeTextReader(reader_);
}

std::string XmlReader::LocalName() const { return Text(xmlTextReaderConstLocalName(reader_)); }

Result<bool> XmlReader::Advance() {
  const int read = xmlTextReaderRead(reader_);
  if (read < 0 || !input_->error.empty())
    return MakeError(ErrorCode::kInvalid,
                     Say("XML 第 {} 行：{}", input_->error_line,
                         input_->error.empty() ? std::string("malformed") : base::Cut(input_->error, 200)));
  if (read == 0) return false;
  switch (xmlTextReaderNodeType(reader_)) {
    case XML_READER_TYPE_DOCUMENT_TYPE: {
      // A bare <!DOCTYPE name> says nothing; declarations in it could.
      const xmlNode* node = xmlTextReaderCurrentNode(reader_);
      const auto* dtd = reinterpret_cast<const xmlDtd*>(node);
      if (dtd == nullptr || dtd->children != nullptr || dtd->entities != nullptr || dtd->pentities != nullptr ||
          dtd->ExternalID != nullptr || dtd->SystemID != nullptr)
        return MakeError(ErrorCode::kInvalid, "XML 不得带 DTD 声明，请删去 DOCTYPE 中的内容");
      return true;
    }
    case XML_READER_TYPE_ENTITY_REFERENCE:
    case XML_READER_TYPE_ENTITY: return MakeError(ErrorCode::kInvalid, "XML 不得使用自定义实体");
    default: break;
  }
  if (xmlTextReaderDepth(reader_) > static_cast<int>(limits_.depth_max) + 8)
    return MakeError(ErrorCode::kInvalid, Say("嵌套超过 {} 层", limits_.depth_max));
  return true;
}

// REQUIRES: the reader stands at the start of an element. Leaves it at the element's end.
Result<XmlNode> XmlReader::Build(std::size_t bytes_max) {
  std::size_t bytes = 0;
  std::vector<XmlNode> open;
  for (;;) {
    const int type = xmlTextReaderNodeType(reader_);
    if (type == XML_READER_TYPE_ELEMENT) {
      XmlNode node;
      node.name = LocalName();
      node.prefix = Text(xmlTextReaderConstPrefix(reader_));
      node.space = Text(xmlTextReaderConstNamespaceUri(reader_));
      const bool empty = xmlTextReaderIsEmptyElement(reader_) == 1;
      bytes += node.name.size() + 16;
      while (xmlTextReaderMoveToNextAttribute(reader_) == 1) {
        if (xmlTextReaderIsNamespaceDecl(reader_) == 1) {
          if (open.empty() && node.declared.size() < 200)
            node.declared.emplace_back(LocalName(), Text(xmlTextReaderConstValue(reader_)));
          continue;
        }
        XmlNode::Attribute attribute{LocalName(), Text(xmlTextReaderConstPrefix(reader_)),
                                     Text(xmlTextReaderConstNamespaceUri(reader_)),
                                     Text(xmlTextReaderConstValue(reader_))};
        bytes += attribute.value.size() + 16;
        if (attribute.name == "space" && attribute.space == kXmlSpace)
          node.keeps_space = attribute.value == "preserve";
        else
          node.attributes.push_back(std::move(attribute));
      }
      xmlTextReaderMoveToElement(reader_);
      open.push_back(std::move(node));
      if (empty) {
        XmlNode done = std::move(open.back());
        open.pop_back();
        if (open.empty()) return done;
        open.back().children.push_back(std::move(done));
      }
    } else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
               type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE) {
      const std::string text = Text(xmlTextReaderConstValue(reader_));
      bytes += text.size();
      if (!open.empty()) open.back().text += text;
    } else if (type == XML_READER_TYPE_END_ELEMENT) {
      XmlNode done = std::move(open.back());
      open.pop_back();
      if (!done.keeps_space) done.text = base::Trim(done.text);
      if (open.empty()) return done;
      open.back().children.push_back(std::move(done));
    }
    if (bytes > bytes_max) return MakeError(ErrorCode::kTooLarge, Say("一个事件超过 {} KB", bytes_max / 1024));
    ZHIAN_ASSIGN(const bool more, Advance());
    if (!more) return MakeError(ErrorCode::kInvalid, "XML 内容不完整");
  }
}

Status XmlReader::ReadOutside() {
  ZHIAN_ASSIGN(const XmlNode node, Build(limits_.header_bytes_max));
  if (node.name == "EPCISHeader") {
    const XmlNode* at = &node;
    if (const XmlNode* extension = at->Child("extension")) at = extension;
    if (const XmlNode* master = at->Child("EPCISMasterData"))
      if (const XmlNode* list = master->Child("VocabularyList"))
        document_.vocabularies = VocabulariesOfXml(*list, document_.namespaces);
  } else if (node.name == "VocabularyList") {
    document_.vocabularies = VocabulariesOfXml(node, document_.namespaces);
  } else if (node.name == "ignoreFields") {
    for (const XmlNode& field : node.children) document_.ignored.push_back("{" + field.space + "}" + field.name);
  } else if (node.name == "queryName" || node.name == "subscriptionID") {
    document_.fields[node.name] = node.text;
  }
  return Ok();
}

Status XmlReader::Start() {
  reader_ = xmlReaderForIO(&ReadBytes, nullptr, input_.get(), nullptr, nullptr,
                           XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_COMPACT);
  if (reader_ == nullptr) return MakeError(ErrorCode::kInternal, "no memory for the XML reader");
  xmlTextReaderSetStructuredErrorHandler(reader_, reinterpret_cast<xmlStructuredErrorFunc>(&KeepError), input_.get());
  for (;;) {
    ZHIAN_ASSIGN(const bool more, Advance());
    if (!more) {
      ended_ = true;
      if (!root_seen_) return MakeError(ErrorCode::kInvalid, "XML 内容不完整");
      return Ok();
    }
    if (xmlTextReaderNodeType(reader_) != XML_READER_TYPE_ELEMENT) continue;
    const std::string name = LocalName();
    if (!root_seen_) {
      root_seen_ = true;
      document_.type = name;
      while (xmlTextReaderMoveToNextAttribute(reader_) == 1) {
        const std::string attribute = LocalName();
        if (xmlTextReaderIsNamespaceDecl(reader_) == 1) {
          if (document_.namespaces.size() < 200)
            AddDeclared(attribute, Text(xmlTextReaderConstValue(reader_)), document_.namespaces);
        } else if (attribute == "schemaVersion" || attribute == "creationDate") {
          document_.fields[attribute] = Text(xmlTextReaderConstValue(reader_));
          if (attribute == "schemaVersion") document_.xml_version = Text(xmlTextReaderConstValue(reader_));
        }
      }
      xmlTextReaderMoveToElement(reader_);
      if (document_.xml_version.empty()) document_.xml_version = "2.0";
      if (name.ends_with("Event")) {
        stands_on_event_ = true;
        return Ok();
      }
      document_.fields["type"] = name;
      continue;
    }
    if (name == "EventList") {
      if (xmlTextReaderIsEmptyElement(reader_) == 1) continue;
      return Ok();
    }
    if (name == "EPCISBody" || name == "QueryResults" || name == "resultsBody") continue;
    ZHIAN_TRY(ReadOutside());
  }
}

Result<DocumentReader::Step> XmlReader::Next(Event& event) {
  while (!ended_) {
    if (!stands_on_event_) {
      ZHIAN_ASSIGN(const bool more, Advance());
      if (!more) {
        ended_ = true;
        break;
      }
    }
    stands_on_event_ = false;
    if (xmlTextReaderNodeType(reader_) != XML_READER_TYPE_ELEMENT) continue;
    const std::string name = LocalName();
    if (name == "extension" || name == "EventList") continue;  // 1.x hides newer kinds of events in it
    if (!name.ends_with("Event")) {
      ZHIAN_TRY(ReadOutside());
      continue;
    }
    ZHIAN_ASSIGN(const XmlNode node, Build(limits_.event_bytes_max));
    event.namespaces = document_.namespaces;
    for (const auto& [prefix, space] : node.declared) AddDeclared(prefix, space, event.namespaces);
    event.body = EventOfXml(node, event.namespaces);
    Normalise(event.body);
    return Step::kEvent;
  }
  return Step::kEnd;
}

Result<std::unique_ptr<DocumentReader>> DocumentReader::Open(Source& source, const Limits& limits) {
  std::string begin(64 * 1024, '\0');
  std::size_t size = 0;
  // The first byte that is no white space tells the format.
  std::size_t first = std::string::npos;
  while (size < begin.size() && first == std::string::npos) {
    const std::size_t n = source.Read(begin.data() + size, begin.size() - size);
    if (n == 0) break;
    size += n;
    const std::string_view seen(begin.data(), size);
    first = seen.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  }
  begin.resize(size);
  if (first == std::string::npos) return MakeError(ErrorCode::kInvalid, "文档是空的");
  if (begin[first] == '<') {
    auto reader = std::make_unique<XmlReader>(source, std::move(begin), limits);
    ZHIAN_TRY(reader->Start());
    return std::unique_ptr<DocumentReader>(std::move(reader));
  }
  auto reader = std::make_unique<JsonReader>(source, std::move(begin), limits);
  ZHIAN_TRY(reader->Start());
  return std::unique_ptr<DocumentReader>(std::move(reader));
}

}  // namespace zhian::epcis
