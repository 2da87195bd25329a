#define _GNU_SOURCE
#include "proxy_system.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <link.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif

static const int kept_bytes = 32 << 20;

void proxy_keep_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 8 << 20);
    mallopt(M_TRIM_THRESHOLD, kept_bytes);
#endif
}

void proxy_give_back_memory_of_thread(void) {
#ifdef __GLIBC__
    // malloc_trim leaves alone what lies at the end of a thread's own memory. That is given back when a piece next to it
    // is freed and more than the threshold is free.
    mallopt(M_TRIM_THRESHOLD, 128 << 10);
    void *volatile piece = malloc(256 << 10);
    free(piece);
    mallopt(M_TRIM_THRESHOLD, kept_bytes);
#endif
}

#ifdef __linux__
// Lets go of the pages of the program's own code. They are read again from the file when they are needed.
static int let_go_of_code(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size;
    (void)unused;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (int index = 0; index < object->dlpi_phnum; index += 1) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[index];
        // What was written to, such as relocated data, is not in the file and has to stay.
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W) != 0) continue;
        const size_t start = ((size_t)object->dlpi_addr + part->p_vaddr) / page * page;
        const size_t end = (size_t)object->dlpi_addr + part->p_vaddr + part->p_memsz;
        madvise((void *)start, (end - start + page - 1) / page * page, MADV_DONTNEED);
    }
    return 1; // The first object is the program itself.
}
#endif

void proxy_give_back_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
#ifdef __linux__
    dl_iterate_phdr(let_go_of_code, NULL);
#endif
}

long proxy_processor_milliseconds(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000L
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000L;
}
