"""The declared procedures: reading the tables, checking them, and writing them as C++.

tables    what stands in src/rooms/*/procedures.md, the tables beside it and src/procedure/data/*.tsv, as plain records; knows how a cell is written
choices   how a duty chooses its rule: reading, checking, and the table of all its cases
versions  what each version of a kind had, and what became of the states and actions that went away
checks    what must be true of them: one fault a line, in words that say where and what to do
traits    the lines that a kind says of itself beside its tables: number, title, meanings of states, what it asks of others
cpp       how a value is written as C++
model     the constant tables of procedure/model.hpp (kinds.generated.cpp)
records   a struct with typed fields for each kind and guard (records/*.hpp, *.cpp)
bindings  the functions that live kinds need (bindings.generated.cpp)

Command line: tools/generate-procedures.py. No module does anything when it is imported."""
