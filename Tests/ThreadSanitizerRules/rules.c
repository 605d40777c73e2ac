#include "rules.h"

// A continuation that is resumed before its task has suspended hands its result over by an atomic in
// the Swift runtime, which is not built with the sanitizer; so the sanitizer takes the result's slot in
// the task's frame for a race, and so the reference to the continuation, which whoever resumes it reads
// before, where the task goes on to use that memory for something else. Only accesses in those functions
// themselves are passed over.
//
// The sanitizer calls this before it has set itself up, hence C, and not instrumented.
__attribute__((no_sanitize("thread"))) const char *__tsan_default_suppressions(void) {
  return "race_top:withUnsafeContinuation9isolation\n"
         "race_top:withCheckedContinuation9isolation\n"
         "race_top:sScc6resume9returning\n";
}
