// Starting a program on one core and not to outlive its parent, which posix_spawn cannot; and so that
// it does outlive its parent.
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

// Starts a program in a session of its own. It has `socket` as its standard input and output, nothing
// to write errors to, `kept` as descriptor 3, and no other. SIGTERM, SIGINT and SIGHUP are blocked in
// it from its first moment.
//
// Only posix_spawn is used: between fork and exec, a process of many threads may do next to nothing.
// socket and kept must be above 3.
// Returns 0 and the process's number in *process, or the errno of what failed.
int detached_process_start(const char *executable, char *const arguments[], int socket, int kept,
                           pid_t *process);

#endif
