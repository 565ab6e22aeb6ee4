#include "figures/figures.hpp"

#include <algorithm>

#include "figures/intervals.hpp"

namespace zhian::figures {

const FigureDefinition* FindFigure(std::string_view id) {
  for (const FigureDefinition& figure : Catalogue())
    if (figure.id == id) return &figure;
  return nullptr;
}

bool IsLive(std::string_view id) {
  const FigureDefinition* figure = FindFigure(id);
  return figure != nullptr && !figure->numerator_hans.empty();
}

Book::Book(std::vector<Query> queries) : queries_(std::move(queries)) {
  std::sort(queries_.begin(), queries_.end(), [](const Query& a, const Query& b) { return a.id < b.id; });
}

const Query* Book::Find(std::string_view id) const {
  const auto found = std::lower_bound(queries_.begin(), queries_.end(), id,
                                      [](const Query& query, std::string_view wanted) { return query.id < wanted; });
  return found == queries_.end() || found->id != id ? nullptr : &*found;
}

Result<FigureValue> Book::Compute(storage::Connection& db, const FigureQuestion& question) const {
  const FigureDefinition* definition = FindFigure(question.id);
  if (definition == nullptr) return MakeError(ErrorCode::kNotFound, Say("没有这个指标：{}", question.id.substr(0, 40)));
  const Query* query = Find(question.id);
  if (query == nullptr)
    return MakeError(ErrorCode::kUnsupported, Say("“{}”所数的记录尚未启用", std::string(definition->zh_hans)));
  const std::vector<storage::Value> parameters{question.from.ms, question.to.ms, question.as_of.ms,
                                               question.jurisdiction, std::int64_t{kFigureRecordsMax} + 1};
  ZHIAN_ASSIGN(auto rows, db.Query(query->sql + " LIMIT $5", std::span<const storage::Value>(parameters)));
  FigureValue figure;
  figure.is_rate = query->sum == Sum::kRate;
  figure.method = std::string(definition->interval);
  figure.cut = rows.size() > static_cast<std::size_t>(kFigureRecordsMax);
  std::vector<double> values;
  for (const storage::Row& row : rows) {
    if (figure.records.size() == static_cast<std::size_t>(kFigureRecordsMax)) break;
    FigureRecord record{row.text(0), row.text(1), row.text(2), static_cast<double>(row.integer(3)),
                        static_cast<double>(row.integer(4))};
    if (query->refine != nullptr) ZHIAN_TRY(query->refine(db, question, record));
    figure.numerator += record.n;
    figure.denominator += record.d;
    values.push_back(record.n);
    figure.records.push_back(std::move(record));
  }
  std::sort(values.begin(), values.end());
  std::optional<Interval> interval;
  switch (query->sum) {
    case Sum::kCount:
      figure.value = figure.numerator;
      if (figure.method == "poisson") interval = Poisson(figure.numerator);
      break;
    case Sum::kRate:
      if (figure.denominator <= 0) break;
      figure.value = 100 * figure.numerator / figure.denominator;
      figure.small = figure.denominator < 30;
      if (figure.method == "wilson" || figure.method == "clopper") {
        // Source: the catalogue of figures: exact where nothing or everything counts, or under thirty.
        const bool exact = figure.method == "clopper" || figure.small || figure.numerator <= 0 ||
                           figure.numerator >= figure.denominator;
        figure.method = exact ? "clopper" : "wilson";
        interval =
            exact ? ClopperPearson(figure.numerator, figure.denominator) : Wilson(figure.numerator, figure.denominator);
        interval->low *= 100;
        interval->high *= 100;
      }
      break;
    case Sum::kMedian:
      if (values.empty()) break;
      figure.value = (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
      interval = MedianByOrder(values);
      break;
    case Sum::kMean:
      if (!values.empty()) figure.value = figure.numerator / static_cast<double>(values.size());
      break;
  }
  if (interval) {
    figure.low = interval->low;
    figure.high = interval->high;
  }
  return figure;
}

}  // namespace zhian::figures
