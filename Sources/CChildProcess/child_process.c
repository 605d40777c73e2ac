#define _GNU_SOURCE
#include "child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// Runs in the child, where only async-signal-safe functions may be called. Returns only on failure.
static void become(char *const arguments[], char *const environment[], int core, int output,
                   int errors, pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return;
  if (getppid() != parent) _exit(127);  // The parent has ended already.
  if (core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET((unsigned)core, &cores);
    if (sched_setaffinity(0, sizeof cores, &cores) != 0) return;
  }
  // What the parent ignores or blocks is its own business.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) return;
  execvpe(arguments[0], arguments, environment);
}

int child_process_start(char *const arguments[], char *const environment[], int core, int output,
                        int errors, pid_t *process) {
  // Carries the errno of a child that never became the program; it closes when one does.
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return errno;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    become(arguments, environment, core, output, errors, parent);
    int reason = errno;
    if (write(report[1], &reason, sizeof reason) < 0) _exit(126);
    _exit(127);
  }
  int failure = child < 0 ? errno : 0;
  close(report[1]);
  if (child > 0) {
    int reason = 0;
    ssize_t count;
    while ((count = read(report[0], &reason, sizeof reason)) < 0 && errno == EINTR) {
    }
    if (count > 0) {
      failure = reason;
      while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
      }
    }
  }
  close(report[0]);
  if (failure == 0) *process = child;
  return failure;
}
