#define _GNU_SOURCE
#include "proxy_system.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

int proxy_notify(const char *path, const char *message) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address.sun_path) return ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    // An abstract address is written with a sign in the place of the zero with which it begins.
    if (path[0] == '@') address.sun_path[0] = '\0';
    int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (descriptor < 0) return errno;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    // Whoever does not read must not hold up the proxy.
    ssize_t sent = sendto(descriptor, message, strlen(message), MSG_DONTWAIT | MSG_NOSIGNAL,
                          (struct sockaddr *)&address, size);
    int problem = sent < 0 ? errno : 0;
    close(descriptor);
    return problem;
}
