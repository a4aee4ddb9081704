#include "fault.h"

#include <string.h>

enum { ONE_IN = 10, PARKED_AFTER = 3 };

#define ERROR(code) "<ErrorResponse><Error><Code>" code "</Code></Error></ErrorResponse>"
#define CUT "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n<PublishResponse><PublishResult><Messa"

/* A throttled attempt is followed by a wait of half a second, so that is one fault of 14. */
static const struct fault faults[] = {
    {"500", .spoiled = 1, .status = "500 Error", .body = ERROR("InternalError")},
    {"503 HTML", .spoiled = 1, .status = "503 Unavailable", .body = "<html>503</html>"},
    {"throttling", .spoiled = 1, .status = "400 Bad Request", .body = ERROR("Throttling")},
    {"200 without MessageId", .spoiled = 1, .status = "200 OK", .body = "<PublishResponse/>"},
    {"garbage", .spoiled = 1, .body = "220 smtp.example.com ESMTP\r\n", .then = FAULT_CLOSE},
    {"reset", .spoiled = 1, .body = "", .then = FAULT_RESET},
    {"close", .spoiled = 1, .body = "", .then = FAULT_CLOSE},
    {"reset, taken", .spoiled = 1, .is_taken = true, .body = "", .then = FAULT_RESET},
    {"reset in the body", .spoiled = 1, .is_taken = true, .body = CUT, .then = FAULT_RESET},
    {"cut body", .spoiled = 1, .is_taken = true, .body = CUT, .then = FAULT_CLOSE},
    {"refused", .spoiled = 1, .failures = 1, .status = "403 No", .body = ERROR("AccessDenied")},
    {"500 three times", .spoiled = 3, .failures = 1, .status = "500 Error", .body = ERROR("x")},
    {"refused for good", .spoiled = 3, .failures = 3, .status = "404 No",
     .body = ERROR("NotFound")},
    {"the event twice", .is_twice = true},
};

enum { FAULT_COUNT = sizeof faults / sizeof faults[0] };

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t number)
{
    number += 0x9e3779b97f4a7c15U;
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31);
}

const struct fault *fault_draw(uint64_t seed, size_t number)
{
    uint64_t random = mix(mix(seed) + number);
    return random % ONE_IN == 0 ? &faults[random / ONE_IN % FAULT_COUNT] : NULL;
}

unsigned fault_spoiled(const struct fault *fault)
{
    return fault != NULL ? fault->spoiled : 0;
}

unsigned fault_attempts(const struct fault *fault)
{
    return fault_spoiled(fault) + (fault_failures(fault) < PARKED_AFTER);
}

unsigned fault_failures(const struct fault *fault)
{
    return fault != NULL ? fault->failures : 0;
}

unsigned fault_deliveries(const struct fault *fault)
{
    unsigned failures = fault_failures(fault);
    return failures == PARKED_AFTER ? failures : failures + (fault != NULL && fault->is_twice) + 1;
}

bool fault_is_copy(const struct fault *fault, unsigned delivery)
{
    return fault != NULL && fault->is_twice && delivery == 2;
}

bool fault_make(const struct fault *fault, struct connection *connection)
{
    size_t len = strlen(fault->body);
    if (fault->then == FAULT_RESET)
        connection_reset(connection);
    bool sent = fault->status != NULL
                    ? connection_reply(connection, fault->status, "", fault->body, len)
                    : connection_send(connection, fault->body, len);
    return sent && fault->then == FAULT_KEEP;
}

const struct fault *fault_next(const struct fault *fault)
{
    const struct fault *next = fault != NULL ? fault + 1 : faults;
    return next < faults + FAULT_COUNT ? next : NULL;
}
