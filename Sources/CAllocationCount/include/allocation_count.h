// Counts what the process allocates. An executable that links this target calls the C library's
// allocator through it, and so do the libraries that it loads.
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdint.h>

// Calls of malloc, calloc, realloc, aligned_alloc, memalign and posix_memalign since the process
// began, on all threads. Always 0 under a sanitizer, which has an allocator of its own.
uint64_t allocation_count(void);

// The same, on the calling thread alone; exact for the first 255 threads that allocate.
uint64_t allocation_count_of_thread(void);

#endif
