/*
 * SnapStart: what is drawn before the snapshot would be the same in each process that is restored
 * from it. This one draws its number afterwards, and says it in each response.
 */
#include <lambda/json.h>
#include <lambda/runtime.h>
#include <sys/random.h>

static bool draw(void *user, struct lambda_error *err)
{
    uint32_t *number = user;
    return getrandom(number, sizeof *number, 0) == sizeof *number ||
           lambda_fail(err, "Function.NoRandomness", "The kernel gave no random bytes.");
}

static bool say(const struct lambda_invocation *invocation, struct lambda_buffer *response,
                struct lambda_error *err, void *user)
{
    const uint32_t *number = user;
    (void)invocation, (void)err;
    lambda_json_number(response, NULL, *number);
    return true;
}

int main(void)
{
    uint32_t number = 0; /* where there is no SnapStart, init draws it */
    return lambda_run_with(&(struct lambda_options){
        .handler = say, .user = &number, .init = draw, .after_restore = draw});
}
