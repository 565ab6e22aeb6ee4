// ZIP archives and workbooks by libzip and libxlsxwriter, in a shared object of their own (zhian_office.so): with what
// they bring they are loaded with the first workbook or backup, so that no start waits for them. Only standard types
// cross the edge; nothing of the house is linked twice. Safe from any thread; one archive is for one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace zhian::tables {

class Archive {
 public:
  enum class Read { kWhole, kMissing, kTooLarge, kDamaged };
  virtual ~Archive() = default;
  virtual std::vector<std::string> Names() = 0;
  // One part, unpacked; its checksum is tested at its end. kTooLarge beyond `bytes_max`.
  virtual Read Part(const std::string& name, std::size_t bytes_max, std::string& out) = 0;
  // The same into a file that it makes.
  virtual Read Extract(const std::string& name, const std::string& file) = 0;
};

class Office {
 public:
  virtual ~Office() = default;
  // nullptr where it is no archive. `bytes` outlive the answer.
  virtual std::unique_ptr<Archive> OpenBytes(std::string_view bytes) = 0;
  virtual std::unique_ptr<Archive> OpenFile(const std::string& file) = 0;
  // An archive of files, stored as they are: (name in it, file). False where one cannot be read or the archive not be
  // written.
  virtual bool Store(const std::string& archive, const std::vector<std::pair<std::string, std::string>>& files) = 0;
  // One sheet, as WriteXlsx says.
  virtual bool WriteSheet(const std::string& file, const std::string& name, const std::vector<std::string>& header,
                          const std::vector<std::vector<std::string>>& rows) = 0;
};

// kInternal where the shared object is missing or does not fit.
Result<Office*> LoadOffice();

}  // namespace zhian::tables

// The name of the shared object and of its one function.
#define ZHIAN_OFFICE_LIBRARY "zhian_office.so"
#define ZHIAN_OFFICE_FUNCTION "zhian_office"
extern "C" zhian::tables::Office* zhian_office();
