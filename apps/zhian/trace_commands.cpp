#include "trace_commands.hpp"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>

#include "base/result.hpp"
#include "engines/tracing/lot_files.hpp"
#include "engines/tracing/search.hpp"

namespace zhian::commands {
namespace {

using Clock = std::chrono::steady_clock;
double Microseconds(Clock::time_point from) { return std::chrono::duration<double, std::micro>(Clock::now() - from).count(); }

int Fail(const Error& error) {
  std::cerr << error.message.Text() << "\n";
  for (const FieldError& field : error.fields) std::cerr << field.pointer << ": " << field.message.Text() << "\n";
  return 1;
}

struct Closed {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closed>;

Status ReadPieces(const std::string& name, const std::function<Status(std::string_view)>& see) {
  const File file(std::fopen(name.c_str(), "rb"));
  if (!file) return MakeError(ErrorCode::kNotFound, Say("读不到文件 {}；请检查路径", name));
  std::string buffer(std::size_t{1} << 20, '\0');
  for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), file.get())) > 0;) ZHIAN_TRY(see({buffer.data(), got}));
  if (std::ferror(file.get()) != 0) return MakeError(ErrorCode::kUnavailable, Say("读不到文件 {}；请检查路径", name));
  return Ok();
}
Result<std::string> ReadWhole(const std::string& name, std::size_t bytes_max) {
  std::string text;
  ZHIAN_TRY(ReadPieces(name, [&](std::string_view piece) -> Status {
    if (text.size() + piece.size() > bytes_max) return MakeError(ErrorCode::kTooLarge, Say("文件 {} 超过 {} MB；请分开", name, bytes_max >> 20));
    text += piece;
    return Ok();
  }));
  return text;
}
std::size_t SizeOf(const std::string& name) {
  std::error_code error;
  const auto size = std::filesystem::file_size(name, error);
  return error ? 0 : size;
}
std::size_t ResidentBytes() {
  std::size_t pages = 0, resident = 0;
  if (const File file(std::fopen("/proc/self/statm", "r")); file && std::fscanf(file.get(), "%zu %zu", &pages, &resident) != 2) resident = 0;
  return resident * 4096;
}

// ---- trace-graph ----

struct GraphFiles {
  std::string lots, edges, queries, answers;
  int repeat = 1;
};

Result<tracing::TraceGraph> LoadGraph(const GraphFiles& files) {
  const auto start = Clock::now();
  tracing::LotGraphLoader loader(SizeOf(files.lots), SizeOf(files.edges));
  ZHIAN_TRY(ReadPieces(files.lots, [&](std::string_view piece) { return loader.FeedLots(piece); }));
  ZHIAN_TRY(loader.EndLots());
  ZHIAN_TRY(ReadPieces(files.edges, [&](std::string_view piece) { return loader.FeedEdges(piece); }));
  ZHIAN_TRY(loader.EndEdges());
  tracing::GraphColumns columns = loader.Take();
  std::printf("{\"op\":\"load\",\"lots\":%zu,\"edges\":%zu,\"total_us\":%.0f}\n", columns.ids.size(), columns.from.size(), Microseconds(start));
  const auto building = Clock::now();
  auto graph = tracing::TraceGraph::Build(std::move(columns));
  if (graph.ok()) std::printf("{\"op\":\"build\",\"total_us\":%.0f}\n", Microseconds(building));
  return graph;
}

// The answers of one kind of query, and the times of its best pass.
struct Lane {
  char kind;
  std::string answers;
  std::vector<double> best;
  double best_total = 0;
};

void AnswerQuery(tracing::Searcher& searcher, const tracing::LotQuery& query, char kind, std::size_t number, std::string& answers, double& took) {
  const tracing::GraphView& graph = searcher.graph();
  char line[96];
  if (kind == 'F' || kind == 'B') {
    const auto start = Clock::now();
    const auto reached = searcher.Find(kind == 'F' ? tracing::Direction::kForward : tracing::Direction::kBackward, query.lots[0], {.respect_time = false});
    std::uint64_t sum = 0;
    for (const tracing::HoldingIndex v : reached.holdings) sum += graph.id(v);
    took = Microseconds(start);
    std::snprintf(line, sizeof line, "%c %zu %zu %" PRIu64 "\n", kind, number, reached.holdings.size(), sum);
    answers += line;
  } else if (kind == 'C') {
    const auto start = Clock::now();
    const auto common = searcher.FindCommonAncestors(query.lots, 20, {.respect_time = false});
    took = Microseconds(start);
    answers += "C " + std::to_string(number);
    for (const auto& ancestor : common.ancestors) answers += " " + std::to_string(graph.id(ancestor.holding)) + ":" + std::to_string(ancestor.lots);
    answers += "\n";
  } else {
    const auto start = Clock::now();
    const auto content = searcher.FindContent(query.lots[0], {.respect_time = false});
    took = Microseconds(start);
    std::snprintf(line, sizeof line, "D %zu %zu %.6f\n", number, content.reached.holdings.size(), content.total);
    answers += line;
  }
}

