import Foundation
import Synchronization

/// All phones, behind Kannel's fake SMSC. It counts the messages that they get, and sends their messages.
final class Phones: Sendable {
    private let socket: Loopback
    private let lines = Atomic<Int>(0)

    init(port: Int) throws {
        socket = try Loopback.connect(port: port)
        let socket = socket
        Thread.detachNewThread { [weak self] in
            while true {
                let bytes = socket.read()
                guard !bytes.isEmpty, let self else { return }
                lines.add(bytes.count { $0 == 0x0A }, ordering: .relaxed)
            }
        }
    }

    /// Number of messages that the phones have received.
    var received: Int { lines.load(ordering: .relaxed) }

    func send(_ text: String, from sender: String, to receiver: String) {
        socket.write("\(sender) \(receiver) text \(text)\n")
    }
}
