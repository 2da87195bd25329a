// One guard process stands between the proxy and each command it starts. It exists because nothing else ends a
// whole process tree when the proxy itself is killed: a pipe's end of file is ignored by some servers, a parent
// death signal is tied to one thread and does not reach grandchildren, and a process group loses whoever leaves
// it. A subreaper that watches its parent covers all three.

#define _GNU_SOURCE
#include "proxy_system.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/// How long processes that outlive the command itself may take to end.
#define STRAGGLER_MILLISECONDS 150

static long now_milliseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000L + time.tv_nsec / 1000000L;
}

static int exit_code(int status) {
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// The parent of the process whose /proc directory is `name`, or -1.
static pid_t parent_of(const char *name) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%s/stat", name);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    ssize_t count = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    if (count <= 0) return -1;
    text[count] = 0;
    // The command name stands in parentheses and may hold any character, a parenthesis too.
    char *after = strrchr(text, ')');
    int parent = -1;
    char state;
    if (after == NULL || sscanf(after + 1, " %c %d", &state, &parent) != 2) return -1;
    return parent;
}

/// Sends `number` to every direct child: the command, and whatever its dead descendants left to us.
static void signal_children(int number) {
    DIR *directory = opendir("/proc");
    if (directory == NULL) return;
    pid_t self = getpid();
    struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        if (parent_of(entry->d_name) == self) kill((pid_t)atoi(entry->d_name), number);
    }
    closedir(directory);
}

/// The command's side of the fork: never returns.
static void run_command(char *const command[]) {
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1) _exit(1);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(command[0], command);
    int reason = errno;
    dprintf(STDERR_FILENO, "mcp-proxy: cannot run %s: %s\n", command[0], strerror(reason));
    _exit(reason == ENOENT ? 127 : 126);
}

/// What is known of the tree of processes below the guard.
struct tree {
    pid_t command;  // 0 once it has ended
    int result;     // what the guard ends with
    long deadline;  // when the tree is killed; -1 while it may live
    int killing;
};

/// Keeps signals from ending the guard. Returns what they are read from; -1 when there is no such thing.
static int watch_signals(void) {
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigaddset(&watched, SIGTERM);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGHUP);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    return signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// The pipe ends belong to the command: held here they would hide its end of file. Standard error stays, so that its
/// end of file tells the proxy that the whole tree has gone.
static void let_go_of_pipes(void) {
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0) return;
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    close(nowhere);
}

/// Takes note of who has ended. Returns whether nobody is left.
static int reap(struct tree *tree) {
    int status;
    pid_t ended;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
        if (ended != tree->command) continue;
        tree->result = exit_code(status);
        tree->command = 0;
        if (tree->deadline < 0) {
            // What the command leaves behind is asked to end, then made to: soon, because whoever still holds the
            // command's output keeps the proxy from noticing that it has ended.
            tree->deadline = now_milliseconds() + STRAGGLER_MILLISECONDS;
            signal_children(SIGTERM);
        }
    }
    return ended < 0 && errno == ECHILD;
}

/// Kills the tree once its time is over.
static void kill_when_due(struct tree *tree) {
    if (tree->deadline >= 0 && now_milliseconds() >= tree->deadline) tree->killing = 1;
    if (!tree->killing) return;
    // Each death can hand us new children, hence again and again until nobody is left.
    if (tree->command > 0) kill(-tree->command, SIGKILL);
    signal_children(SIGKILL);
}

/// How long nothing need be done, in milliseconds; -1 for as long as nothing happens.
static int patience(const struct tree *tree) {
    if (tree->killing) return 20;
    if (tree->deadline < 0) return -1;
    long left = tree->deadline - now_milliseconds();
    return left > 0 ? (int)left : 0;
}

/// Reads the signals that have come. Returns whether one of them asks the tree to end, which so far lives.
static int is_asked_to_stop(struct tree *tree, int signal_descriptor) {
    int stop = 0;
    struct signalfd_siginfo seen;
    while (read(signal_descriptor, &seen, sizeof seen) == (ssize_t)sizeof seen) {
        if (seen.ssi_signo != SIGTERM && seen.ssi_signo != SIGINT && seen.ssi_signo != SIGHUP) continue;
        if (tree->deadline < 0) {
            stop = 1;
        } else {
            tree->deadline = now_milliseconds();  // asked twice: at once
        }
    }
    return stop;
}

/// Watches over the tree until nobody is left of it. Returns what the guard ends with.
static int watch_over(struct tree *tree, int signal_descriptor, int parent_descriptor, long stop_milliseconds) {
    while (!reap(tree)) {
        kill_when_due(tree);
        struct pollfd waits[2] = {
            {.fd = signal_descriptor, .events = POLLIN},
            {.fd = tree->deadline < 0 ? parent_descriptor : -1, .events = POLLIN},
        };
        if (poll(waits, 2, patience(tree)) < 0 && errno != EINTR) return 1;

        int has_no_parent = tree->deadline < 0 && (waits[1].revents & POLLIN);
        if (is_asked_to_stop(tree, signal_descriptor) || has_no_parent) {
            tree->deadline = now_milliseconds() + stop_milliseconds;
            if (tree->command > 0) kill(-tree->command, SIGTERM);
            signal_children(SIGTERM);
        }
    }
    return tree->result;
}

int proxy_guard_main(int argc, char *const argv[]) {
    if (argc < 5) return 2;
    pid_t parent = (pid_t)atoi(argv[2]);
    long stop_milliseconds = atol(argv[3]);

    prctl(PR_SET_NAME, "mcp-proxy-guard");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setsid();

    int parent_descriptor = (int)syscall(SYS_pidfd_open, parent, 0);
    // Asked after the descriptor is open, so that it cannot be somebody else's by now.
    if (getppid() != parent) return 1;
    int signal_descriptor = watch_signals();
    if (signal_descriptor < 0) return 1;

    pid_t command = fork();
    if (command < 0) {
        dprintf(STDERR_FILENO, "mcp-proxy: cannot start a process: %s\n", strerror(errno));
        return 126;
    }
    if (command == 0) run_command(argv + 4);
    setpgid(command, command);
    let_go_of_pipes();

    struct tree tree = {.command = command, .result = 1, .deadline = -1, .killing = 0};
    return watch_over(&tree, signal_descriptor, parent_descriptor, stop_milliseconds);
}

#else

int proxy_guard_main(int argc, char *const argv[]) {
    if (argc < 5) return 2;
    setpgid(0, 0);
    execvp(argv[4], argv + 4);
    int reason = errno;
    fprintf(stderr, "mcp-proxy: cannot run %s: %s\n", argv[4], strerror(reason));
    return reason == ENOENT ? 127 : 126;
}

#endif
