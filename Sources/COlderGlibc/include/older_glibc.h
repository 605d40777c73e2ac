/* Stands in for what the static libraries of Swift and C++ take from glibc 2.35 and 2.36 without any
   need of ours, so that an executable starts with 2.34, which is that of Amazon Linux 2023. */
#ifndef OLDER_GLIBC_H
#define OLDER_GLIBC_H

#include <stdint.h>

float hypotf(float x, float y);
uint32_t arc4random(void);

#endif
