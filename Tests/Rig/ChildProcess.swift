import Foundation
import Glibc
import Synchronization

/// One program that the rig started, in a process group of its own, known by its pid.
package final class ChildProcess: Sendable {
    /// How a program ended.
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    private struct State: Sendable {
        var end: End?
        var waiters: [CheckedContinuation<End, Never>] = []
    }

    package let pid: pid_t
    private let state = Mutex(State())
    private let reaper: Reaper

    /// Starts `arguments[0]` (an absolute path). Both outputs are appended to `output`; standard input is
    /// `input`, or empty.
    init(
        _ arguments: [String], environment: [String: String], in folder: String, output: String,
        input: FileDescriptor? = nil, standardOutput: FileDescriptor? = nil, reaper: Reaper
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input.number, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 2, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, standardOutput?.number ?? 2, 1)
        self.reaper = reaper
        pid = try Self.spawn(["/usr/bin/env", "--chdir=" + folder] + arguments, environment, &actions)
        reaper.started(pid)
        Thread.detachNewThread { self.awaitEnd() }
    }

    /// How the program ended; nil while it runs.
    package var end: End? { state.withLock { $0.end } }

    package func send(signal: Int32) {
        state.withLock { state in
            if state.end == nil { _ = kill(pid, signal) }
        }
    }

    /// Returns when the program has ended.
    package func waitForEnd() async -> End {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if let end = state.end {
                    continuation.resume(returning: end)
                } else {
                    state.waiters.append(continuation)
                }
            }
        }
    }

    /// Asks the program to end (SIGTERM), and kills it if it has not ended after `patience`.
    @discardableResult
    package func stop(patience: Duration = .seconds(8)) async -> End {
        send(signal: SIGTERM)
        DispatchQueue.global().asyncAfter(deadline: .now() + patience.seconds) { [weak self] in
            self?.send(signal: SIGKILL)
        }
        return await waitForEnd()
    }

    private func awaitEnd() {
        var info = siginfo_t()
        // The pid stays reserved until the wait below, under the lock. So no signal can reach another program.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == -1 && errno == EINTR {}
        let waiters = state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) == -1 && errno == EINTR {}
            let end: End = status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
            state.end = end
            defer { state.waiters.removeAll() }
            return state.waiters.map { ($0, end) }
        }
        reaper.ended(pid)
        for (waiter, end) in waiters { waiter.resume(returning: end) }
    }

    /// Starts a program whose only open files are those of `actions`.
    static func spawn(
        _ arguments: [String], _ environment: [String: String], _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let number = Int32(name), number > 2 { posix_spawn_file_actions_addclose(&actions, number) }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &envp)
        guard failure == 0 else {
            throw RigFailure("cannot start \(arguments[0]): \(String(cString: strerror(failure)))")
        }
        return pid
    }
}
