import Glibc

/// One thing that is fed with arbitrary bytes. `run` returns if everything that must hold has held (`require`).
struct FuzzTarget: Sendable {
    let name: String
    let run: @Sendable ([UInt8]) -> Void

    static let all: [FuzzTarget] = [
        .xmlStream, .xmlExpat, .jid, .payload, .ircLine, .ircClient, .webhook, .providerAnswer, .providerProfile,
        .pattern, .configFile, .core, .forwardedHeader,
    ]
}

/// A rule that must hold whatever the input. Where it does not, the process ends, and libFuzzer keeps the input.
func require(_ holds: Bool, _ words: @autoclosure () -> String) {
    guard !holds else { return }
    let text = Array("\nBROKEN RULE: \(words())\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    abort()
}

/// A rule that is checked elsewhere, and whose breach is described there.
func requireNothing(_ breach: String?) {
    if let breach { require(false, breach) }
}
