"""The declared procedures: reading the tables, checking them, and writing them as C++.

tables    what stands in src/rooms/*/procedures.md and src/procedure/data/*.tsv, as plain records; knows how a cell is written
checks    what must be true of them: one fault a line, in words that say where and what to do
cpp       how a value is written as C++
model     the constant tables of procedure/model.hpp (kinds.generated.cpp)
records   a struct with typed fields for each kind and guard (records/*.hpp, *.cpp)
bindings  the functions that live kinds need (bindings.generated.cpp)

Command line: tools/generate-procedures.py. No module does anything when it is imported."""
