#include "alert/accounts.h"

#include "text.h"
#include <stddef.h>
#include <string.h>

enum { NUMBER_LEN = 12, SHOWN_MAX = 100 };

/* One ACCOUNT=NAME of a list, without the spaces around it. */
struct entry {
    const char *text;
    size_t len;
};

/* Takes the first entry; returns the list behind it, NULL at the end. */
static const char *take_entry(const char *list, struct entry *entry)
{
    size_t len = strcspn(list, ",");
    const char *rest = list[len] == ',' ? list + len + 1 : NULL;
    while (len > 0 && list[len - 1] == ' ')
        len--;
    while (len > 0 && list[0] == ' ') {
        list++;
        len--;
    }
    *entry = (struct entry){list, len};
    return rest;
}

/* The first entry of the account, one of twelve characters; its text is NULL if there is none. */
static struct entry find_entry(const char *list, const char *account)
{
    struct entry entry;
    while (list != NULL) {
        list = take_entry(list, &entry);
        if (entry.len > NUMBER_LEN && memcmp(entry.text, account, NUMBER_LEN) == 0)
            return entry;
    }
    return (struct entry){0};
}

/* What is wrong with an entry of the list; NULL if nothing is. */
static const char *find_fault(const char *list, const struct entry *entry)
{
    char name[2 * ACCOUNTS_NAME_MAX] = "";
    if (entry->len <= NUMBER_LEN || strspn(entry->text, TEXT_DIGITS) != NUMBER_LEN ||
        entry->text[NUMBER_LEN] != '=')
        return "it must be the account's 12 digits, =, and its name; commas stand between entries";
    const char *given = entry->text + NUMBER_LEN + 1;
    size_t len = entry->len - NUMBER_LEN - 1;
    if (len == 0 || len >= ACCOUNTS_NAME_MAX)
        return "the name must have 1 to 64 bytes";
    if (given[0] == ' ' || memchr(given, '=', len) != NULL)
        return "the name must not begin with a space or hold =; commas stand between entries";
    text_add_clean(name, sizeof name, given, len);
    if (strlen(name) != len || memcmp(name, given, len) != 0)
        return "the name must be UTF-8 without control characters";
    return find_entry(list, entry->text).text == entry->text ? NULL
                                                             : "the account has a name already";
}

bool accounts_check(const char *list, const char *name, struct lambda_error *err)
{
    const char *rest = list[0] == '\0' ? NULL : list;
    for (int number = 1; rest != NULL; number++) {
        struct entry entry;
        char shown[SHOWN_MAX] = "";
        rest = take_entry(rest, &entry);
        const char *fault = find_fault(list, &entry);
        if (fault == NULL)
            continue;
        text_add_clean(shown, sizeof shown, entry.text, entry.len);
        return lambda_fail(err, "Function.ConfigInvalid", "%s, entry %d, is \"%s\": %s", name,
                           number, shown, fault);
    }
    return true;
}

void accounts_find(const char *list, const char *account, char name[ACCOUNTS_NAME_MAX])
{
    struct entry entry = {0};
    if (strlen(account) == NUMBER_LEN)
        entry = find_entry(list, account);
    name[0] = '\0';
    if (entry.text != NULL)
        text_add_clean(name, ACCOUNTS_NAME_MAX, entry.text + NUMBER_LEN + 1,
                       entry.len - NUMBER_LEN - 1);
}
