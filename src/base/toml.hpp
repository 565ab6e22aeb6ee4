// The one place that includes toml++. Its assertions guard its own parser's thoughts, and some of them fail on
// malformed names from outside (`[a.]`) before the parser refuses them: in a Debug build a hostile file would end the
// program. With the assertion empty the parser throws its error as it does in a release build, and the caller refuses.
#pragma once

#define TOML_ASSERT(condition) static_assert(true)
#include <toml++/toml.h>
