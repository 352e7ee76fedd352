extension Martlet {
    /// Runs the program with these arguments to its end. `configuration` is written to a file, whose path is the last
    /// argument.
    package static func run(
        _ arguments: [String], configuration: String? = nil, hasMovableClock: Bool = false
    ) async throws -> (end: ChildProcess.End, output: String) {
        let folder = try RigFolder()
        let file = try configuration.map { try folder.write($0, to: "martlet.yaml") }
        let output = folder.path + "/output"
        let clock = hasMovableClock ? try MovableClock(in: folder).environment : [:]
        let process = try ChildProcess(
            [binary] + arguments + (file.map { [$0] } ?? []),
            environment: clock.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own }, in: folder.path,
            output: output, reaper: folder.reaper)
        return (await process.waitForEnd(), ServerLogs.read(output))
    }
}
