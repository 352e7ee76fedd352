import Foundation
import Glibc

/// A network namespace for all programs of one rig, in which a whole IPv6 prefix leads to this machine, as if a router
/// sent it here (`ip -6 route add local`). It ends with the rig. Needs root.
package final class NetworkSpace: Sendable {
    /// The program that holds the namespace.
    private let holder: ChildProcess
    /// The words before a command that run it in the namespace.
    let enter: [String]

    /// - Parameter prefix: the prefix, such as `2001:db8:7::/64`.
    init(prefix: String, output: String, folder: String, reaper: Reaper) throws {
        let (holder, words) = try Self.launch(prefix, output: output, folder: folder, reaper: reaper)
        self.holder = holder
        enter = ["/usr/bin/nsenter", "--net=/proc/\(holder.pid)/ns/net"]
        guard words.readByte() != nil else { throw RigFailure("no network namespace: \(ServerLogs.read(output))") }
    }

    /// Starts the holder. Returns it with its output, where it says that the namespace is ready. The writing end is
    /// closed here, so that the output ends with the holder.
    private static func launch(
        _ prefix: String, output: String, folder: String, reaper: Reaper
    ) throws -> (ChildProcess, FileDescriptor) {
        let (words, end) = try FileDescriptor.pipe()
        let holder = try ChildProcess(
            ["/usr/bin/unshare", "--net", "/bin/sh", "-c", script, prefix],
            environment: environment, in: folder, output: output, standardOutput: end, reaper: reaper)
        return (holder, words)
    }

    /// Why this machine cannot have such a namespace; nil if it can.
    package static let obstacle: String? = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        probe.arguments = ["--net", "/bin/sh", "-c", "\(route) && test -x /usr/bin/nsenter", "2001:db8:7::/64"]
        probe.environment = environment
        probe.standardError = FileHandle.nullDevice
        do {
            try probe.run()
        } catch {
            return "there is no unshare(1): \(error)"
        }
        probe.waitUntilExit()
        return probe.terminationStatus == 0 ? nil : "a namespace with a prefix is not permitted, or ip(8) is missing"
    }()

    private static let script = "\(route) && echo ready && exec tail --follow /dev/null >/dev/null"
    private static let route = "ip link set lo up && ip -6 route add local \"$0\" dev lo"
    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]

    func end() async { await holder.stop(patience: .zero) }

    /// Whether a program that runs in some network namespace listens on all these ports (proc(5), `/proc/PID/net/tcp`).
    static func listens(_ pid: pid_t, on ports: [Int]) -> Bool {
        // The second word is the address with the port, the fourth the state; 0A is LISTEN.
        let table = ServerLogs.read("/proc/\(pid)/net/tcp").split(separator: "\n").dropFirst()
        let rows = table.map { $0.split(separator: " ") }
        let open = rows.filter { $0.count > 3 && $0[3] == "0A" }.compactMap { row in
            row[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
        }
        return Set(open).isSuperset(of: ports)
    }
}
