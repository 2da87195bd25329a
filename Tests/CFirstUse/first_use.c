#include "first_use.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// In C, so that a child runs no Swift but `use`: the Swift runtime remembers the identifier of the thread that forks,
// and waits for ever in a child whose first thread takes one of its locks.

enum { most_nanoseconds_ahead = 60000, seconds_for_a_child = 10 };

static atomic_int arrived;

struct runner {
    void (*use)(void);
    long nanoseconds_behind;
};

static long nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void *run(void *context) {
    const struct runner *runner = context;
    atomic_fetch_add(&arrived, 1);
    while (atomic_load(&arrived) < 2) {}
    long start = nanoseconds() + runner->nanoseconds_behind;
    while (nanoseconds() < start) {}
    runner->use();
    return NULL;
}

static void race(void (*use)(void), long lead) {
    struct runner runners[2] = {{use, lead > 0 ? lead : 0}, {use, lead < 0 ? -lead : 0}};
    pthread_t threads[2];
    for (int index = 0; index < 2; index++) {
        if (pthread_create(&threads[index], NULL, run, &runners[index]) != 0) { _exit(1); }
    }
    for (int index = 0; index < 2; index++) { pthread_join(threads[index], NULL); }
}

int first_uses_that_crash(int children, void (*use)(void)) {
    int crashed = 0;
    for (int child = 0; child < children; child++) {
        pid_t process = fork();
        if (process == 0) {
            // The default, so that no handler of the test program takes its time to describe the crash.
            signal(SIGSEGV, SIG_DFL);
            signal(SIGBUS, SIG_DFL);
            signal(SIGILL, SIG_DFL);
            signal(SIGTRAP, SIG_DFL);
            alarm(seconds_for_a_child);
            race(use, child * 7919L % (2 * most_nanoseconds_ahead) - most_nanoseconds_ahead);
            _exit(0);
        }
        int status = 0;
        bool ended = process > 0 && waitpid(process, &status, 0) == process;
        if (!ended || status != 0) { crashed++; }
    }
    return crashed;
}
