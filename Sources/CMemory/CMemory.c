// For dl_iterate_phdr(3).
#define _GNU_SOURCE

#include "CMemory.h"

#if defined(__linux__)
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

void cmemory_keep_free_memory(void) {
#ifdef M_TRIM_THRESHOLD
    mallopt(M_TRIM_THRESHOLD, 2 << 20);
    // Setting one threshold ends glibc's own adjustment of the other (mallopt(3)). This is the value that glibc
    // usually reaches.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

#if defined(__linux__)
/// Unmaps the pages of one program file, as a callback of dl_iterate_phdr(3).
static int unmap_read_only_pages(struct dl_phdr_info *file, size_t size, void *context) {
    (void)size;
    (void)context;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < file->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &file->dlpi_phdr[i];
        // The loader has changed writable segments, so their pages differ from the file.
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        const uintptr_t start = (file->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        const uintptr_t end = file->dlpi_addr + segment->p_vaddr + segment->p_memsz;
        // An error changes nothing: the pages stay.
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}
#endif

void cmemory_unmap_read_only_pages(void) {
#if defined(__linux__)
    dl_iterate_phdr(unmap_read_only_pages, NULL);
#endif
}
