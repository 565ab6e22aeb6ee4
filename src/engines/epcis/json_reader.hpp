// JSON-LD in: cuts the elements of the event list out of a stream, so that one event at a time is in memory. One use,
// one thread.
#pragma once

#include <array>
#include <deque>

#include "engines/epcis/event.hpp"

namespace zhian::epcis {

class JsonReader final : public DocumentReader {
 public:
  // `begin`: bytes that were read from the source before.
  JsonReader(Source& source, std::string begin, const Limits& limits)
      : source_(source), limits_(limits), buffer_(std::move(begin)) {}
  Status Start();
  Result<Step> Next(Event& event) override;

 private:
  struct Level {
    bool array = false;
    std::string key;  // of the member that is being read
  };
  // What the scan stopped at.
  enum class Stop { kEvent, kListBegins, kEnd };
  Result<Stop> Scan(bool keep_events);
  bool Fill();
  [[nodiscard]] bool AtEventList() const;
  Status ReadHeader(const std::string& shell);
  Status Take(std::string_view run);

  Source& source_;
  Limits limits_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::vector<Level> levels_;
  std::string shell_, element_, string_;
  std::size_t list_level_ = 0;  // depth of the event list while inside of it; 0: outside
  bool in_string_ = false, escaped_ = false, expects_key_ = false, skip_ = false, ended_ = false, in_element_ = false,
       has_context_ = false, seen_list_ = false;
  std::deque<Event> bare_;
};

}  // namespace zhian::epcis
