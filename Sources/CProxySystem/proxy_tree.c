// What the proxy itself does about a process tree whose guard does not do its work any more, because somebody has
// stopped or killed it.

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
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

/// How much of a process's environment is searched. What a server was started with stands before what it adds.
#define ENVIRONMENT_BYTES (256 << 10)

struct process {
    pid_t id;
    pid_t parent;
    pid_t session;
    char state;
    int is_of_tree;
};

/// What is known of all processes at one moment.
struct table {
    struct process *entries;
    size_t count;
};

static ssize_t read_file(const char *path, char *text, size_t size) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    size_t length = 0;
    ssize_t count;
    while (length < size && (count = read(descriptor, text + length, size - length)) > 0) length += (size_t)count;
    close(descriptor);
    return (ssize_t)length;
}

static int read_process(const char *name, struct process *process) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", name);
    ssize_t count = read_file(path, text, sizeof text - 1);
    if (count <= 0) return 0;
    text[count] = 0;
    // The command name stands in parentheses and may hold any character, a parenthesis too.
    char *after = strrchr(text, ')');
    int parent, group, session;
    char state;
    if (after == NULL || sscanf(after + 1, " %c %d %d %d", &state, &parent, &group, &session) != 4) return 0;
    *process = (struct process){
        .id = (pid_t)atoi(name), .parent = parent, .session = session, .state = state, .is_of_tree = 0};
    return 1;
}

/// Returns 0 where the table cannot be read.
static int read_table(struct table *table) {
    DIR *directory = opendir("/proc");
    if (directory == NULL) return 0;
    size_t room = 0;
    struct dirent *entry;
    table->entries = NULL;
    table->count = 0;
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        if (table->count == room) {
            room = room == 0 ? 256 : room * 2;
            struct process *more = realloc(table->entries, room * sizeof *more);
            if (more == NULL) break;
            table->entries = more;
        }
        if (read_process(entry->d_name, &table->entries[table->count])) table->count++;
    }
    closedir(directory);
    return 1;
}

static int is_alive(const struct process *process) {
    return process->state != 'Z' && process->state != 'X';
}

static int has_mark(pid_t id, const char *mark, char *text) {
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/environ", (int)id);
    if (stat(path, &status) != 0 || status.st_uid != geteuid()) return 0;
    ssize_t count = read_file(path, text, ENVIRONMENT_BYTES);
    if (count <= 0) return 0;
    return memmem(text, (size_t)count, mark, strlen(mark)) != NULL;
}

/// Those of our children that we have started ourselves; fewer than none when that is not known.
struct own_children {
    const int *ids;
    int count;
};

static int is_own(pid_t id, struct own_children own) {
    for (int index = 0; index < own.count; index++) {
        if (own.ids[index] == (int)id) return 1;
    }
    return 0;
}

/// Whether the process was left to us by a guard that has gone.
static int is_orphan(const struct process *process, struct own_children own) {
    return own.count >= 0 && process->parent == getpid() && !is_own(process->id, own);
}

/// Finds who belongs to the guard's tree, the guard itself excepted.
static void find_tree(struct table *table, pid_t guard, const char *mark, struct own_children own) {
    char *text = malloc(ENVIRONMENT_BYTES);
    for (size_t index = 0; index < table->count; index++) {
        struct process *process = &table->entries[index];
        if (process->id == guard || process->id == getpid() || !is_alive(process)) continue;
        process->is_of_tree = process->session == guard || process->parent == guard || is_orphan(process, own)
            || (text != NULL && has_mark(process->id, mark, text));
    }
    free(text);
    // Whoever descends from one of them belongs to them, whatever it has done to hide it.
    for (int found = 1; found;) {
        found = 0;
        for (size_t index = 0; index < table->count; index++) {
            struct process *process = &table->entries[index];
            if (process->is_of_tree || process->id == guard || !is_alive(process)) continue;
            for (size_t other = 0; other < table->count; other++) {
                if (table->entries[other].id != process->parent || !table->entries[other].is_of_tree) continue;
                process->is_of_tree = found = 1;
            }
        }
    }
}

/// Takes note of the end of a child that was left to us, so that it does not stay as a zombie.
static void reap(pid_t id) {
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int attempt = 0; attempt < 20; attempt++) {
        if (waitpid(id, NULL, WNOHANG) != 0) return;
        nanosleep(&moment, NULL);
    }
}

void proxy_adopt_orphans(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int proxy_is_running(int process) {
    char name[24];
    struct process found;
    snprintf(name, sizeof name, "%d", process);
    return read_process(name, &found) && is_alive(&found);
}

int proxy_kill_tree(int guard, const char *mark, const int *own_ids, int own_count) {
    struct own_children own = {.ids = own_ids, .count = own_count};
    struct table table;
    if (!read_table(&table)) return 0;
    find_tree(&table, guard, mark, own);
    int count = 0;
    pid_t self = getpid();
    for (size_t index = 0; index < table.count; index++) {
        const struct process *process = &table.entries[index];
        if (process->is_of_tree) {
            count++;
            kill(process->id, SIGKILL);
            if (process->parent == self) reap(process->id);
        } else if (process->state == 'Z' && is_orphan(process, own)) {
            waitpid(process->id, NULL, WNOHANG);
        }
    }
    free(table.entries);
    return count;
}

#else

void proxy_adopt_orphans(void) {}

int proxy_is_running(int process) {
    return kill(process, 0) == 0;
}

int proxy_kill_tree(int guard, const char *mark, const int *own_ids, int own_count) {
    (void)mark;
    (void)own_ids;
    (void)own_count;
    return kill(-guard, SIGKILL) == 0;
}

#endif
