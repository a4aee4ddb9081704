/*
 * cidr.h - whether an IP address is in a network.
 *
 * Source: RFC 4632 and RFC 4291, section 2.3.
 */
#ifndef CIDR_H
#define CIDR_H

#include <stdbool.h>
#include <stddef.h>

struct cidr {
    int family; /* AF_INET or AF_INET6 */
    unsigned char address[16];
    unsigned prefix_len; /* bits */
};

/*
 * Reads 192.0.2.0/24 or 2001:db8::/32; false for anything else. Bits behind the prefix do not
 * count.
 */
bool cidr_parse(struct cidr *cidr, const char *text);

/* Whether text is an address of the network. Text that is no address is in none. */
bool cidr_contains(const struct cidr *cidr, const char *text, size_t text_len);

#endif
