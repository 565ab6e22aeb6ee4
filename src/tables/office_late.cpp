#include <xlsxwriter.h>
#include <zip.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "tables/office.hpp"

namespace zhian::tables {
namespace {

struct Discard {
  void operator()(zip_t* p) const { zip_discard(p); }
  void operator()(zip_file_t* p) const { zip_fclose(p); }
};

class ZipArchive : public Archive {
 public:
  explicit ZipArchive(zip_t* zip) : zip_(zip) {}

  std::vector<std::string> Names() override {
    std::vector<std::string> names;
    const zip_int64_t count = zip_get_num_entries(zip_.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
      const char* name = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(i), 0);
      names.emplace_back(name == nullptr ? "" : name);
    }
    return names;
  }
  Read Part(const std::string& name, std::size_t bytes_max, std::string& out) override {
    return Each(name, [&](const char* bytes, std::size_t length) {
      out.append(bytes, length);
      return out.size() <= bytes_max;
    });
  }
  Read Extract(const std::string& name, const std::string& file) override {
    std::ofstream out(file, std::ios::binary);
    const Read read = Each(name, [&](const char* bytes, std::size_t length) {
      out.write(bytes, static_cast<std::streamsize>(length));
      return true;
    });
    out.close();
    return read == Read::kWhole && !out ? Read::kDamaged : read;
  }

 private:
  Read Each(const std::string& name, const std::function<bool(const char*, std::size_t)>& take) {
    const std::unique_ptr<zip_file_t, Discard> file(zip_fopen(zip_.get(), name.c_str(), 0));
    if (file == nullptr) return zip_name_locate(zip_.get(), name.c_str(), 0) < 0 ? Read::kMissing : Read::kDamaged;
    std::array<char, 1 << 16> buffer;
    zip_int64_t n = 0;
    while ((n = zip_fread(file.get(), buffer.data(), buffer.size())) > 0)
      if (!take(buffer.data(), static_cast<std::size_t>(n))) return Read::kTooLarge;
    return n == 0 ? Read::kWhole : Read::kDamaged;  // the archive's own checksum is tested at the end of each part
  }
  std::unique_ptr<zip_t, Discard> zip_;
};

class Libraries : public Office {
 public:
  std::unique_ptr<Archive> OpenBytes(std::string_view bytes) override {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source == nullptr) return nullptr;
    zip_t* const zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (zip == nullptr) {
      zip_source_free(source);
      return nullptr;
    }
    return std::make_unique<ZipArchive>(zip);
  }
  std::unique_ptr<Archive> OpenFile(const std::string& file) override {
    int code = 0;
    zip_t* const zip = zip_open(file.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code);
    return zip == nullptr ? nullptr : std::make_unique<ZipArchive>(zip);
  }
  bool Store(const std::string& archive, const std::vector<std::pair<std::string, std::string>>& files) override {
    int code = 0;
    std::unique_ptr<zip_t, Discard> zip(zip_open(archive.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code));
    if (zip == nullptr) return false;
    for (const auto& [name, file] : files) {
      zip_source_t* source = zip_source_file(zip.get(), file.c_str(), 0, -1);
      const zip_int64_t index =
          source == nullptr ? -1 : zip_file_add(zip.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
      if (index < 0 && source != nullptr) zip_source_free(source);
      if (index < 0 || zip_set_file_compression(zip.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) != 0)
        return false;
    }
    if (zip_close(zip.get()) != 0) return false;
    (void)zip.release();  // closed
    return true;
  }
  bool WriteSheet(const std::string& file, const std::string& name, const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& rows) override {
    lxw_workbook* workbook = workbook_new(file.c_str());
    lxw_worksheet* page = workbook_add_worksheet(workbook, name.c_str());
    lxw_format* bold = workbook_add_format(workbook);
    format_set_bold(bold);
    for (std::size_t i = 0; i < header.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      worksheet_write_string(page, 0, column, header[i].c_str(), bold);
      worksheet_set_column(page, column, column, 20, nullptr);
    }
    worksheet_freeze_panes(page, 1, 1);
    for (std::size_t r = 0; r < rows.size(); ++r)
      for (std::size_t c = 0; c < rows[r].size(); ++c) {
        const std::string& cell = rows[r][c];
        const bool number = !cell.empty() && cell.size() <= 15 &&
                            cell.find_first_not_of("0123456789") == std::string::npos &&
                            (cell.size() == 1 || cell[0] != '0');
        if (number)
          worksheet_write_number(page, static_cast<lxw_row_t>(r + 1), static_cast<lxw_col_t>(c),
                                 std::strtod(cell.c_str(), nullptr), nullptr);
        else if (!cell.empty())
          worksheet_write_string(page, static_cast<lxw_row_t>(r + 1), static_cast<lxw_col_t>(c),
                                 cell.substr(0, 32'000).c_str(), nullptr);
      }
    return workbook_close(workbook) == LXW_NO_ERROR;
  }
};

}  // namespace
}  // namespace zhian::tables

extern "C" __attribute__((visibility("default"))) zhian::tables::Office* zhian_office() {
  static zhian::tables::Libraries office;
  return &office;
}
