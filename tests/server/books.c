#include "books.h"

#include "wire.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVENT_MAX = 8 << 20,
    ID_LEN = 36,     /* of a UUID */
    PREFIX_LEN = 24, /* the part of it that is the same for all events */
};

/* -------------------------------------------------------------------------------- opening them */

static bool read_event(struct lambda_buffer *event, const char *path)
{
    char bytes[65536];
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, file)) > 0;)
        lambda_buffer_add(event, bytes, got);
    fclose(file);
    return !event->failed;
}

static bool find_id(struct books *books)
{
    static const char name[] = "\"eventID\"";
    const char *at = books->event.len > 0 ? strstr(books->event.data, name) : NULL;
    if (at == NULL)
        return false;
    at += sizeof name - 1;
    at += strspn(at, " :\"");
    books->id_at = (size_t)(at - books->event.data);
    return strcspn(at, "\"") == ID_LEN;
}

bool books_open(struct books *books, enum expectation expectation, const char *event_path,
                size_t count)
{
    *books = (struct books){.lock = PTHREAD_MUTEX_INITIALIZER,
                            .child.lock = PTHREAD_MUTEX_INITIALIZER,
                            .expectation = expectation,
                            .count = count,
                            .again = SIZE_MAX};
    lambda_buffer_init(&books->event, EVENT_MAX);
    books->entries = calloc(count, sizeof *books->entries);
    return books->entries != NULL && (expectation == EXPECT_NOTHING ||
                                      (read_event(&books->event, event_path) && find_id(books)));
}

void books_close(struct books *books)
{
    free(books->entries);
    lambda_buffer_done(&books->event);
}

/* ------------------------------------------------------------------------------------- keeping */

__attribute__((format(printf, 2, 0))) static void fail(struct books *books, const char *format,
                                                       va_list arguments)
{
    if (books->failure[0] != '\0')
        return;
    vsnprintf(books->failure, sizeof books->failure, format, arguments);
    child_end(&books->child);
}

/* With the lock held. */
__attribute__((format(printf, 2, 3))) static void fail_held(struct books *books, const char *format,
                                                            ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail(books, format, arguments);
    va_end(arguments);
}

void books_fail(struct books *books, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    pthread_mutex_lock(&books->lock);
    fail(books, format, arguments);
    pthread_mutex_unlock(&books->lock);
    va_end(arguments);
}

/* Takes the sample if it is due and not there yet. */
static void sample_after(struct books *books, size_t answered, struct sample *sample)
{
    if (books->answered >= answered && books->answered > 0 && sample->peak_kib == 0)
        *sample = child_sample(&books->child);
}

static void write_id(struct books *books, size_t number)
{
    char digits[ID_LEN - PREFIX_LEN + 1];
    snprintf(digits, sizeof digits, "%012zx", number & 0xFFFFFFFFFFFF);
    memcpy(books->event.data + books->id_at + PREFIX_LEN, digits, sizeof digits - 1);
}

/* The number of a new event. */
static size_t begin(struct books *books)
{
    size_t number = books->sent++;
    if (books->has_faults)
        books->entries[number].fault = fault_draw(books->seed, number);
    return number;
}

bool books_next(struct books *books, struct lambda_buffer *event, size_t *number,
                int64_t arrived_ns)
{
    pthread_mutex_lock(&books->lock);
    if (books->first_next == 0)
        books->first_next = arrived_ns;
    sample_after(books, 1, &books->first);
    sample_after(books, books->count / 2, &books->half);
    sample_after(books, books->count, &books->last);
    bool more = books->again != SIZE_MAX || books->sent < books->count;
    if (more) {
        *number = books->again != SIZE_MAX ? books->again : begin(books);
        books->again = SIZE_MAX;
        books->entries[*number].deliveries++;
        write_id(books, *number);
        lambda_buffer_add(event, books->event.data, books->event.len);
    } else if (books->answered == books->count) {
        books->complete = true;
        child_end(&books->child);
    }
    pthread_mutex_unlock(&books->lock);
    return more;
}

void books_send(struct books *books, size_t number)
{
    pthread_mutex_lock(&books->lock);
    books->entries[number].sent = now_ns();
    pthread_mutex_unlock(&books->lock);
}

