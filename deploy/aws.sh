# Read by the scripts beside it that use the AWS CLI (version 1 or 2): their common options, calls
# to AWS, and what to say when one fails. It needs nothing but the CLI and a POSIX system.
# shellcheck shell=sh

script=${0##*/}
stack=enable-region-alert
region=us-east-1
# shellcheck disable=SC2034 # the scripts use it
tab=$(printf '\t')
export AWS_PAGER=

say() {
    printf '%s\n' "$*"
}

# Ends the script because it could not do its work.
stop() {
    printf '%s: %s\n' "$script" "$1" >&2
    exit 2
}

help() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
    exit 0
}

# One of the options that every script has, and its value.
common_option() {
    case $1 in
    -h | --help) help ;;
    --stack | --region) test $# -gt 1 || stop "$1 wants a value" ;;
    *) stop "what is $1? See $script --help" ;;
    esac
    case $1 in
    --stack) stack=$2 ;;
    --region) region=$2 ;;
    esac
}

# Reads the command line of a script with the common options and one argument: into $argument, which
# stays as it is where there is none.
read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
        -*)
            common_option "$@"
            shift ;;
        *) # shellcheck disable=SC2034 # the scripts use it
            argument=$1 ;;
        esac
        shift
    done
}

start() {
    command -v aws >/dev/null ||
        stop "there is no AWS CLI here: install it (Debian: apt-get install awscli) and try again"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 2' HUP INT TERM
}

# Ends the script with the reason why a call failed: "$@" are its service and operation.
refuse() {
    reason=$(sed '/^ *$/d' "$work/error")
    case $reason in
    *"not authorized"* | *AccessDenied* | *"is denied"*)
        permission=${reason#*when calling the }
        permission=$1:${permission%% operation*}
        test "$permission" != lambda:Invoke || permission=lambda:InvokeFunction
        stop "missing permission: $permission. AWS said:
$reason" ;;
    *[Cc]redentials* | *ExpiredToken* | *InvalidClientTokenId* | *UnrecognizedClient* | \
        *"config profile"* | *"SSO session"* | *"Token has expired"*)
        stop "no valid credentials: sign in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID. AWS said:
$reason" ;;
    *"Stack with id"*"does not exist"*)
        stop "there is no stack $stack in $region: --stack and --region name another" ;;
    *) stop "aws $1 $2 failed. AWS said:
$reason" ;;
    esac
}

# Calls AWS, in $region unless told otherwise, and prints the answer as text, with tabs between
# fields. A failure ends the script.
ask() {
    aws --region "$region" --output text "$@" 2>"$work/error" || refuse "$@"
}

region_of() {
    say "$1" | cut -d : -f 4
}

# Fetches what the stack puts out, for output().
read_stack() {
    ask cloudformation describe-stacks --stack-name "$stack" \
        --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' >"$work/outputs"
}

# An output of the stack, which must be there.
output() {
    value=$(awk -F '\t' -v key="$1" '$1 == key { print $2 }' "$work/outputs")
    test -n "$value" || stop "the stack $stack has no output $1: is it another project's?"
    say "$value"
}
