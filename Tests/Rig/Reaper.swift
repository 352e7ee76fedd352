import Glibc

/// A small shell program that lives a moment longer than the tests. It reads from a pipe which pids belong to the rig.
/// When the pipe closes, because the tests have ended in any way, it stops the programs that still run and removes the
/// rig's folder.
final class Reaper: Sendable {
    private let line: FileDescriptor

    init(folder: String) throws {
        signal(SIGPIPE, SIG_IGN)
        let (read, write) = try FileDescriptor.pipe()
        line = write
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, read.number, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        _ = try ChildProcess.spawn(
            ["/bin/sh", RigResources.path("reaper.sh"), folder], ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], &actions)
    }

    func started(_ pid: pid_t) { try? line.write("started \(pid)\n") }

    func ended(_ pid: pid_t) { try? line.write("ended \(pid)\n") }
}
