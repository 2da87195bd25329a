#ifndef PROXY_SYSTEM_H
#define PROXY_SYSTEM_H

/// The first argument that makes the executable act as a guard instead of as the proxy.
#define PROXY_GUARD_ARGUMENT "__guard"

/// Runs one command and answers for every process that descends from it.
///
/// Arguments: `PROGRAM __guard PARENT-PID STOP-MILLISECONDS COMMAND [ARGUMENT…]`.
///
/// The command gets a process group of its own and the guard's standard streams. The guard ends the whole
/// tree (SIGTERM, then SIGKILL after STOP-MILLISECONDS) when it is sent SIGTERM, when the command has ended,
/// or when the parent process has gone, however it went. It returns the command's exit status the way a shell
/// does: 128 + n for signal n, 126 or 127 for a command that could not be run.
///
/// Linux only; elsewhere it replaces itself with the command.
int proxy_guard_main(int argc, char *const argv[]);

/// Lets orphans of processes that descend from this one become its children, so that they can be found.
/// Linux only; elsewhere without effect.
void proxy_adopt_orphans(void);

/// Whether a process is there and has not ended.
int proxy_is_running(int process);

/// Sends SIGKILL to everything that belongs to a guard's tree, but not to the guard: its session, its descendants, what
/// was started with `mark` in its environment, and orphans that were left to us: children that are not among `own_ids`,
/// unless `own_count` is less than 0.
/// Others may have been started meanwhile, so it has to be repeated until there is nobody left.
///
/// Returns how many there were.
int proxy_kill_tree(int guard, const char *mark, const int *own_ids, int own_count);

/// Makes a pipe whose two ends are closed in any program that is executed later.
/// Returns 0, or an `errno` value.
int proxy_pipe(int *readEnd, int *writeEnd);

/// Keeps memory that was freed for what is allocated next, so that large messages do not cost new pages each time.
/// `proxy_give_back_memory` is its counterpart. Without effect where the C library is not glibc.
void proxy_keep_freed_memory(void);

/// Gives back to the system what is not in use: freed memory, and pages of the program's file that were needed once.
void proxy_give_back_memory(void);

/// Gives back the freed memory of the thread that calls this.
void proxy_give_back_memory_of_thread(void);

/// The processor time that this process has used so far, in milliseconds.
long proxy_processor_milliseconds(void);

/// Lets a pipe hold more at a time, where the system can do that.
void proxy_widen_pipe(int descriptor, int bytes);

/// Opens /dev/null for each standard stream that the program was started without, so that no other descriptor can
/// take its number.
void proxy_open_standard_streams(void);

/// Sends a message to a datagram socket of this machine; an address that begins with `@` is an abstract one.
/// Returns 0, or an `errno` value.
int proxy_notify(const char *path, const char *message);

/// Closes a descriptor.
void proxy_close(int descriptor);

/// Raises the soft limit of open descriptors to the hard one. Returns the limit now in force, or 0.
unsigned long proxy_raise_descriptor_limit(void);

#endif
