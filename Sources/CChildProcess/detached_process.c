#define _GNU_SOURCE
#include "child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int socket,
                   int kept) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGINT);
  sigaddset(&blocked, SIGHUP);
  sigaddset(&blocked, SIGQUIT);
  // What a watchdog sends to all of a unit.
  sigaddset(&blocked, SIGABRT);
  int failure;
  if ((failure = posix_spawn_file_actions_adddup2(actions, socket, 0)) != 0) return failure;
  if ((failure = posix_spawn_file_actions_adddup2(actions, socket, 1)) != 0) return failure;
  if ((failure = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0)) != 0)
    return failure;
  if ((failure = posix_spawn_file_actions_adddup2(actions, kept, 3)) != 0) return failure;
  if ((failure = posix_spawn_file_actions_addclosefrom_np(actions, 4)) != 0) return failure;
  if ((failure = posix_spawnattr_setsigmask(attributes, &blocked)) != 0) return failure;
  return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
}

int detached_process_start(const char *executable, char *const arguments[], int socket, int kept,
                           pid_t *process) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure != 0) return failure;
  failure = posix_spawnattr_init(&attributes);
  if (failure == 0) {
    failure = prepare(&actions, &attributes, socket, kept);
    if (failure == 0)
      failure = posix_spawn(process, executable, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}
