import Foundation

/// Measures text messages under load. Usage: martlet-sms-load [--messages N] [--users N] [--in-flight N] [RUN...]
///
/// The runs are `out-provider`, `in-webhook`, `out-kannel`, `in-kannel` and `kannel-alone`; without a name, all of
/// them. MARTLET_BINARY is the program to measure. TMPDIR decides which disk the ledger is on.
@main
struct SMSLoad {
    static let all = ["kannel-alone", "out-kannel", "in-kannel", "out-provider", "in-webhook"]

    static func main() async {
        do {
            try await run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            print("failed: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        var numbers = ["--messages": 10_000, "--users": 40, "--in-flight": 400]
        var names: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                names.append(argument)
                continue
            }
            guard numbers[argument] != nil, let value = rest.popFirst().flatMap({ Int($0) }), value > 0 else {
                throw LoadFailure("usage: martlet-sms-load [--messages N] [--users N] [--in-flight N] [RUN...]")
            }
            numbers[argument] = value
        }
        let runs = Runs(
            messages: numbers["--messages"] ?? 0, users: min(100, numbers["--users"] ?? 0),
            inFlight: numbers["--in-flight"] ?? 0)
        for name in names.isEmpty ? all : names { try await start(name, runs) }
    }

    private static func start(_ name: String, _ runs: Runs) async throws {
        switch name {
        case "kannel-alone": try await KannelAlone(messages: runs.messages).run()
        case "out-kannel": try await runs.outbound(throughKannel: true)
        case "in-kannel": try await runs.inbound(throughKannel: true)
        case "out-provider": try await runs.outbound(throughKannel: false)
        case "in-webhook": try await runs.inbound(throughKannel: false)
        default: throw LoadFailure("there is no run \(name); there are \(all.joined(separator: ", "))")
        }
    }
}
