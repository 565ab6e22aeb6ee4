#include "tables/office.hpp"

#include "base/late.hpp"

namespace zhian::tables {

Result<Office*> LoadOffice() {
  static base::Late late(ZHIAN_OFFICE_LIBRARY, ZHIAN_OFFICE_FUNCTION);
  ZHIAN_ASSIGN(void* const function, late.Get());
  return reinterpret_cast<decltype(&zhian_office)>(function)();
}

}  // namespace zhian::tables
