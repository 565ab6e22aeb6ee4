#include "desk/cells.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace zhian::desk;

TEST_CASE("every place has a cell of its own, with its label inside of the box") {
  for (const int n : {0, 1, 2, 5, 6, 40, 200}) {
    const auto cells = SchematicCells(n);
    REQUIRE(static_cast<int>(cells.size()) == n);
    std::set<std::pair<int, int>> labels;
    for (const Cell& cell : cells) {
      CHECK(cell.path.starts_with("M"));
      CHECK(cell.path.ends_with("Z"));
      CHECK(cell.label_x > 0);
      CHECK(cell.label_x < 1000);
      CHECK(cell.label_y > 0);
      CHECK(cell.label_y < 640);
      labels.emplace(cell.label_x, cell.label_y);
    }
    CHECK(static_cast<int>(labels.size()) == n);
  }
}

TEST_CASE("the picture is the same each time") { CHECK(SchematicCells(6)[3].path == SchematicCells(6)[3].path); }
