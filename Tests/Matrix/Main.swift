import Glibc
import ServerRig

/// Runs one of the two long tests: `kill [ROUNDS] [MESSAGES]` or `restart [TIMES]`.
@main struct Main {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        guard let what = arguments.first, numbers.count == arguments.count - 1, numbers.allSatisfy({ $0 > 0 }) else {
            Screen.show("usage: martlet-matrix kill [ROUNDS] [MESSAGES] | restart [TIMES]")
            exit(64)
        }
        do {
            let isKept = try await run(what, numbers)
            exit(isKept ? 0 : 1)
        } catch {
            Screen.show("\n\(error)")
            exit(70)
        }
    }

    private static func run(_ what: String, _ numbers: [Int]) async throws -> Bool {
        switch what {
        case "kill":
            return try await KillMatrix(rounds: numbers.first ?? 10, messages: numbers.dropFirst().first ?? 1000).run()
        case "restart": return try await RestartMatrix(times: numbers.first ?? 10).run()
        default: throw RigFailure("there is no matrix “\(what)”")
        }
    }
}
