/*
 * A real ClickHouse server out of the npm package's libchdb.so.
 *
 *     chserver LIBCHDB_SO [clickhouse-local's arguments …]
 *
 * The library exports clickhouse-local's main; `SYSTEM START LISTEN HTTP` in its --query then opens the server's own
 * HTTP interface. RTLD_DEEPBIND keeps its private allocator and libc++ away from ours. It leaves with _exit, because
 * the library's static destructors are not meant to run in a host process.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct answer {
    char *text;
    size_t length;
    void *owner;
    double elapsed;
    unsigned long long rows, bytes;
    char *error;
};

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s LIBCHDB_SO [ARGUMENT …]\n", argv[0]);
        return 2;
    }
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    if (!library) {
        fprintf(stderr, "chserver: %s\n", dlerror());
        return 1;
    }
    struct answer *(*run)(int, char **) = (struct answer * (*)(int, char **)) dlsym(library, "query_stable_v2");
    if (!run) {
        fprintf(stderr, "chserver: %s\n", dlerror());
        return 1;
    }
    argv[1] = "clickhouse";
    struct answer *answer = run(argc - 1, argv + 1);
    if (answer && answer->error) fprintf(stderr, "chserver: %s\n", answer->error);
    fflush(NULL);
    _exit(answer && answer->error ? 1 : 0);
}
