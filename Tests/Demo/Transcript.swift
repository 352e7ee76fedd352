import ServerRig

/// Prints the conversation: a numbered line with the time for each leg, and below it everything that each side did and
/// saw.
struct Transcript {
    private let clock = ContinuousClock()
    private var number = 0

    /// Carries out a leg and prints it. `story` calls `tell` with a person and an action. These lines are printed only
    /// when the leg has succeeded.
    mutating func leg(
        _ title: String, _ story: (_ tell: (_ who: String, _ what: String) -> Void) async throws -> Void
    ) async throws {
        number += 1
        var lines: [String] = []
        let begun = clock.now
        do {
            try await story { who, what in lines.append("      " + who.padded(to: 22) + what) }
        } catch {
            heading("\(number). \(title)", "FAILED")
            throw LegFailure(title: title, reason: "\(error)")
        }
        heading("\(number). \(title)", (clock.now - begun).words)
        for line in lines { Screen.show(line) }
    }

    private func heading(_ title: String, _ end: String) {
        Screen.show("\n" + title.padded(to: 66) + "  " + end)
    }
}

/// A leg of the conversation that failed.
struct LegFailure: Error, CustomStringConvertible {
    let title: String
    let reason: String

    var description: String { "The demo failed at “\(title)”: \(reason)" }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
