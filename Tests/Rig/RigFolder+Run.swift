extension RigFolder {
    /// Starts a program in a folder of its own that is called `name`; what it writes goes to `name`.out.
    package func launch(_ name: String, _ arguments: [String]) throws -> ChildProcess {
        let output = path + "/" + name + ".out"
        logs.add(name, path: output)
        return try ChildProcess(
            arguments, environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"],
            in: try make(name), output: output, reaper: reaper)
    }

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
