import Foundation
import Glibc
import ServerRig

/// The settings that all workloads of one run share.
struct Bench {
    struct Settings {
        var rounds = 3
        var messages = 60_000
        var window = 8
        var cast = Cast(users: 50, channels: 5)
        /// The number of users of the workload `turns`. The users speak one after the other.
        var turnUsers = 1000
        var registeredUsers = 100_000
        var wrap: [String] = []
        var capabilities = ""
        /// The number of messages a second in `latency`. `seconds` is the length of each direction.
        var rate = 1000
        var seconds = 5.0
        var stormUsers = 5000
        var stormOptions = false
        var idleSeconds = 10.0
        var crowd = 50_000
        /// The number of occupants that the netsplit takes away.
        var split = 20_000
        /// The number of users who join over TLS.
        var tlsUsers = 5000
        /// The channels of the network's list.
        var listed = 60_000
        var soakMessages = 2_000_000
        var soakJoins = 100_000
        /// A folder for the recordings of perf(1), one for each gateway and workload; nil for no recordings.
        var perf: String?
    }

    var settings: Settings
    let report: Report

    /// Starts a gateway, lets `work` use it, and ends it.
    func stage(_ gateway: Gateway, optionsFor users: Int, _ work: (Stage) throws -> Void) throws {
        let stage = try Stage(
            gateway, wrap: settings.wrap, users: users, capabilities: settings.capabilities)
        defer { stage.end() }
        try work(stage)
    }

    /// Does `work` while perf(1) records the gateway, if recordings are wanted.
    func measured<Result>(_ stage: Stage, _ name: String, _ work: () throws -> Result) throws -> Result {
        guard let folder = settings.perf else { return try work() }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The path must be absolute, because the recorder runs in another folder.
        let file = URL(filePath: folder).absoluteURL.path + "/\(report.name(stage.gateway))-\(name).data"
        let recorder = try RigFolder()
        let perf = try recorder.launch(
            "perf", ["/usr/bin/perf", "record", "-q", "-g", "-o", file, "-p", String(stage.process.pid)])
        try stage.settle(seconds: 0.7)
        guard perf.end == nil else { throw BenchFailure("perf does not record\n\(recorder.logs.tails())") }
        defer {
            perf.send(signal: SIGINT)
            perf.waitForEnd()
        }
        return try work()
    }

    func say(_ words: String) {
        print(words)
        fflush(nil)
    }
}
