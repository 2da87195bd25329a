// Stands before the C library when the proxy runs under valgrind 3.19, which cannot do two things.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// valgrind writes to the signal mask that a program waits with, and libdispatch keeps its mask in read-only memory.
int sigsuspend(const sigset_t *mask) {
    sigset_t copy = *mask;
    return (int)syscall(SYS_rt_sigsuspend, &copy, 8);
}

// The proxy starts itself as the guard of its programs; under valgrind "itself" is valgrind.
static const char *own(const char *path) {
    const char *proxy = getenv("BENCH_PROXY");
    return proxy && strcmp(path, "/proc/self/exe") == 0 ? proxy : path;
}

int execve(const char *path, char *const arguments[], char *const environment[]) {
    return (int)syscall(SYS_execve, own(path), arguments, environment);
}

int posix_spawn(pid_t *process, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    int (*next)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[],
                char *const[]) = dlsym(RTLD_NEXT, "posix_spawn");
    return next ? next(process, own(path), actions, attributes, arguments, environment) : ENOSYS;
}
