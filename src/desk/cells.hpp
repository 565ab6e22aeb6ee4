// A schematic map for a district whose boundaries are not on file: one convex cell for each of n places, side by side
// within one outline (a Voronoi partition of points set on a spiral). Deterministic, pure; it says nothing about where
// a place lies.
#pragma once

#include <string>
#include <vector>

namespace zhian::desk {

struct Cell {
  std::string path;  // SVG path in a box of 1000 × 640
  int label_x = 0, label_y = 0;
};
// REQUIRES: 0 <= n <= 200.
std::vector<Cell> SchematicCells(int n);

}  // namespace zhian::desk
