/*
 * members.h - writing a nested JSON object by the dotted names of its members.
 *
 *     members_text(&members, "cloud.account.uid", "1");
 *     members_text(&members, "cloud.region", "us-east-1");
 *     members_text(&members, "resources[].uid", "2");
 *
 * gives {"cloud":{"account":{"uid":"1"},"region":"us-east-1"},"resources":[{"uid":"2"}]}.
 * Objects open with their first member and close behind the last in a row, so members of one object
 * stand together. `name[]` is an array of one object. Paths must be string literals: they are
 * borrowed until the next call. Failure is the buffer's: see lambda/buffer.h.
 */
#ifndef MEMBERS_H
#define MEMBERS_H

#include <lambda/buffer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct members {
    struct lambda_buffer *json; /* borrowed */
    const char *open; /* the path of the innermost open object is its first open_len bytes */
    size_t open_len;
};

void members_begin(struct members *members, struct lambda_buffer *json);
void members_text(struct members *members, const char *path, const char *text);
void members_bytes(struct members *members, const char *path, const char *bytes, size_t len);
void members_number(struct members *members, const char *path, int64_t number);
void members_bool(struct members *members, const char *path, bool value);
void members_list(struct members *members, const char *path, const char *const *items,
                  size_t count);
void members_end(struct members *members);

#endif