Status TraceGraph(const GraphFiles& files) {
  ZHIAN_ASSIGN(const tracing::TraceGraph graph, LoadGraph(files));
  malloc_trim(0);
  tracing::Searcher searcher(graph);
  const std::size_t bytes = graph.bytes() + searcher.bytes(), resident = ResidentBytes();
  std::printf("{\"op\":\"memory\",\"bytes\":%zu,\"bytes_per_edge\":%.1f,\"resident_bytes\":%zu}\n", bytes, static_cast<double>(bytes) / std::max(graph.edges(), 1u), resident);
  ZHIAN_ASSIGN(const auto text, ReadWhole(files.queries, std::size_t{64} << 20));
  ZHIAN_ASSIGN(const auto queries, tracing::ReadLotQueries(text, graph));
  const File answers(std::fopen(files.answers.c_str(), "wb"));
  if (!answers) return MakeError(ErrorCode::kUnavailable, Say("不能写文件 {}；请检查路径与权限", files.answers));
  Lane lanes[] = {{'F', {}, {}}, {'B', {}, {}}, {'C', {}, {}}, {'D', {}, {}}};
  for (int pass = 0; pass < files.repeat; ++pass)
    for (Lane& lane : lanes) {
      lane.answers.clear();
      std::vector<double> times;
      double total = 0;
      for (const tracing::LotQuery& query : queries) {
        if (query.kind != (lane.kind == 'D' ? 'F' : lane.kind)) continue;
        double took = 0;
        AnswerQuery(searcher, query, lane.kind, times.size(), lane.answers, took);
        times.push_back(took);
        total += took;
      }
      if (pass == 0 || total < lane.best_total) {
        lane.best = std::move(times);
        lane.best_total = total;
      }
    }
  bool written = true;
  for (Lane& lane : lanes) {
    written = std::fwrite(lane.answers.data(), 1, lane.answers.size(), answers.get()) == lane.answers.size() && written;
    if (lane.best.empty()) continue;
    std::sort(lane.best.begin(), lane.best.end());
    const auto at = [&](double share) { return lane.best[std::min(lane.best.size() - 1, static_cast<std::size_t>(share * static_cast<double>(lane.best.size())))]; };
    std::printf("{\"op\":\"%c\",\"queries\":%zu,\"p50_us\":%.2f,\"p95_us\":%.2f,\"max_us\":%.2f,\"total_us\":%.2f}\n", lane.kind, lane.best.size(), at(.5), at(.95), lane.best.back(), lane.best_total);
  }
  if (!written || std::fflush(answers.get()) != 0) return MakeError(ErrorCode::kUnavailable, Say("不能写文件 {}；请检查路径与权限", files.answers));
  return Ok();
}

int Ended(const Status& status) { return status.ok() ? 0 : Fail(status.error()); }

}  // namespace

void AddTraceCommands(CLI::App& cli, int& code) {
  const auto files = std::make_shared<GraphFiles>();
  auto* graph = cli.add_subcommand("trace-graph", "Search a graph of lots in plain files");
  graph->add_option("--lots", files->lots, "id, layer, operator, minute, grams; CSV without a header")->required();
  graph->add_option("--edges", files->edges, "parent, child, grams; CSV without a header")->required();
  graph->add_option("--queries", files->queries, "F id, B id or C id id …; one a line")->required();
  graph->add_option("--answers", files->answers, "Where to write the answers")->required();
  graph->add_option("--repeat", files->repeat, "Passes; the fastest is shown")->check(CLI::Range(1, 100'000))->capture_default_str();
  graph->callback([files, &code] { code = Ended(TraceGraph(*files)); });
}

}  // namespace zhian::commands
