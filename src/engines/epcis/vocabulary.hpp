// Words of the Core Business Vocabulary 2.0: a bare word, its CURIE, its URN and its web URI are the same; inside, the
// bare word stands for all of them. Pure, constant tables; safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace zhian::epcis {

enum class Vocabulary {
  kBizStep,
  kDisposition,
  kTransactionType,
  kSourceDestType,
  kErrorReason,
  kMeasurement,
  kAlert,
  kComponent
};

// Which vocabulary the words of a field are taken from: "bizStep", "set", "type" of a list … are known to the callers.
// The bare word where the text names a word of the vocabulary in any of its forms; else the text itself.
std::string BareWord(Vocabulary vocabulary, std::string_view text);
// Whether the text is a word of the vocabulary, or a full URI of somebody's own. A URI within the CBV's own space that
// names no word is neither.
bool IsWordOrUri(Vocabulary vocabulary, std::string_view text);
bool IsWord(Vocabulary vocabulary, std::string_view bare);
// The web URI of a bare word (https://ref.gs1.org/cbv/BizStep-shipping); the text itself where it is no word.
std::string WebUri(Vocabulary vocabulary, std::string_view text);
// The URN of a bare word (urn:epcglobal:cbv:bizstep:shipping), as XML documents before 2.0 know it.
std::string Urn(Vocabulary vocabulary, std::string_view text);
bool IsUri(std::string_view text);

}  // namespace zhian::epcis
