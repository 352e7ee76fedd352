import Foundation
import Synchronization

/// A carrier behind Kannel's HTTP SMSC. The last digit of the recipient's number decides the fate of a message: 0
/// delivered, 1 undeliverable, 2 buffered and then delivered, 3 refused, 5 rejected. With any other digit the message
/// is accepted, without a report.
package final class ScriptedSMSC: Sendable {
    /// A message that Kannel has sent to this carrier.
    package struct Message: Sendable, CustomStringConvertible {
        package let from: String
        package let to: String
        package let text: String
        package var description: String { "SMS \(from) → \(to): \(text)" }
    }

    package let messages: Mailbox<Message>
    private let stub: HTTPStub
    private let reports: Reports

    package var port: Int { stub.port }

    package init(logs: ServerLogs) throws {
        let messages = Mailbox<Message>(owner: "the carrier", logs: logs)
        let reports = Reports()
        self.messages = messages
        self.reports = reports
        stub = try HTTPStub { request in
            let to = request.query["to"] ?? ""
            messages.receive(Message(from: request.query["from"] ?? "", to: to, text: request.query["text"] ?? ""))
            let (answer, states) = Self.script(for: to)
            reports.send(states, for: request.query)
            return answer
        }
    }

    /// Sets the port at which Kannel takes this carrier's delivery reports.
    func report(to port: Int) { reports.setPort(port) }

    /// The answer to Kannel, and the states to report, as Kannel's numbers: 1 delivered, 2 undeliverable, 4 buffered,
    /// 8 accepted, 16 rejected.
    private static func script(for number: String) -> (HTTPStub.Answer, [Int]) {
        let taken = HTTPStub.Answer(status: 202, body: "0: Accepted for delivery")
        switch number.last {
        case "0": return (taken, [8, 1])
        case "1": return (taken, [8, 2])
        case "2": return (taken, [4, 1])
        case "3": return (HTTPStub.Answer(status: 403, body: "Authorization failed for sendsms"), [])
        case "5": return (taken, [16])
        default: return (taken, [])
        }
    }

    /// Calls Kannel back with one state after the other, after the answer to the message has been sent.
    private final class Reports: Sendable {
        private let port = Mutex(0)
        private let queue = DispatchQueue(label: "delivery reports")

        func setPort(_ value: Int) { port.withLock { $0 = value } }

        func send(_ states: [Int], for message: [String: String]) {
            guard let template = message["dlr-url"], let question = template.firstIndex(of: "?") else { return }
            let port = port.withLock { $0 }
            let encode = HTTPExchange.encode
            for (index, state) in states.enumerated() {
                let query =
                    template[question...].replacingOccurrences(of: "dlr-mask=%d", with: "dlr-mask=\(state)")
                    + "&from=\(encode(message["to"] ?? ""))&to=\(encode(message["from"] ?? ""))&text=dlr"
                // A carrier reports some time later, in any case after Kannel has recorded the message.
                queue.asyncAfter(deadline: .now() + 0.2 * Double(index + 1)) {
                    _ = try? HTTPExchange.blockingSend(HTTPExchange.request(port, "/" + query), to: port)
                }
            }
        }
    }
}
