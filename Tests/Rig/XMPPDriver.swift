import Foundation
import Synchronization

/// The program that plays all XMPP users of a rig, with a client library that is independent of Martlet.
package final class XMPPDriver: Sendable {
    private struct Report: Decodable {
        let user: String
        let event: String
        let jid: String?
        let reason: String?
        let stanza: XMLNode?
    }

    /// A change of the state of a connection, such as `online` or `offline`.
    struct Status: Sendable, CustomStringConvertible {
        let event: String
        let detail: String
        var description: String { "\(event): \(detail)" }
    }

    /// The mailboxes that get the reports of one connection.
    struct Receiver: Sendable {
        let stanzas: Mailbox<XMLNode>
        let statuses: Mailbox<Status>
    }

    private let receivers = Mutex<[String: Receiver]>([:])
    private let commands: FileDescriptor
    private let process: ChildProcess
    let logs: ServerLogs

    package init(in folder: RigFolder) async throws {
        let (input, commands) = try FileDescriptor.pipe()
        let (reports, output) = try FileDescriptor.pipe()
        let log = folder.path + "/xmpp-users.err"
        self.commands = commands
        logs = folder.logs
        let ready = Receiver(
            stanzas: Mailbox(owner: "XMPP driver", logs: logs), statuses: Mailbox(owner: "XMPP driver", logs: logs))
        receivers.withLock { $0[""] = ready }
        process = try ChildProcess(
            folder.inNetwork(["/usr/bin/python3", "-u", RigResources.path("xmpp_users.py")]),
            environment: ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"],
            in: folder.path, output: log, input: input, standardOutput: output, reaper: folder.reaper)
        logs.add("XMPP users", path: log)
        Thread.detachNewThread { self.readReports(from: reports) }
        _ = try await ready.statuses.first("the XMPP client library", within: .patience) { $0.event == "ready" }
    }

    package func stop() async { await process.stop() }

    func register(_ key: String, _ receiver: Receiver) { receivers.withLock { $0[key] = receiver } }

    func command(_ values: [String: String], port: Int? = nil) throws {
        var object: [String: Any] = values
        if let port { object["port"] = port }
        let data = try JSONSerialization.data(withJSONObject: object)
        try commands.write(String(decoding: data, as: UTF8.self) + "\n")
    }

    private func readReports(from reports: FileDescriptor) {
        let decoder = JSONDecoder()
        reports.readLines { line in
            guard let report = try? decoder.decode(Report.self, from: Data(line.utf8)),
                let receiver = self.receivers.withLock({ $0[report.user] })
            else { return }
            if let stanza = report.stanza {
                receiver.stanzas.receive(stanza)
            } else {
                receiver.statuses.receive(
                    Status(event: report.event, detail: report.jid ?? report.reason ?? ""))
            }
        }
        for receiver in receivers.withLock({ Array($0.values) }) {
            receiver.stanzas.close("the XMPP driver ended")
            receiver.statuses.close("the XMPP driver ended")
        }
    }
}
