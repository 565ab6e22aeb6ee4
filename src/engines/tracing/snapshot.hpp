// A graph as bytes: written once, mapped at the next start, used where it lies. Versioned, with a checksum; opening
// checks every index against its bound, so that no bytes, whoever wrote them, lead outside of the arrays. Of this
// machine's byte order only. Pure: the caller writes, maps and keeps the bytes. Safe from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "engines/tracing/graph.hpp"

namespace zhian::tracing {

// put(bytes), piece after piece, in order.
void WriteSnapshot(const TraceGraph& graph, const std::function<void(std::span<const std::byte>)>& put);
// kUnsupported: another version or byte order; kCorrupt: anything that does not fit together. The bytes begin at a
// multiple of 64 and outlive the graph, which keeps `owner`. O(bytes), on two threads where they are many. For tests:
// gives changed bytes the checksum that fits them, so that everything else is looked at. False: their parts do not fit.
bool SealSnapshot(std::span<std::byte> bytes);
// What the snapshot is guarded with, for what is written beside it: finds damage; it is no proof against an adversary.
std::uint64_t Checksum(std::span<const std::byte> bytes, std::uint64_t seed);
Result<TraceGraph> OpenSnapshot(std::span<const std::byte> bytes, std::shared_ptr<const void> owner);

}  // namespace zhian::tracing
