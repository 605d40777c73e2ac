#include "older_glibc.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/random.h>

/* The square of a float fits into a double, so that nothing overflows. */
float hypotf(float x, float y) {
  if (isinf(x) || isinf(y)) return INFINITY;
  return (float)__builtin_sqrt((double)x * x + (double)y * y);
}

uint32_t arc4random(void) {
  uint32_t value;
  while (getrandom(&value, sizeof value, 0) != sizeof value) {
    if (errno != EINTR) abort();
  }
  return value;
}
