// Starting a program in a way that posix_spawn cannot: on one core, and not to outlive its parent.
#ifndef CHILD_PROCESS_H
#define CHILD_PROCESS_H

#include <sys/types.h>

// Starts arguments[0], looked up in PATH, with standard output and error going to the descriptors
// given, and standard input to /dev/null. It is killed when the thread that starts it ends.
//
// core: the one to run on; -1 for any.
// Returns 0 and the process's number in *process, or the errno of what failed.
int child_process_start(char *const arguments[], char *const environment[], int core, int output,
                        int errors, pid_t *process);

#endif
