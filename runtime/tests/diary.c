#include "diary.h"

#include "test.h"

bool diary_note(struct diary *diary, char letter, struct lambda_error *err)
{
    size_t len = strlen(diary->text);
    assert_true(len + 1 < sizeof diary->text);
    diary->text[len] = letter;
    if (letter != diary->failing)
        return true;
    return !diary->silent && lambda_fail(err, "Function.HookBroken", "Hook %c broke.", letter);
}
