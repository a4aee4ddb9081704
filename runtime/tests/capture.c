#include "capture.h"

#include "test.h"

#include <unistd.h>

void capture_start(struct capture *capture)
{
    FILE *file = tmpfile(); /* a file, since a pipe would have to be read meanwhile */
    assert_non_null(file);
    capture->written = dup(fileno(file));
    capture->saved = dup(STDERR_FILENO);
    fclose(file);
    assert_true(dup2(capture->written, STDERR_FILENO) >= 0);
}

void capture_end(struct capture *capture, struct lambda_buffer *text)
{
    assert_true(dup2(capture->saved, STDERR_FILENO) >= 0);
    close(capture->saved);
    char bytes[4096];
    ssize_t len = 0;
    off_t from = 0;
    while ((len = pread(capture->written, bytes, sizeof bytes, from)) > 0) {
        lambda_buffer_add(text, bytes, (size_t)len);
        from += len;
    }
    close(capture->written);
}
