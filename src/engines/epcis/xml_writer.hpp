// XML out (EPCIS 2.0): what XmlReader reads back as the same event. Elements stand in the order of the published
// schema; numbers, truth values and what is nothing say so by xsi:type and xsi:nil, so that an extension comes back as
// what it was. Not told apart by XML are a list of one value and the value, lists within lists, empty lists and no
// list; a character that XML 1.0 has no way to write becomes U+FFFD, a name that is none in XML gets '_'. Pure; safe
// from any thread.
#pragma once

#include <span>
#include <string>

#include "engines/epcis/event.hpp"

namespace zhian::epcis {

// How words of the CBV are written: urn:epcglobal:cbv:bizstep:shipping or https://ref.gs1.org/cbv/BizStep-shipping.
enum class CbvForm { kUrn, kWebUri };

struct XmlEnvelope {
  std::string creation_date;
  bool is_answer = false;  // EPCISQueryDocument with the two names below
  std::string query_name, subscription_id;
  const boost::json::array* vocabularies = nullptr;  // master data of the header; with the namespaces of its extensions
  Namespaces namespaces;
  std::span<const std::string> ignored;  // Document::ignored
};

// A document is head, events, tail: none of it needs the whole in memory.
std::string XmlHead(const XmlEnvelope& envelope);
std::string EventXml(const Event& event, CbvForm form = CbvForm::kUrn);
std::string XmlTail(const XmlEnvelope& envelope);

}  // namespace zhian::epcis
