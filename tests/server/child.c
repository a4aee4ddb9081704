#include "child.h"

#include "wire.h"
#include <dirent.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct child *alarmed; /* whom on_alarm() kills */

bool child_start(struct child *child, char *const argv[], char *const environment[])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE); /* ignored here */
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    pthread_mutex_lock(&child->lock);
    child->started_ns = now_ns();
    int problem = posix_spawnp(&child->pid, argv[0], &actions, &attributes, argv, environment);
    pthread_mutex_unlock(&child->lock);
    if (problem != 0)
        fprintf(stderr, "%s: %s\n", argv[0], strerror(problem));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return problem == 0;
}

static long read_kib(const char *line, const char *name)
{
    long kib = 0;
    size_t len = strlen(name);
    if (strncmp(line, name, len) == 0)
        (void)sscanf(line + len, " %ld", &kib);
    return kib;
}

static long count_descriptors(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return -1;
    long count = -2; /* . and .. */
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

struct sample child_sample(struct child *child)
{
    struct sample sample = {0};
    char path[32], line[256];
    clockid_t clock;
    struct timespec cpu;
    pthread_mutex_lock(&child->lock);
    pid_t pid = child->pid;
    pthread_mutex_unlock(&child->lock);
    if (clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &cpu) == 0)
        sample.cpu_us = (int64_t)cpu.tv_sec * 1000000 + cpu.tv_nsec / 1000;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "re");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        sample.resident_kib += read_kib(line, "VmRSS:");
        sample.peak_kib += read_kib(line, "VmHWM:");
    }
    if (status != NULL)
        fclose(status);
    sample.descriptors = count_descriptors(pid);
    return sample;
}

void child_end(struct child *child)
{
    pthread_mutex_lock(&child->lock);
    if (child->pid > 0 && !child->gone)
        kill(child->pid, SIGTERM);
    child->told_to_end = true;
    pthread_mutex_unlock(&child->lock);
}

static void on_alarm(int number)
{
    (void)number;
    kill(alarmed->pid, SIGKILL);
}

void child_wait(struct child *child, unsigned timeout_s)
{
    struct rusage usage;
    siginfo_t info;
    alarmed = child;
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm, .sa_flags = SA_RESTART}, NULL);
    alarm(timeout_s);
    waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOWAIT);
    child->ended_ns = now_ns();
    alarm(0);
    pthread_mutex_lock(&child->lock);
    child->gone = true; /* from here on its id may be another's */
    pthread_mutex_unlock(&child->lock);
    wait4(child->pid, &child->status, 0, &usage);
    child->total_cpu_us = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                          usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

bool child_ended_well(const struct child *child)
{
    int code = WIFEXITED(child->status) ? WEXITSTATUS(child->status) : -1;
    int signal = WIFSIGNALED(child->status) ? WTERMSIG(child->status) : 0;
    return code == 0 || (child->told_to_end && signal == SIGTERM);
}
