import Glibc

/// One piece of the product that is fed with arbitrary bytes. `run` checks its rules with `require`, and returns if
/// none was broken.
struct FuzzTarget: Sendable {
    let name: String
    let run: @Sendable ([UInt8]) -> Void

    static let all: [FuzzTarget] = [
        .xmlStream, .xmlExpat, .jid, .payload, .ircLine, .ircClient, .webhook, .providerAnswer, .providerProfile,
        .pattern, .configFile, .core, .forwardedHeader,
    ]
}

/// Checks a rule that must hold for every input. If it is broken, the process ends, and libFuzzer keeps the input.
func require(_ holds: Bool, _ words: @autoclosure () -> String) {
    guard !holds else { return }
    let text = Array("\nBROKEN RULE: \(words())\n".utf8)
    _ = write(STDERR_FILENO, text, text.count)
    abort()
}

/// Ends the process like `require` if another function has found a broken rule. `breach` describes it; nil if none was
/// broken.
func requireNothing(_ breach: String?) {
    if let breach { require(false, breach) }
}
