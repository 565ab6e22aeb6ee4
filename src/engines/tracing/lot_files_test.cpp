#include "engines/tracing/lot_files.hpp"

#include <doctest/doctest.h>

using namespace zhian;
using namespace zhian::tracing;

namespace {

std::string Load(std::string_view lots, std::string_view edges, std::string_view queries = "") {
  LotGraphLoader loader(0, 0);
  const auto english = [](const Status& status) { return status.error().message.In(Language::kEnglish); };
  for (const Status& status : {loader.FeedLots(lots), loader.EndLots(), loader.FeedEdges(edges), loader.EndEdges()})
    if (!status.ok()) return english(status);
  const auto graph = TraceGraph::Build(loader.Take());
  const auto read = ReadLotQueries(queries, *graph);
  if (!read.ok()) return read.error().message.In(Language::kEnglish);
  return std::to_string(graph->holdings()) + " " + std::to_string(graph->edges()) + " " + std::to_string(read->size());
}

}  // namespace

TEST_CASE("lot files: any 64-bit ids, either end of line, and faults with their place") {
  CHECK(Load("1,0,5,10,100\n2,1,6,20,100\n", "1,2,100\n", "F 1\nB 2\n\nC 1 2\n") == "2 1 3");
  CHECK(Load("18446744073709551615,0,5,10,100\r\n0,1,6,20,100", "18446744073709551615,0,100",
             "F 18446744073709551615") == "2 1 1");
  CHECK(Load("", "") == "0 0 0");
  CHECK(
      Load("1,0,5,10,100\n2,1,6,20\n", "") ==
      "lots line 2: “minute” must be a whole number from 0 to 2^64-1, 5 columns a line, separated by commas, without a header");
  CHECK(Load("id,layer\n", "").starts_with("lots line 1: “id” must be"));
  CHECK(Load("1,0,5,10,-4\n", "").starts_with("lots line 1: “grams” must be"));
  CHECK(Load("1,0,5,10,4,9\n", "").starts_with("lots line 1: “grams” must be"));
  CHECK(Load("18446744073709551616,0,5,10,4\n", "").starts_with("lots line 1: “id” must be"));
  CHECK(Load("1,0,5,10,9223372036854775808\n", "") == "lots line 1: the value is above 2^63-1; check the unit");
  CHECK(Load("1,0,5,10,4\n1,0,5,10,4\n", "") == "Holding 1 is listed twice; list each holding once");
  CHECK(Load("1,0,5,10,4\n", "1,3,4\n") == "edges line 1: lot 3 is not among the lots; add it or correct the number");
  CHECK(Load(std::string(5000, '1'), "") == "lots line 1 is too long; write 5 numbers a line");
  CHECK(Load("1,0,5,10,4\n", "", "X 1") == "queries line 1 must be F id, B id or C id id …");
  CHECK(Load("1,0,5,10,4\n", "", "F 1 1") == "queries line 1 must be F id, B id or C id id …");
  CHECK(Load("1,0,5,10,4\n", "", "F") == "queries line 1 must be F id, B id or C id id …");
  CHECK(Load("1,0,5,10,4\n", "", "\nF 2") ==
        "queries line 2: lot 2 is not among the lots; add it or correct the number");
}
