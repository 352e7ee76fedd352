import ArgumentParser
import Foundation
import Glibc
import ServerRig

/// Plays the XMPP server and the IRC server around a gateway, and prints the resources that the gateway uses for its
/// work.
@main
struct MartletBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet-bench",
        abstract: "Measures Martlet, and another gateway on the same work, and prints both and the ratio.")

    @Option(help: "The Martlet to measure. Default: MARTLET_BINARY, or .build/release/martlet of this project.")
    var martlet: String?

    @Option(help: "What to measure beside it: biboumi, none, or the path of another Martlet.")
    var against = "biboumi"

    @Option(help: "Only these workloads, with commas between: \(Bench.workloads.joined(separator: ", ")), soak.")
    var only: String?

    @Option(help: "How often; the best round counts.")
    var rounds = 3

    @Option(help: "Messages of one workload in one round.")
    var messages = 60_000

    @Option(help: "Messages of one user on their way at a time.")
    var window = 8

    @Option(help: "Bytes of a message's text.")
    var body = 64

    @Option(help: "What the IRC server offers in CAP LS, such as \"echo-message server-time\".")
    var capabilities = ""

    @Option(help: "A folder for recordings of perf, one for each gateway and workload.")
    var perf: String?

    @Option(help: "Seconds of each direction for latency.")
    var seconds = 5.0

    @Option(help: "Users who join at once.")
    var stormUsers = 5000

    @Option(help: "Users who speak one after the other.")
    var turnUsers = 1000

    @Option(help: "Users with 5 contacts and 5 peers each in the registry at the start.")
    var registeredUsers = 100_000

    @Flag(help: "Give biboumi options for each of the users who join at once; without, it tries TLS first.")
    var stormOptions = false

    @Option(help: "People in the channel that is joined.")
    var crowd = 50_000

    @Option(help: "Messages of the soak, in all directions together.")
    var soakMessages = 2_000_000

    @Option(help: "Joins of the soak, each followed by a part.")
    var soakJoins = 100_000

    @Option(help: "Words to put before the gateway's command, such as \"valgrind --tool=callgrind\".")
    var wrap = ""

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        Self.raiseFileLimit()
        let report = Report(try gateways())
        var settings = Bench.Settings(rounds: rounds, messages: messages, window: window)
        settings.cast.body = max(body, 8)
        settings.wrap = wrap.split(separator: " ").map(String.init)
        settings.capabilities = capabilities
        settings.perf = perf
        settings.seconds = seconds
        settings.stormUsers = stormUsers
        settings.stormOptions = stormOptions
        settings.crowd = crowd
        settings.turnUsers = turnUsers
        settings.registeredUsers = registeredUsers
        settings.soakMessages = soakMessages
        settings.soakJoins = soakJoins
        let bench = Bench(settings: settings, report: report)
        bench.run(chosen: try chosen())
        print("\n" + report.table)
        if report.hasFailures { throw ExitCode.failure }
    }

    private func gateways() throws -> [Gateway] {
        let ours = Gateway(
            martlet ?? ProcessInfo.processInfo.environment["MARTLET_BINARY"]
                ?? RigResources.project + "/.build/release/martlet")
        guard access(ours.path, X_OK) == 0 else {
            throw ValidationError(
                "there is no program \(ours.path): build it with swift build -c release, or name another")
        }
        guard against != "none" else { return [ours] }
        let other = Gateway(against)
        let needed = [other.path] + (other.isMartlet ? [] : [Gateway.sqlite])
        let missing = needed.filter { access($0, X_OK) != 0 }
        guard missing.isEmpty else {
            print("Measured without \(against), for there is no \(missing.joined(separator: " and no ")).")
            if !other.isMartlet { print("On Debian: apt-get install biboumi sqlite3") }
            return [ours]
        }
        return [ours, other]
    }

    private func chosen() throws -> Set<String> {
        let names = only.map { $0.split(separator: ",").map(String.init) } ?? Bench.workloads
        for name in names where name != Soak.name && !Bench.workloads.contains(name) {
            throw ValidationError("there is no workload \(name)")
        }
        return Set(names)
    }

    /// Raises the limit of open files for this program and for the gateways: thousands of users have as many
    /// connections.
    private static func raiseFileLimit() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
