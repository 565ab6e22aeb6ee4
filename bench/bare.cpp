// zhian_bench_bare PRODUCT BARE   the bare side of bench/capture. BARE is a copy of the database PRODUCT. For each line
// "N" or "N closed" on standard input: reads into memory what was inserted into PRODUCT since the last line, inserts it
// into BARE in N transactions (nothing but prepared statements, bound and stepped), and prints how long the inserting
// took. "closed": opening and closing BARE count as well.
#include "bare.hpp"

#include <ctime>
#include <iostream>
#include <memory>

using namespace zhian::bench;

namespace {

double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void Insert(const Bare& bare, const std::vector<TableRows>& tables, std::size_t transactions) {
  std::vector<sqlite3_stmt*> statements;
  for (const auto& table : tables) statements.push_back(bare.Prepare(table.insert));
  sqlite3_stmt* const begin = bare.Prepare("BEGIN IMMEDIATE");
  sqlite3_stmt* const commit = bare.Prepare("COMMIT");
  const auto run = [&](sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) Fail(sqlite3_errmsg(bare.db));
    sqlite3_reset(statement);
  };
  for (std::size_t n = 0; n < transactions; ++n) {
    run(begin);
    for (std::size_t t = 0; t < tables.size(); ++t) {
      const auto& rows = tables[t].rows;
      for (std::size_t r = rows.size() * n / transactions; r < rows.size() * (n + 1) / transactions; ++r) {
        for (int c = 0; c < tables[t].columns; ++c)
          sqlite3_bind_value(statements[t], c + 1, rows[r][static_cast<std::size_t>(c)]);
        run(statements[t]);
      }
    }
    run(commit);
  }
  for (auto* statement : statements) sqlite3_finalize(statement);
  sqlite3_finalize(begin);
  sqlite3_finalize(commit);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) Fail("zhian_bench_bare PRODUCT BARE");
  auto last = LastRows(Bare(argv[1]));
  auto bare = std::make_unique<Bare>(argv[2]);
  std::size_t transactions = 0;
  std::string line;
  std::cout << "ready" << std::endl;
  while (std::getline(std::cin, line)) {
    transactions = static_cast<std::size_t>(std::strtoul(line.c_str(), nullptr, 10));
    const bool closed = line.ends_with("closed");
    std::vector<TableRows> tables;
    {
      const Bare product(argv[1]);
      tables = NewRows(product, last);
      last = LastRows(product);
    }
    if (closed) bare.reset();
    const double processor = ProcessorSeconds();
    const double elapsed = Seconds([&] {
      if (closed) bare = std::make_unique<Bare>(argv[2]);
      Insert(*bare, tables, transactions);
      if (closed) bare.reset();
    });
    const double used = ProcessorSeconds() - processor;
    if (closed) bare = std::make_unique<Bare>(argv[2]);
    std::cout << "{\"elapsed\":" << elapsed << ",\"processor\":" << used << ",\"rows\":{";
    for (std::size_t t = 0; t < tables.size(); ++t) {
      std::cout << (t == 0 ? "\"" : ",\"") << tables[t].table << "\":" << tables[t].rows.size();
      for (const auto& row : tables[t].rows)
        for (auto* value : row) sqlite3_value_free(value);
    }
    std::cout << "}}" << std::endl;
  }
  return 0;
}
