/*
 * region.h - AWS Regions by the names that people know.
 *
 * Source: the partitions of the AWS SDKs (botocore, partitions.json); a test compares the two.
 */
#ifndef REGION_H
#define REGION_H

#include <stdbool.h>

enum { REGION_CODE_MAX = 18 }; /* characters of a Region's code */

/* "Asia Pacific (Hong Kong)" for "ap-east-1"; "" for a Region that is not known here. */
const char *region_name(const char *code);

/*
 * Whether text has the form of a Region's code, so that it may enter a command or a link: two to
 * four letters, words behind hyphens, a number of one or two digits.
 */
bool region_is_code(const char *text);

/* The partition of a Region, by the first letters of its code: "aws" where no other fits. */
const char *region_partition(const char *code);

#endif
