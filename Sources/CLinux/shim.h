// The Linux interfaces that Swift's Glibc module leaves out: epoll, eventfd and timerfd.
#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <sys/epoll.h>
#include <sys/eventfd.h>

#endif
