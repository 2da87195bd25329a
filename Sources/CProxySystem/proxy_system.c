#define _GNU_SOURCE
#include "proxy_system.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

int proxy_pipe(int *readEnd, int *writeEnd) {
    int ends[2];
#ifdef __linux__
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
#else
    if (pipe(ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
    *readEnd = ends[0];
    *writeEnd = ends[1];
    return 0;
}

void proxy_widen_pipe(int descriptor, int bytes) {
#ifdef F_SETPIPE_SZ
    // Refused where the user's share of pipe memory is used up: then it stays as it is.
    (void)fcntl(descriptor, F_SETPIPE_SZ, bytes);
#else
    (void)descriptor;
    (void)bytes;
#endif
}

unsigned long proxy_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    return (unsigned long)limit.rlim_cur;
}

void proxy_close(int descriptor) {
    close(descriptor);
}

void proxy_open_standard_streams(void) {
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        // The lowest free number is given out, which is the one that is missing.
        if (fcntl(descriptor, F_GETFD) == -1) open("/dev/null", O_RDWR);
    }
}
