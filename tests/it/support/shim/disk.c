/* A slow and failing disk under SQLite, loaded with LD_PRELOAD. Only files with ".sqlite" in their path are touched.
 *
 * SHIM_SYNC_MS  every fsync and fdatasync takes so long
 * SHIM_SYNCS    every one of them adds a byte to this file
 * SHIM_REFUSED  every write that the system itself refuses adds a byte to this file
 * SHIM_FAULT    a file with what is wrong now: eio, enospc, erofs (writing fails), short (one byte at a time),
 *               torn (half of what is written arrives, then an error); empty or missing: all is well */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int ours(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return strstr(path, ".sqlite") != NULL;
}

static char fault(void) {
    const char *file = getenv("SHIM_FAULT");
    char text[8] = "";
    if (!file) return 0;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    if (syscall(SYS_read, fd, text, 6) < 1) text[0] = 0;
    close(fd);
    return text[0] == 'e' ? text[1] : text[0];
}

static void note(const char *variable) {
    const char *file = getenv(variable);
    int before = errno;
    if (file) {
        int log = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (log >= 0) {
            syscall(SYS_write, log, "s", 1);
            close(log);
        }
    }
    errno = before;
}

static void slow(int fd) {
    if (!ours(fd)) return;
    const char *ms = getenv("SHIM_SYNC_MS");
    long wait = ms ? atol(ms) : 0;
    struct timespec t = {wait / 1000, wait % 1000 * 1000000};
    if (wait > 0) nanosleep(&t, NULL);
    note("SHIM_SYNCS");
}

/* How much may be written: all of it, some, or -1 with errno. */
static ssize_t allowed(int fd, size_t n, int *then_fail) {
    *then_fail = 0;
    if (!ours(fd)) return (ssize_t)n;
    switch (fault()) {
    case 'i': errno = EIO; return -1;
    case 'n': errno = ENOSPC; return -1;
    case 'r': errno = EROFS; return -1;
    case 's': return n > 1 ? 1 : (ssize_t)n;
    case 't': *then_fail = 1; return (ssize_t)(n / 2);
    default: return (ssize_t)n;
    }
}

int fsync(int fd) {
    slow(fd);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    slow(fd);
    return (int)syscall(SYS_fdatasync, fd);
}

ssize_t write(int fd, const void *bytes, size_t n) {
    int fail;
    ssize_t m = allowed(fd, n, &fail);
    if (m < 0) return -1;
    ssize_t done = syscall(SYS_write, fd, bytes, (size_t)m);
    if (fail && done >= 0) { errno = EIO; return -1; }
    return done;
}

static ssize_t at(int fd, const void *bytes, size_t n, long offset) {
    int fail;
    ssize_t m = allowed(fd, n, &fail);
    if (m < 0) return -1;
    ssize_t done = syscall(SYS_pwrite64, fd, bytes, (size_t)m, offset);
    if (done < 0 && ours(fd)) note("SHIM_REFUSED");
    if (fail && done >= 0) { errno = EIO; return -1; }
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset) { return at(fd, bytes, n, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t offset) { return at(fd, bytes, n, offset); }
