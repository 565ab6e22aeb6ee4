#include "engines/tracing/snapshot.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <random>

#include "engines/tracing/array.hpp"
#include "engines/tracing/drawn.hpp"
#include "engines/tracing/search.hpp"

using namespace zhian;
using namespace zhian::tracing;

namespace {

using Bytes = Array<std::byte>;
Bytes Snapshot(const TraceGraph& graph) {
  std::vector<std::byte> bytes;
  WriteSnapshot(graph,
                [&](std::span<const std::byte> piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); });
  Bytes aligned(bytes.size());
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  return aligned;
}

constexpr const char* kText = "a=100/farm -60-> b@t5=60/mill -20-> c@t9=20/shop; x -3-> b; b -> d@t3; c -> e -> c";

}  // namespace

TEST_CASE("a snapshot gives the same graph back") {
  const Drawn drawn = Draw(kText);
  const Bytes bytes = Snapshot(drawn.graph);
  const auto back = OpenSnapshot(bytes, nullptr);
  REQUIRE(back.ok());
  CHECK(back->bytes() == drawn.graph.bytes());
  Searcher before(drawn.graph), after(*back);
  for (HoldingIndex v = 0; v < back->holdings(); ++v) {
    CHECK(back->Find(back->id(v)) == v);
    for (const Direction direction : {Direction::kForward, Direction::kBackward})
      CHECK(drawn.Names(before.Find(direction, v).holdings) == drawn.Names(after.Find(direction, v).holdings));
    CHECK(before.FindContent(v).total == after.FindContent(v).total);
  }
  CHECK(OpenSnapshot(Snapshot(*TraceGraph::Build({})), nullptr).ok());
}

TEST_CASE("every single changed byte of a snapshot, and every shorter one, is refused") {
  const Drawn drawn = Draw(kText);
  Bytes bytes = Snapshot(drawn.graph);
  std::size_t passed = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= std::byte{4};
    passed += OpenSnapshot(bytes, nullptr).ok() ? 1 : 0;
    bytes[i] ^= std::byte{4};
  }
  // Only the padding between the arrays is not looked at.
  CHECK(passed <= 64 * 20);
  bytes[0] ^= std::byte{1};
  CHECK(OpenSnapshot(bytes, nullptr).error().code == ErrorCode::kUnsupported);
  bytes[0] ^= std::byte{1};
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE_FALSE(OpenSnapshot(std::span<const std::byte>(bytes).first(size), nullptr).ok());
}
