#!/bin/bash
# The rules of the house that no compiler knows: who may use what, and sizes.
set -eu

status=0
mapfile -t sources < <(find function runtime/src runtime/include -name '*.[ch]' | sort)
mapfile -t build < <(find Makefile runtime/Makefile deploy .ci/run tests/*.txt tests/*/*.txt -type f)

# Prints the places on standard input, one a line, under the rule that they break.
report() {
    local places
    places=$(cat)
    if [ -n "$places" ]; then
        printf '%s:\n%s\n' "$1" "$places"
        status=1
    fi
}

# only FILES PATTERN RULE: no other source may hold the pattern; both are extended expressions.
only() {
    report "$3" < <(grep -nE "$2" "${sources[@]}" | grep -vE "^($1):")
}

# never PATTERN RULE FILE...
never() {
    report "$2" < <(grep -nHE "$1" "${@:3}")
}

# versions.c asks each library its version.
only 'function/(sns/https|versions)\.c' '<curl/' 'libcurl is for https.c'
only 'runtime/src/connection\.[ch]' '<(sys/socket|netdb|netinet/.*)\.h>' 'sockets are for connection.c'
only 'function/(sns/trust|versions)\.c' '<openssl/' 'OpenSSL is for sns/trust.c'
only 'function/(event|versions)\.c' '<cjson/|cJSON_' 'cJSON is for event.c'
only 'function/(sigma/document|versions)\.c' '<yaml\.h>|yaml_' 'libyaml is for sigma/document.c'
only 'function/(sigma/regex|text|versions)\.c' '<pcre2|pcre2_' 'PCRE2 is for sigma/regex.c and text.c'
only 'function/cli/load\.c' '<zlib\.h>|gzread' 'zlib is for cli/load.c'
only 'function/config\.c|runtime/src/(client|log|process)\.c' 'getenv *\(' \
    'the environment is for config.c, client.c, log.c and process.c'
only 'function/(main|handler|memory)\.c|runtime/(src/(log|loop|process|workers)\.c|include/lambda/log\.h)' 'lambda_log *\(' \
    'main.c, handler.c, memory.c, loop.c, process.c and workers.c log, the others return errors'

only 'function/(cli/[a-z]+|versions)\.c' 'stdout|stderr|[^n]printf *\(|perror *\(' \
    'output is for lambda_log(), cli/ and versions.c'
never 'CURLOPT_SSL_VERIFY(PEER|HOST)' 'certificates are always verified' "${sources[@]}"
never '\b(strcpy|strcat|sprintf|strtok|gets|atoi|atol|alloca|system|popen|setjmp) *\(' \
    'not bounded, or not plain' "${sources[@]}"
never '(^|[^:"])//' 'comments are /* */' "${sources[@]}"
never '.{101}' 'longer than 100 columns' "${sources[@]}"
never '(https?|git|ftp)://' 'the build names no host: packages come from where the machine gets them' "${build[@]}"
never 'CloudTrail|Sigma|SNS' 'runtime/ knows Lambda and nothing else' runtime/src/* runtime/include/lambda/*

wc -l "${sources[@]}" | awk '$1 > 300 && $2 != "total" { print "warning: over 300 lines: " $2 }'
exit $status
