extension RigFolder {
    /// Runs a program to its end; anything but exit code 0 is a failure with its words.
    func run(_ arguments: [String], environment: [String: String] = [:]) async throws {
        let log = path + "/commands.out"
        logs.add("commands", path: log)
        var all = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
        all.merge(environment) { _, own in own }
        let process = try ChildProcess(arguments, environment: all, in: path, output: log, reaper: reaper)
        let end = await process.waitForEnd()
        guard end == .exited(0) else {
            throw RigFailure("\(arguments.joined(separator: " ")): \(end)\n\(logs.tails())")
        }
    }
}
