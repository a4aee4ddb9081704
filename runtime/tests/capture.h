/* capture.h - what a piece of code writes to standard error. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <lambda/buffer.h>

struct capture {
    int saved;   /* the real standard error */
    int written; /* a nameless file that stands in for it */
};

void capture_start(struct capture *capture);

/* Puts standard error back and appends what was written to text. */
void capture_end(struct capture *capture, struct lambda_buffer *text);

#endif
