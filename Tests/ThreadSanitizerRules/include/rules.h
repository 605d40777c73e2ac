#ifndef THREAD_SANITIZER_RULES_H
#define THREAD_SANITIZER_RULES_H

// What the thread sanitizer is told to pass over; its runtime calls this by name.
const char *__tsan_default_suppressions(void);

#endif
