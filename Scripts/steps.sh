# Sourced by the other scripts. A step prints its name, a line of progress every ten seconds, and the time that it took.

started=$(date +%s)
logs=$(mktemp -d)
ticker=
trap 'finish $?' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

finish() {
    [ -z "$ticker" ] || kill "$ticker" 2>/dev/null || true
    rm -rf "$logs"
    exit "$1"
}

# elapsed SECONDS: prints the time for people, such as "1 min 05 s".
elapsed() {
    if [ "$1" -lt 60 ]; then echo "$1 s"; else printf '%d min %02d s\n' $(($1 / 60)) $(($1 % 60)); fi
}

# step WORDS COMMAND...: runs the command with its output in a log. Every ten seconds it prints the last line of the
# log. If the command fails, it prints the end of the log (or filters the log with the command $step_shows), and returns
# the exit code.
step() {
    words=$1
    shift
    log=$logs/step
    begun=$(date +%s)
    echo "== $words"
    : >"$log"
    (
        while sleep 10 >/dev/null 2>&1; do
            printf '   %s: %s\n' "$(elapsed $(($(date +%s) - begun)))" "$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-110)"
        done
    ) &
    ticker=$!
    code=0
    "$@" >"$log" 2>&1 </dev/null || code=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    ticker=
    if [ $code -ne 0 ]; then
        ${step_shows:-tail -n 60} <"$log" | sed 's/^/   | /'
        echo "   failed after $(elapsed $(($(date +%s) - begun))), exit code $code: $*"
    else
        echo "   done in $(elapsed $(($(date +%s) - begun)))"
    fi
    return $code
}
