#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { WARNINGS_MAX = 1048576, CHUNK = 65536 };

bool cli_load(struct rules *rules, int count, char **paths)
{
    char folder[] = CLI_RULES;
    char *otherwise[] = {folder};
    struct lambda_error err;
    struct lambda_buffer warnings;
    bool ok = true;
    *rules = (struct rules){0};
    lambda_buffer_init(&warnings, WARNINGS_MAX);
    if (count == 0) {
        paths = otherwise;
        count = 1;
    }
    for (int i = 0; ok && i < count; i++)
        ok = rules_add(rules, paths[i], &warnings, &err);
    ok = ok && rules_check(rules, &err);
    fputs(warnings.data, stderr);
    lambda_buffer_done(&warnings);
    if (!ok)
        fprintf(stderr, "sigma: %s\n", err.message);
    return ok;
}

/* Makes room for one more chunk and a NUL. */
static bool reserve(char **bytes, size_t len, size_t *size)
{
    if (len + CHUNK + 1 <= *size)
        return true;
    *size = 2 * (len + CHUNK + 1);
    char *more = realloc(*bytes, *size);
    if (more != NULL)
        *bytes = more;
    return more != NULL;
}

char *cli_read(const char *path, size_t *len)
{
    gzFile file = strcmp(path, "-") == 0 ? gzdopen(0, "rb") : gzopen(path, "rb");
    char *bytes = NULL;
    size_t size = 0;
    int got = file == NULL ? -1 : 1;
    *len = 0;
    while (got > 0) {
        got = reserve(&bytes, *len, &size) ? gzread(file, bytes + *len, CHUNK) : -1;
        *len += got > 0 ? (size_t)got : 0;
    }
    if (file != NULL && gzclose(file) != Z_OK)
        got = -1;
    if (got < 0) {
        fprintf(stderr, "sigma: %s: cannot be read, or is not whole\n", path);
        free(bytes);
        return NULL;
    }
    bytes[*len] = '\0';
    return bytes;
}