/* The entry of the event whose id is in the text; NULL if no event has been sent with it. */
static struct entry *find_entry(struct books *books, const char *text)
{
    char prefix[PREFIX_LEN + 1] = "";
    memcpy(prefix, books->event.data + books->id_at, PREFIX_LEN);
    const char *id = strstr(text, prefix);
    size_t number = id != NULL ? strtoul(id + PREFIX_LEN, NULL, 16) : SIZE_MAX;
    return number < books->sent ? &books->entries[number] : NULL;
}

const struct fault *books_attempt(struct books *books, const char *message, int64_t arrived_ns)
{
    const struct fault *fault = NULL;
    pthread_mutex_lock(&books->lock);
    struct entry *entry = find_entry(books, message);
    if (entry != NULL && entry->attempts < fault_spoiled(entry->fault))
        fault = entry->fault;
    if (books->expectation != EXPECT_ALERT)
        fail_held(books, "an alert came, and none was expected");
    else if (entry == NULL)
        fail_held(books, "an alert came without the eventID of an event: %.200s", message);
    else if (entry->attempts == fault_attempts(entry->fault))
        fail_held(books, "an alert came once too often: %.200s", message);
    else {
        entry->attempts++;
        books->attempts++;
        if (fault == NULL || fault->is_taken) {
            entry->accepted = arrived_ns;
            books->copies++;
        }
    }
    pthread_mutex_unlock(&books->lock);
    return fault;
}

static bool has_matched(const char *answer, char digit)
{
    static const char name[] = "\"matched\":";
    const char *at = strstr(answer, name);
    if (at == NULL)
        return false;
    at += sizeof name - 1;
    at += strspn(at, " ");
    return at[0] == digit && strchr(",}", at[1]) != NULL;
}

/* With the lock held. */
static void close_entry(struct books *books, size_t number, int64_t arrived_ns)
{
    struct entry *entry = &books->entries[number];
    if (entry->deliveries < fault_deliveries(entry->fault)) {
        books->again = number;
        return;
    }
    if (books->expectation == EXPECT_ALERT && entry->attempts != fault_attempts(entry->fault))
        fail_held(books, "event %zu took %u attempts", number, entry->attempts);
    entry->answered = arrived_ns;
    books->answered++;
}

/* With the lock held: the event's text is written anew for each event. */
static bool is_expected(struct books *books, size_t number, const struct lambda_buffer *answer)
{
    switch (books->expectation) {
    case EXPECT_ALERT:
        return has_matched(answer->data, '1') &&
               (!fault_is_copy(books->entries[number].fault, books->entries[number].deliveries) ||
                strstr(answer->data, "\"duplicate\"") != NULL);
    case EXPECT_SILENCE:
        return has_matched(answer->data, '0');
    case EXPECT_ECHO:
        write_id(books, number);
        return answer->len == books->event.len &&
               memcmp(answer->data, books->event.data, answer->len) == 0;
    case EXPECT_NOTHING:
    default:
        return false;
    }
}

void books_answer(struct books *books, size_t number, const struct lambda_buffer *answer,
                  int64_t arrived_ns)
{
    pthread_mutex_lock(&books->lock);
    struct entry *entry = number < books->sent ? &books->entries[number] : NULL;
    if (entry == NULL || entry->answered != 0)
        fail_held(books, "an answer came for event %zu, which is not open", number);
    else if (books->expectation == EXPECT_ALERT && entry->accepted == 0)
        fail_held(books, "event %zu was answered, but no alert had been accepted", number);
    else if (!is_expected(books, number, answer))
        fail_held(books, "event %zu was answered with %.200s", number, answer->data);
    else if (entry->deliveries <= fault_failures(entry->fault))
        fail_held(books, "event %zu had to fail, and was answered with %.200s", number,
                  answer->data);
    else
        close_entry(books, number, arrived_ns);
    pthread_mutex_unlock(&books->lock);
}

void books_give_up(struct books *books, size_t number, const char *error, int64_t arrived_ns)
{
    pthread_mutex_lock(&books->lock);
    struct entry *entry = number < books->sent ? &books->entries[number] : NULL;
    if (entry == NULL || entry->answered != 0 || entry->deliveries > fault_failures(entry->fault)) {
        fail_held(books, "error: %.400s", error);
    } else {
        books->errors++;
        close_entry(books, number, arrived_ns);
    }
    pthread_mutex_unlock(&books->lock);
}
