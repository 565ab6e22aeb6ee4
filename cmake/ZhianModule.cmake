# zhian_module(NAME [THREADS where] [DEPENDS module…] [LIBS target…] [PKG pkg-config-name…])
#
# One folder src/NAME is one static library zhian_NAME ('/' becomes '_') and, where it has *_test.cpp files, one test
# executable NAME_test. DEPENDS is the single declaration of the layering: linking, the include check and the diagram
# of docs/architecture.md read it.
#
# THREADS says where the thread sanitizer looks at a module that has threads or locks (a repository rule asks for it): `test`, its
# unit tests start threads and run with it in ./test; `server`, its threads meet in the running server alone, which ./test --slow
# puts under black-box tests; `outside`, what it shares a lock with is a library that is not instrumented.
define_property(GLOBAL PROPERTY ZHIAN_MODULES BRIEF_DOCS "modules, lowest first" FULL_DOCS "modules, lowest first")

# Half of the time of a compilation went into reading the same headers (docs/decisions/0025-where-test-time-goes.md). They are
# read once, and every target that zhian_compile names begins with them. A file still includes what it uses: the build for the
# thread sanitizer, and tests/slow/headers, go without.
macro(zhian_common_headers)
  if(ZHIAN_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/headers.cpp CONTENT "// Holds the precompiled header.\n")
    add_library(zhian_headers OBJECT ${CMAKE_BINARY_DIR}/generated/headers.cpp)
    target_link_libraries(zhian_headers PRIVATE Boost::json)
    target_compile_options(zhian_headers PRIVATE ${ZHIAN_FIXED})
    target_precompile_headers(zhian_headers PRIVATE <algorithm> <array> <boost/json.hpp> <chrono> <cstdint> <functional> <map> <memory>
                              <optional> <set> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
  endif()
endmacro()

# What is compiled alike in libraries, tests and the program: code at a fixed address, and the common headers.
function(zhian_compile target)
  target_compile_options(${target} PRIVATE ${ZHIAN_FIXED})
  if(TARGET zhian_headers)
    target_precompile_headers(${target} REUSE_FROM zhian_headers)
  endif()
endfunction()

function(zhian_module name)
  cmake_parse_arguments(M "" "THREADS" "DEPENDS;LIBS;PKG" ${ARGN})
  string(REPLACE "/" "_" id ${name})
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|late)\\.cpp$")
  set_property(GLOBAL APPEND PROPERTY ZHIAN_MODULES ${name})

  list(APPEND sources ${ZHIAN_GENERATED_${id}})
  set(libs ${M_LIBS})
  foreach(dependency ${M_DEPENDS})
    string(REPLACE "/" "_" dependency_id ${dependency})
    list(APPEND libs zhian_${dependency_id})
  endforeach()
  foreach(package ${M_PKG})
    string(MAKE_C_IDENTIFIER ${package} package_id)
    pkg_check_modules(PKG_${package_id} REQUIRED IMPORTED_TARGET ${package})
    list(APPEND libs PkgConfig::PKG_${package_id})
  endforeach()

  if(sources)
    add_library(zhian_${id} STATIC ${sources})
    zhian_compile(zhian_${id})
    if(TARGET procedures_generated)
      add_dependencies(zhian_${id} procedures_generated)
    endif()
    target_include_directories(zhian_${id} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(zhian_${id} PUBLIC ${libs})
  else()
    add_library(zhian_${id} INTERFACE)
    target_include_directories(zhian_${id} INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(zhian_${id} INTERFACE ${libs})
  endif()
  if(tests)
    if(NOT TARGET zhian_unit_main)
      add_library(zhian_unit_main OBJECT EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/unit_main.cpp)
      target_compile_options(zhian_unit_main PRIVATE ${ZHIAN_FIXED})
    endif()
    add_executable(${id}_test ${tests})
    zhian_compile(${id}_test)
    target_link_libraries(${id}_test PRIVATE zhian_${id} zhian_unit_main rapidcheck)
    target_compile_definitions(${id}_test PRIVATE ZHIAN_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${id} COMMAND ${id}_test)
    set_tests_properties(${id} PROPERTIES TIMEOUT 300 LABELS unit)
    if(NOT M_THREADS)
      set(M_THREADS none)
    endif()
    set_property(GLOBAL APPEND_STRING PROPERTY ZHIAN_TESTS "${id}_test\t${M_THREADS}\n")
  endif()
endfunction()

# zhian_late(MODULE PART [LIBS target…] [PKG pkg-config-name…])
#
# src/MODULE/PART_late.cpp is a shared object zhian_PART.so beside the program, which base::Late loads when it is first needed: for
# libraries that most runs do without.
function(zhian_late module part)
  cmake_parse_arguments(M "" "" "LIBS;PKG" ${ARGN})
  set(libs ${M_LIBS})
  if(ZHIAN_SHARED_SUFFIXES)
    set(CMAKE_FIND_LIBRARY_SUFFIXES ${ZHIAN_SHARED_SUFFIXES})
  endif()
  foreach(package ${M_PKG})
    string(MAKE_C_IDENTIFIER ${package} package_id)
    pkg_check_modules(PKG_${package_id} REQUIRED IMPORTED_TARGET ${package})
    list(APPEND libs PkgConfig::PKG_${package_id})
  endforeach()
  add_library(zhian_${part} MODULE ${CMAKE_SOURCE_DIR}/src/${module}/${part}_late.cpp)
  set_target_properties(zhian_${part} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden)
  target_include_directories(zhian_${part} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(zhian_${part} PRIVATE ${libs})
  add_dependencies(zhian_${module} zhian_${part})
  install(TARGETS zhian_${part} LIBRARY DESTINATION lib/zhian)
endfunction()

# The tables of src/rooms/*/procedures.md as C++: the model into `procedure`, the bindings of live kinds into `house`, which sees
# every room.
macro(zhian_generate_procedures)
  foreach(table procedures.md guards.tsv labels.tsv documents.tsv versions.tsv)
    list(APPEND patterns ${CMAKE_SOURCE_DIR}/src/rooms/*/${table} ${CMAKE_SOURCE_DIR}/src/identity/${table})
  endforeach()
  file(GLOB tables CONFIGURE_DEPENDS ${patterns} ${CMAKE_SOURCE_DIR}/src/procedure/data/*.tsv ${CMAKE_SOURCE_DIR}/policy/*/*.toml
       ${CMAKE_SOURCE_DIR}/src/rooms/*/cases.toml)
  file(GLOB generator CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/procedures/*.py)
  set(generated ${CMAKE_BINARY_DIR}/generated)
  set(ZHIAN_GENERATED_procedure ${generated}/procedure/kinds.generated.cpp ${generated}/procedure/explain.generated.cpp
      ${generated}/records/guard_fields.cpp)
  set(ZHIAN_GENERATED_house ${generated}/procedure/bindings.generated.cpp)
  # The headers are named too: else what includes them is looked at before they are written, and stays as it was built.
  set(outputs ${ZHIAN_GENERATED_procedure} ${ZHIAN_GENERATED_house} ${generated}/procedure/words.generated.hpp
      ${generated}/records/guard_fields.hpp)
  # A room has the typed records of its own kinds.
  file(GLOB rooms CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/rooms/*/procedures.md)
  foreach(table ${rooms})
    cmake_path(GET table PARENT_PATH room)
    cmake_path(GET room FILENAME room)
    list(APPEND ZHIAN_GENERATED_rooms_${room} ${generated}/records/${room}.cpp)
    list(APPEND outputs ${generated}/records/${room}.cpp ${generated}/records/${room}.hpp)
  endforeach()
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/generate-procedures.py ${CMAKE_SOURCE_DIR}/src ${generated}
    DEPENDS ${tables} ${generator} ${CMAKE_SOURCE_DIR}/tools/generate-procedures.py COMMENT "Compiling the procedures")
  add_custom_target(procedures_generated DEPENDS ${outputs})
endmacro()

macro(zhian_generate_han)
  set(han ${CMAKE_BINARY_DIR}/generated/han.generated.cpp)
  add_executable(zhian_han_tables ${CMAKE_SOURCE_DIR}/tools/han-tables.cpp)
  target_link_libraries(zhian_han_tables PRIVATE ICU::i18n ICU::uc ICU::data)
  add_custom_command(OUTPUT ${han} COMMAND zhian_han_tables ${han} DEPENDS zhian_han_tables COMMENT "Reading ICU's Han characters")
  list(APPEND ZHIAN_GENERATED_base ${han})
endmacro()

macro(zhian_generate_messages)
  set(messages ${CMAKE_BINARY_DIR}/generated/messages.generated.cpp)
  file(GLOB tables CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/base/data/messages.tsv ${CMAKE_SOURCE_DIR}/src/rooms/*/messages.tsv)
  add_custom_command(
    OUTPUT ${messages}
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/generate-messages.py ${messages} ${tables}
    DEPENDS ${tables} ${CMAKE_SOURCE_DIR}/tools/generate-messages.py)
  list(APPEND ZHIAN_GENERATED_base ${messages})
endmacro()

macro(zhian_generate_figures)
  set(figures ${CMAKE_BINARY_DIR}/generated/figures.generated.cpp)
  file(GLOB tables CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/rooms/*/figures.tsv)
  add_custom_command(
    OUTPUT ${figures}
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/generate-figures.py ${CMAKE_SOURCE_DIR}/src ${figures}
    DEPENDS ${tables} ${CMAKE_SOURCE_DIR}/tools/generate-figures.py)
  set(ZHIAN_GENERATED_figures ${figures})
endmacro()
