#include "allocation_count.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OTHER_ALLOCATOR 1
#endif
#endif

#ifdef HAS_OTHER_ALLOCATOR

uint64_t allocation_count(void) { return 0; }
uint64_t allocation_count_of_thread(void) { return 0; }

#else

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

// The allocator itself, under the names by which glibc lets itself be wrapped.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

// One counter a thread, so that counting neither locks nor shares a cache line. A thread takes its
// counter when it first allocates, and its count stays when it ends. Threads beyond the last counter
// share that one.
enum { COUNTERS = 256 };

static struct {
  _Alignas(64) _Atomic uint64_t count;
} counters[COUNTERS];

static atomic_uint taken;
static _Thread_local unsigned own;  // One more than the index, 0 before the first allocation.

static void count_one(void) {
  if (own == 0) {
    unsigned index = atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed);
    own = (index < COUNTERS ? index : COUNTERS - 1) + 1;
  }
  _Atomic uint64_t *count = &counters[own - 1].count;
  if (own < COUNTERS) {
    uint64_t old = atomic_load_explicit(count, memory_order_relaxed);
    atomic_store_explicit(count, old + 1, memory_order_relaxed);
  } else {
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
  }
}

uint64_t allocation_count(void) {
  uint64_t sum = 0;
  for (int index = 0; index < COUNTERS; index++)
    sum += atomic_load_explicit(&counters[index].count, memory_order_relaxed);
  return sum;
}

uint64_t allocation_count_of_thread(void) {
  return own == 0 ? 0 : atomic_load_explicit(&counters[own - 1].count, memory_order_relaxed);
}

void *malloc(size_t size) {
  count_one();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  count_one();
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  count_one();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  count_one();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count_one();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  count_one();
  void *result = __libc_memalign(alignment, size);
  if (result == NULL) return ENOMEM;
  *memory = result;
  return 0;
}

#endif
