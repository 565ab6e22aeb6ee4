// Puts cases of law (procedure/case_file.hpp) to the house as it is: a store with the real migrations holds what the
// case says is on file, and the real guard answers with the real questions of all rooms; of a deadline, the real table,
// rules and calendar answer, with every guard taken as met. Each case has a store of its own, so that none sees
// another. One runner is used by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "procedure/case_file.hpp"

namespace zhian::house {

struct CaseOutcome {
  bool is_met = false;        // what came out is what the case says
  std::string expected, got;  // in Simplified Chinese
};

class CaseRunner {
 public:
  // `policy`: the folder of the packs. Errors: those of opening a data folder.
  static Result<std::unique_ptr<CaseRunner>> Open(const std::string& policy);
  ~CaseRunner();
  // Errors: what the case says cannot be put on file, or the step cannot be taken.
  Result<CaseOutcome> Run(const procedure::Case& one);

 private:
  CaseRunner();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

struct LawReport {
  int cases = 0, guards = 0, duties = 0, known_false = 0;  // guards, duties: cases of each; known_false among them
  std::vector<std::string> faults;                         // one text each: file, line, sentence, expected and got
  std::vector<std::string> known;                          // the same of what is known to be false
};
// Every case of the texts. A case that is marked as known to be false must fail: where it does not, the mark has to go.
LawReport CheckLaw(CaseRunner& runner, const std::vector<procedure::Case>& cases);
// The case files that the paths name: files as they are, of folders every file cases.toml below them, in order.
Result<std::vector<procedure::Case>> ReadCaseFiles(const std::vector<std::string>& paths);

}  // namespace zhian::house
