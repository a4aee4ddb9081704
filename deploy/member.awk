# Prints the member `key` of the JSON object on standard input, as it stands there. Fails if there is
# none or more than one, or no whole object.
# Usage: LC_ALL=C awk -v key=NAME -f member.awk
#
# A record is the text between two quotation marks: a string, a part of one, or what is between
# strings.
BEGIN {
    RS = "\""
    ORS = ""
}

NR > 1 {
    goes_on = in_string && is_escaped
    in_string = goes_on || !in_string
    if (is_taken)
        print "\""
}

in_string {
    name = goes_on ? "\"" : $0
    is_escaped = match($0, /\\+$/) ? RLENGTH % 2 : 0
    if (depth == 0)
        is_bad = 1
    if (is_taken)
        print
    next
}

{
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        if (depth == 0 && (is_over ? c !~ /[ \t\r\n]/ : c !~ /[ \t\r\n{]/))
            is_bad = 1
        depth += (c == "{" || c == "[") - (c == "}" || c == "]")
        if (depth == 0 && c == "}")
            is_over = 1
        if (depth == 0 || depth == 1 && c == ",")
            is_taken = 0
        if (is_taken)
            print c
        if (depth == 1 && c == ":" && name == key) {
            is_taken = 1
            found++
        }
    }
}

END {
    exit (is_bad || in_string || !is_over || found != 1)
}
