#include "sigma/cidr.h"

#include "text.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static bool parse_address(int *family, unsigned char address[16], const char *text, size_t len)
{
    char copy[INET6_ADDRSTRLEN];
    if (len >= sizeof copy)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    *family = memchr(text, ':', len) != NULL ? AF_INET6 : AF_INET;
    return inet_pton(*family, copy, address) == 1;
}

bool cidr_parse(struct cidr *cidr, const char *text)
{
    *cidr = (struct cidr){0};
    const char *slash = strchr(text, '/');
    if (slash == NULL || !text_is(slash + 1, TEXT_DIGITS, 1, 3) ||
        !parse_address(&cidr->family, cidr->address, text, (size_t)(slash - text)))
        return false;
    cidr->prefix_len = (unsigned)strtoul(slash + 1, NULL, 10);
    return cidr->prefix_len <= (cidr->family == AF_INET ? 32U : 128U);
}

bool cidr_contains(const struct cidr *cidr, const char *text, size_t text_len)
{
    int family = 0;
    unsigned char address[16] = {0};
    if (!parse_address(&family, address, text, text_len) || family != cidr->family)
        return false;
    size_t whole = cidr->prefix_len / 8;
    unsigned rest = cidr->prefix_len % 8;
    unsigned mask = 0xffU << (8 - rest) & 0xffU;
    return memcmp(address, cidr->address, whole) == 0 &&
           (rest == 0 || ((unsigned)(address[whole] ^ cidr->address[whole]) & mask) == 0);
}
