// Part of ./test: every input of the corpus, and some thousand mutations of each, always the same ones. ZHIAN_MUTATIONS
// says how many; ./test --slow takes ten times as many.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "fuzz.hpp"

int main(int argc, char** argv) {
  const std::filesystem::path folder = argc > 1 ? argv[1] : ZHIAN_CORPUS;
  std::mt19937 random(20071101);
  std::size_t inputs = 0;
  const char* wanted = std::getenv("ZHIAN_MUTATIONS");
  const int mutations = wanted != nullptr ? std::atoi(wanted) : 3000;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string seed(std::istreambuf_iterator<char>(in), {});
    Fuzz(seed);
    for (int i = 0; i < mutations; ++i, ++inputs) {
      std::string bytes = seed;
      for (unsigned n = 1 + random() % 6; n > 0 && !bytes.empty(); --n) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 5) {
          case 0: bytes[at] = static_cast<char>(random()); break;
          case 1: bytes.insert(at, 1, static_cast<char>(random())); break;
          case 2: bytes.erase(at, 1 + random() % 4); break;
          case 3: bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 16)); break;
          default: bytes[at] = "\",\\\r\n{}[]0e\xff\xE3%"[random() % 14]; break;
        }
      }
      Fuzz(bytes);
    }
  }
  std::printf("%zu inputs\n", inputs);
  return inputs > 0 ? 0 : 1;
}
