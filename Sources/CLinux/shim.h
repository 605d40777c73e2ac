// The Linux interfaces that Swift's Glibc module leaves out: epoll, eventfd, and what glibc declares
// under _GNU_SOURCE alone.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <pthread.h>
#include <semaphore.h>
#include <malloc.h>
#include <sys/prctl.h>

int accept4(int descriptor, struct sockaddr *address, socklen_t *size, int flags);
int pthread_setname_np(pthread_t thread, const char *name);
int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *deadline);

// prctl takes any number of arguments, which Swift cannot call.
static inline int set_process_dumpable(int on) { return prctl(PR_SET_DUMPABLE, on, 0, 0, 0); }

#endif
