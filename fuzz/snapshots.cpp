// The snapshot of a trace graph: a small graph is made of the first bytes and written, the others change bytes of the
// file, which gets a checksum that fits. Whatever opens is searched: no bytes may lead outside of the arrays.
#include <cstring>

#include "engines/tracing/array.hpp"
#include "engines/tracing/search.hpp"
#include "engines/tracing/snapshot.hpp"
#include "fuzz.hpp"

using namespace zhian::tracing;

void Fuzz(std::string_view text) {
  std::size_t at = 0;
  const auto next = [&]() -> std::uint32_t { return at < text.size() ? static_cast<unsigned char>(text[at++]) : 0; };
  GraphColumns columns;
  const std::uint32_t n = 1 + next() % 12, m = next() % 24;
  for (std::uint32_t v = 0; v < n; ++v)
    columns.ids.push_back(v * (1 + next() % 2) + v), columns.premises.push_back(next() % 3 == 0 ? kNoPremises : 0);
  columns.operators.push_back(0);
  for (std::uint32_t e = 0; e < m; ++e) {
    columns.from.push_back(next() % n);
    columns.to.push_back(next() % n);
    columns.edge_quantities.push_back(next());
    const std::int64_t t = next();
    columns.edge_times.push_back(t % 3 == 0 ? EdgeTime{} : EdgeTime{{t, t + t % 5}, TimeRange::At(t + 9)});
    columns.edge_labels.push_back(e + 1);
    columns.edge_marks.push_back(static_cast<std::uint8_t>(next()));
  }
  const auto graph = TraceGraph::Build(std::move(columns));
  if (!graph.ok()) return;
  std::vector<std::byte> bytes;
  WriteSnapshot(*graph,
                [&](std::span<const std::byte> piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
  while (at < text.size()) {
    const std::size_t place = (next() | next() << 8) % bytes.size();
    bytes[place] = static_cast<std::byte>(next());
  }
  Array<std::byte> aligned(bytes.size());
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  SealSnapshot(std::span<std::byte>(aligned.data(), aligned.size()));
  const auto opened = OpenSnapshot(aligned, nullptr);
  if (!opened.ok()) return;
  Searcher searcher(*opened);
  for (HoldingIndex v = 0; v < std::min<HoldingIndex>(opened->holdings(), 20); ++v) {
    (void)opened->Find(opened->id(v));
    for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
      (void)searcher.Find(direction, v);
      (void)searcher.Find(direction, v, {.mix_everywhere = true});
    }
    (void)searcher.FindContent(v);
  }
}
