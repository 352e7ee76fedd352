# Sourced by kill-matrix and restart-matrix: builds Martlet and the matrix program, and runs the matrix. If
# MARTLET_BINARY names a program, Martlet is not built, and that program is tested.

# matrix NAME ARGUMENTS...: runs the matrix, and exits with its exit code.
matrix() {
    if ! command -v swift >/dev/null; then
        echo "There is no swift in PATH: install a toolchain from https://www.swift.org/install first." >&2
        exit 69
    fi
    Scripts/setup test
    # Build as for deployment, with the Swift runtime in the program.
    build="swift build -c release --static-swift-stdlib"
    [ -n "${MARTLET_BINARY:-}" ] || step "Building Martlet" $build --product martlet
    step "Building the matrix" swift build --product martlet-matrix
    MARTLET_BINARY=${MARTLET_BINARY:-$($build --show-bin-path)/martlet}
    export MARTLET_BINARY
    program=$(swift build --show-bin-path)/martlet-matrix
    rm -rf "$logs"
    trap - EXIT INT TERM
    exec "$program" "$@"
}
