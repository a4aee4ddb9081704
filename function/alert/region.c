#include "alert/region.h"

#include "text.h"
#include <stddef.h>
#include <string.h>

static const struct region {
    const char *code;
    const char *name;
} regions[] = {
    {"af-south-1", "Africa (Cape Town)"},
    {"ap-east-1", "Asia Pacific (Hong Kong)"},
    {"ap-east-2", "Asia Pacific (Taipei)"},
    {"ap-northeast-1", "Asia Pacific (Tokyo)"},
    {"ap-northeast-2", "Asia Pacific (Seoul)"},
    {"ap-northeast-3", "Asia Pacific (Osaka)"},
    {"ap-south-1", "Asia Pacific (Mumbai)"},
    {"ap-south-2", "Asia Pacific (Hyderabad)"},
    {"ap-southeast-1", "Asia Pacific (Singapore)"},
    {"ap-southeast-2", "Asia Pacific (Sydney)"},
    {"ap-southeast-3", "Asia Pacific (Jakarta)"},
    {"ap-southeast-4", "Asia Pacific (Melbourne)"},
    {"ap-southeast-5", "Asia Pacific (Malaysia)"},
    {"ap-southeast-6", "Asia Pacific (New Zealand)"},
    {"ap-southeast-7", "Asia Pacific (Thailand)"},
    {"ca-central-1", "Canada (Central)"},
    {"ca-west-1", "Canada West (Calgary)"},
    {"eu-central-1", "Europe (Frankfurt)"},
    {"eu-central-2", "Europe (Zurich)"},
    {"eu-north-1", "Europe (Stockholm)"},
    {"eu-south-1", "Europe (Milan)"},
    {"eu-south-2", "Europe (Spain)"},
    {"eu-west-1", "Europe (Ireland)"},
    {"eu-west-2", "Europe (London)"},
    {"eu-west-3", "Europe (Paris)"},
    {"il-central-1", "Israel (Tel Aviv)"},
    {"me-central-1", "Middle East (UAE)"},
    {"me-south-1", "Middle East (Bahrain)"},
    {"me-west-1", "Middle East (Saudi Arabia)"},
    {"mx-central-1", "Mexico (Central)"},
    {"sa-east-1", "South America (Sao Paulo)"},
    {"sa-west-1", "South America (Chile)"},
    {"us-east-1", "US East (N. Virginia)"},
    {"us-east-2", "US East (Ohio)"},
    {"us-west-1", "US West (N. California)"},
    {"us-west-2", "US West (Oregon)"},
    {"cn-north-1", "China (Beijing)"},
    {"cn-northwest-1", "China (Ningxia)"},
    {"eusc-de-east-1", "AWS European Sovereign Cloud (Germany)"},
    {"us-iso-east-1", "US ISO East"},
    {"us-iso-west-1", "US ISO WEST"},
    {"us-isob-east-1", "US ISOB East (Ohio)"},
    {"us-isob-west-1", "US ISOB West"},
    {"eu-isoe-west-1", "EU ISOE West"},
    {"us-isof-east-1", "US ISOF EAST"},
    {"us-isof-south-1", "US ISOF SOUTH"},
    {"us-gov-east-1", "AWS GovCloud (US-East)"},
    {"us-gov-west-1", "AWS GovCloud (US-West)"},
};

const char *region_name(const char *code)
{
    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        if (strcmp(regions[i].code, code) == 0)
            return regions[i].name;
    }
    return "";
}

/* The length of a word of min to max lower-case letters at the start of text; 0: there is none. */
static size_t word_len(const char *text, size_t min, size_t max)
{
    size_t len = 0;
    while (text[len] >= 'a' && text[len] <= 'z')
        len++;
    return len >= min && len <= max ? len : 0;
}

bool region_is_code(const char *text)
{
    size_t words = 0;
    const char *rest = text + word_len(text, 2, 4);
    size_t len = 0;
    while (rest != text && *rest == '-' && (len = word_len(rest + 1, 1, REGION_CODE_MAX)) > 0) {
        rest += 1 + len;
        words++;
    }
    return words > 0 && *rest == '-' && text_is(rest + 1, TEXT_DIGITS, 1, 2) &&
           strlen(text) <= REGION_CODE_MAX;
}

const char *region_partition(const char *code)
{
    static const struct {
        const char *start;
        const char *partition;
    } rows[] = {{"cn-", "aws-cn"},        {"us-gov-", "aws-us-gov"}, {"eusc-", "aws-eusc"},
                {"us-iso-", "aws-iso"},   {"us-isob-", "aws-iso-b"}, {"eu-isoe-", "aws-iso-e"},
                {"us-isof-", "aws-iso-f"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strncmp(code, rows[i].start, strlen(rows[i].start)) == 0)
            return rows[i].partition;
    }
    return "aws";
}
