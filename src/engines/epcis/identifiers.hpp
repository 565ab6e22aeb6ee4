// Identifiers of events: one thing named as EPC URN, as GS1 Digital Link, or as Digital Link of somebody's own domain
// has one canonical name here, the Digital Link on id.gs1.org (CBV 2.0 §8.9.2). What is none of these is its own
// canonical name. Pure functions; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zhian::epcis {

// The key and its qualifiers as (application identifier, value), decoded: {{"01","04012345123456"},{"10","Lot987"}}.
using Keys = std::vector<std::pair<std::string, std::string>>;

// Reads the path of a Digital Link ("/01/04012345123456/10/Lot987", or the whole URI), with short names of identifiers
// ("/gtin/…/lot/…") and GTINs of 8, 12 and 13 digits. None where the path ends in no key. Check digits are not tested.
std::optional<Keys> ReadKeys(std::string_view uri_or_path);
// The Digital Link of these keys on id.gs1.org. For `identity`, qualifiers that do not identify are left out: the
// consumer product variant (22), and the batch (10) of what has a serial number.
std::string LinkOf(const Keys& keys, bool identity = false);

// The canonical name; `text` itself where it is no GS1 identifier.
std::string CanonicalId(std::string_view text);
void AppendCanonicalId(std::string& out, std::string_view text);
// The keys of a GS1 EPC URN (urn:epc:id, class and idpat); none where it is no such name.
std::optional<Keys> KeysOfUrn(std::string_view urn);
// The EPC URN of a Digital Link; the length of the company prefix is knowledge that the link does not hold. None where
// the key has no URN form, or the length (6 to 12) does not fit.
std::optional<std::string> UrnOf(std::string_view link, int company_prefix_length);

// Percent-encoding of a value within a path: all but letters, digits and "-._~'".
std::string EncodeSegment(std::string_view value);
// The bytes behind; a bad escape stays as it is.
std::string DecodeSegment(std::string_view text);

}  // namespace zhian::epcis
