/*
 * Runs a program that ends when whoever started it does, even when that was killed.
 *
 *     tether PROGRAM [ARGUMENT …]
 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s PROGRAM [ARGUMENT …]\n", argv[0]);
        return 2;
    }
    pid_t parent = getppid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) return 1; /* it ended before we asked */
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 127;
}
