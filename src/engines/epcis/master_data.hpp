// Master data of documents: the elements of their vocabularies, with names of attributes and identifiers in one form,
// so that what one document says is found by how another asks. Pure; safe from any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engines/epcis/event.hpp"

namespace zhian::epcis {

struct MasterElement {
  std::string type, id;                                         // id: canonical
  boost::json::object body;                                     // as it was given
  std::vector<std::pair<std::string, std::string>> attributes;  // name, value; an object has the value ""
  std::vector<std::string> children;                            // canonical
};
// Elements without type or identifier are left out (ValidateVocabularies names them).
std::vector<MasterElement> MasterElements(const Document& document);
// "cbvmda:site", "urn:epcglobal:cbv:mda#site" and "urn:epcglobal:cbv:mda:site" are one name.
std::string AttributeName(std::string_view name, const Namespaces& namespaces);
// Values as they are compared: identifiers in their canonical form, numbers without trailing zeros.
std::string AttributeValue(const boost::json::value& value);

}  // namespace zhian::epcis
