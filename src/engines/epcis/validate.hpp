// What an event must hold beyond being readable: fields of its kind, forms of values, words of the CBV, and the rules
// that the published schemas cannot say. All faults of an event at once, each with its place and its mend. Pure; safe
// from any thread.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "engines/epcis/event.hpp"

namespace zhian::epcis {

struct Fault {
  std::string path;  // JSON pointer within the event
  Message message;
};

struct ValidateOptions {
  base::Instant now{};  // with it, clocks that are a day ahead or a century behind are refused; 0: not tested
  std::size_t faults_max = 50;
};
std::vector<Fault> Validate(const Event& event, const ValidateOptions& options = {});

// Master data of a header; paths are within the vocabulary list.
std::vector<Fault> ValidateVocabularies(const boost::json::array& vocabularies);

}  // namespace zhian::epcis
