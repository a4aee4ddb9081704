#include "sns/form.h"

#include <string.h>

enum { PART_MAX = 128 }; /* bytes of a value that are encoded at a time */

/* What a byte becomes: the first len of these. */
struct code {
    char bytes[3];
    unsigned char len;
};

/* clang-format off */
#define P(c) {{c}, 1}
#define C(high, low) {{'%', high, low}, 3}
#define ROW(high) \
    C(high, '0'), C(high, '1'), C(high, '2'), C(high, '3'), C(high, '4'), C(high, '5'), \
    C(high, '6'), C(high, '7'), C(high, '8'), C(high, '9'), C(high, 'A'), C(high, 'B'), \
    C(high, 'C'), C(high, 'D'), C(high, 'E'), C(high, 'F')

static const struct code codes[256] = {
    ROW('0'), ROW('1'),
    P('+'), C('2', '1'), C('2', '2'), C('2', '3'), C('2', '4'), C('2', '5'), C('2', '6'),
    C('2', '7'), C('2', '8'), C('2', '9'), C('2', 'A'), C('2', 'B'), C('2', 'C'), P('-'), P('.'),
    C('2', 'F'),
    P('0'), P('1'), P('2'), P('3'), P('4'), P('5'), P('6'), P('7'), P('8'), P('9'), C('3', 'A'),
    C('3', 'B'), C('3', 'C'), C('3', 'D'), C('3', 'E'), C('3', 'F'),
    C('4', '0'), P('A'), P('B'), P('C'), P('D'), P('E'), P('F'), P('G'), P('H'), P('I'), P('J'),
    P('K'), P('L'), P('M'), P('N'), P('O'),
    P('P'), P('Q'), P('R'), P('S'), P('T'), P('U'), P('V'), P('W'), P('X'), P('Y'), P('Z'),
    C('5', 'B'), C('5', 'C'), C('5', 'D'), C('5', 'E'), P('_'),
    C('6', '0'), P('a'), P('b'), P('c'), P('d'), P('e'), P('f'), P('g'), P('h'), P('i'), P('j'),
    P('k'), P('l'), P('m'), P('n'), P('o'),
    P('p'), P('q'), P('r'), P('s'), P('t'), P('u'), P('v'), P('w'), P('x'), P('y'), P('z'),
    C('7', 'B'), C('7', 'C'), C('7', 'D'), P('~'), C('7', 'F'),
    ROW('8'), ROW('9'), ROW('A'), ROW('B'), ROW('C'), ROW('D'), ROW('E'), ROW('F'),
};
#undef P
#undef C
#undef ROW
/* clang-format on */

/* Three bytes are copied, and the next put over what is too much: quicker than to ask each time. */
static size_t encode(const char *text, size_t len, char encoded[PART_MAX * sizeof codes[0].bytes])
{
    char *end = encoded;
    for (size_t i = 0; i < len; i++) {
        const struct code *code = &codes[(unsigned char)text[i]];
        for (size_t k = 0; k < sizeof code->bytes; k++)
            end[k] = code->bytes[k];
        end += code->len;
    }
    return (size_t)(end - encoded);
}

void form_add(struct lambda_buffer *form, const char *name, const char *value)
{
    __attribute__((uninitialized)) char encoded[PART_MAX * sizeof codes[0].bytes];
    if (form->len > 0)
        lambda_buffer_add_string(form, "&");
    lambda_buffer_add_string(form, name);
    lambda_buffer_add_string(form, "=");
    for (size_t left = strlen(value), len = 0; left > 0; left -= len, value += len) {
        len = left < PART_MAX ? left : PART_MAX;
        lambda_buffer_add(form, encoded, encode(value, len, encoded));
    }
}
