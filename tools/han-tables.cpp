// han-tables OUT.cpp — run by the build: what ICU's transliterators say of each Han character, as tables for
// base/han.cpp. Making a transliterator costs a third of a second and one is needed for each thread; a table costs
// nothing and gives the same letters.
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

std::unique_ptr<icu::Transliterator> Make(const char* id) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(id, UTRANS_FORWARD, error));
  if (made == nullptr || U_FAILURE(error)) {
    std::fprintf(stderr, "han-tables: no transliterator %s: %s\n", id, u_errorName(error));
    std::exit(1);
  }
  return made;
}

using Pairs = std::vector<std::pair<UChar32, UChar32>>;

void Write(std::FILE* out, const char* name, const Pairs& pairs) {
  std::fprintf(out, "extern const std::size_t %sCount = %zu;\nextern const HanPair %s[] = {", name, pairs.size(), name);
  for (std::size_t i = 0; i < pairs.size(); ++i)
    std::fprintf(out, "%s{0x%X,0x%X},", i % 12 == 0 ? "\n" : "", static_cast<unsigned>(pairs[i].first),
                 static_cast<unsigned>(pairs[i].second));
  std::fprintf(out, "\n};\n");
}

}  // namespace

int main(int argc, char** argv) {
  std::FILE* out = argc == 2 ? std::fopen(argv[1], "w") : nullptr;
  if (out == nullptr) {
    std::fprintf(stderr, "usage: han-tables OUT.cpp\n");
    return 1;
  }
  const auto simplify = Make("Hant-Hans"), latin = Make("Han-Latin; Latin-ASCII; Lower");
  Pairs simplified, initials;
  for (UChar32 c = 0x2E80; c <= 0x323AF; ++c) {
    if (!u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) continue;
    icu::UnicodeString text(c), letters(c);
    simplify->transliterate(text);
    if (text.countChar32() == 1 && text.char32At(0) != c) simplified.emplace_back(c, text.char32At(0));
    latin->transliterate(letters);
    if (!letters.isEmpty() && letters[0] >= 'a' && letters[0] <= 'z') initials.emplace_back(c, letters[0]);
  }
  std::fprintf(out,
               "// Made by tools/han-tables.cpp from ICU.\n#include \"base/han.hpp\"\n\nnamespace zhian::base {\n");
  Write(out, "kSimplified", simplified);
  Write(out, "kInitials", initials);
  std::fprintf(out, "}  // namespace zhian::base\n");
  return std::fclose(out) == 0 ? 0 : 1;
}
