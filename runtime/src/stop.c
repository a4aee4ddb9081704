#include "stop.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t signal_fd = -1;

static void on_sigterm(int number)
{
    (void)number;
    const uint64_t one = 1;
    int saved = errno;
    ssize_t written =
        write(signal_fd, &one, sizeof one); /* fails only when it is readable already */
    (void)written;
    errno = saved;
}

bool lambda_stop_init(struct lambda_stop *stop)
{
    stop->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop->fd < 0)
        return false;
    signal_fd = stop->fd;
    /* SA_RESTART: the handler's own system calls go on until its answer is posted. */
    struct sigaction action = {.sa_handler = on_sigterm, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, &stop->previous);
    return true;
}

void lambda_stop_done(struct lambda_stop *stop)
{
    uint64_t count = 0;
    sigaction(SIGTERM, &stop->previous, NULL);
    /* What on_sigterm() wrote on another thread is read: it no longer needs the descriptor. */
    ssize_t got = read(stop->fd, &count, sizeof count);
    (void)got;
    signal_fd = -1;
    close(stop->fd);
}

bool lambda_stop_wait(const struct lambda_stop *stop, int timeout_ms)
{
    struct pollfd wanted = {.fd = stop->fd, .events = POLLIN};
    int ready = 0;
    do {
        ready = poll(&wanted, 1, timeout_ms);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}
