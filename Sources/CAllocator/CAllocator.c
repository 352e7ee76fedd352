#include "CAllocator.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void callocator_keep_free_memory(void) {
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, 2 << 20);
    // Setting one threshold ends glibc's own adjustment of the other (mallopt(3)). This is the value that glibc
    // usually reaches.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}
