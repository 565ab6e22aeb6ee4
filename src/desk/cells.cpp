#include "desk/cells.hpp"

#include <cmath>

namespace zhian::desk {
namespace {

struct Point {
  double x, y;
};
using Polygon = std::vector<Point>;

// The part of a convex polygon that lies nearer to `own` than to `other` (Sutherland and Hodgman, one half-plane).
Polygon Nearer(const Polygon& polygon, Point own, Point other) {
  const auto side = [&](Point p) {
    return (p.x - own.x) * (p.x - own.x) + (p.y - own.y) * (p.y - own.y) - (p.x - other.x) * (p.x - other.x) -
           (p.y - other.y) * (p.y - other.y);
  };
  Polygon kept;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    const double at_a = side(a), at_b = side(b);
    if (at_a <= 0) kept.push_back(a);
    if ((at_a < 0 && at_b > 0) || (at_a > 0 && at_b < 0)) {
      const double t = at_a / (at_a - at_b);
      kept.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
  }
  return kept;
}

Point Centre(const Polygon& polygon) {
  double area = 0, x = 0, y = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    const double cross = a.x * b.y - b.x * a.y;
    area += cross;
    x += (a.x + b.x) * cross;
    y += (a.y + b.y) * cross;
  }
  return area == 0 ? Point{500, 320} : Point{x / (3 * area), y / (3 * area)};
}

}  // namespace

std::vector<Cell> SchematicCells(int n) {
  const Polygon outline{{70, 210},  {190, 80},  {400, 40},  {620, 70},  {830, 50},  {950, 190},
                        {930, 400}, {800, 560}, {560, 600}, {330, 570}, {130, 480}, {40, 350}};
  std::vector<Point> seeds;
  for (int i = 0; i < n; ++i) {
    const double radius = std::sqrt((i + 0.5) / n), angle = i * 2.39996323;  // the golden angle spreads points evenly
    seeds.push_back({500 + 380 * radius * std::cos(angle), 320 + 220 * radius * std::sin(angle)});
  }
  std::vector<Polygon> cells(seeds.size());
  for (int round = 0; round < 4; ++round) {  // Lloyd's relaxation: cells of like size
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      cells[i] = outline;
      for (std::size_t j = 0; j < seeds.size(); ++j)
        if (j != i) cells[i] = Nearer(cells[i], seeds[i], seeds[j]);
    }
    for (std::size_t i = 0; i < seeds.size(); ++i) seeds[i] = Centre(cells[i]);
  }
  std::vector<Cell> drawn;
  for (const Polygon& polygon : cells) {
    Cell cell;
    for (const Point& p : polygon)
      cell.path +=
          (cell.path.empty() ? "M" : "L") + std::to_string(std::lround(p.x)) + " " + std::to_string(std::lround(p.y));
    cell.path += "Z";
    const Point centre = Centre(polygon);
    cell.label_x = static_cast<int>(std::lround(centre.x));
    cell.label_y = static_cast<int>(std::lround(centre.y));
    drawn.push_back(std::move(cell));
  }
  return drawn;
}

}  // namespace zhian::desk
