extension RigFolder {
    /// Starts a program in a folder of its own, named `name`; its output goes to `name`.out.
    package func launch(_ name: String, _ arguments: [String]) throws -> ChildProcess {
        let output = path + "/" + name + ".out"
        logs.add(name, path: output)
        return try ChildProcess(
            inNetwork(arguments), environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"],
            in: try make(name), output: output, reaper: reaper)
    }

    /// Runs a program to its end. An exit code other than 0 is a failure that quotes the program's output.
    func run(_ arguments: [String], environment: [String: String] = [:]) async throws {
        let log = path + "/commands.out"
        logs.add("commands", path: log)
        var all = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
        all.merge(environment) { _, own in own }
        let process = try ChildProcess(inNetwork(arguments), environment: all, in: path, output: log, reaper: reaper)
        let end = await process.waitForEnd()
        guard end == .exited(0) else {
            throw RigFailure("\(arguments.joined(separator: " ")): \(end)\n\(logs.tails())")
        }
    }
}
