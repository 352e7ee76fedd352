import Foundation
import Synchronization

/// All phones: the far side of Kannel's fake SMSC, with which the rig speaks in lines.
package final class PhoneNetwork: Sendable {
    /// An SMS as a phone receives it.
    package struct Message: Sendable, CustomStringConvertible {
        package let from: String
        package let to: String
        package let text: String
        let line: String
        package var description: String { line }
    }

    package let messages: Mailbox<Message>
    private let port: Int
    private let socket = Mutex<LineSocket?>(nil)

    package init(kannel: Kannel, logs: ServerLogs) throws {
        port = kannel.phonePort
        messages = Mailbox(owner: "the phones", logs: logs)
        try connect()
    }

    /// Connects to Kannel; call it again after Kannel was restarted.
    package func connect() throws {
        let messages = messages
        let made = try LineSocket(port: port) { line in
            if let message = Message(line) { messages.receive(message) }
        } ended: { _ in
        }
        socket.withLock { $0 = made }
    }

    /// Sends a text from a phone to a number: one line, without line breaks.
    package func send(_ text: String, from sender: String, to receiver: String) throws {
        guard let socket = socket.withLock({ $0 }) else { throw RigFailure("the phones are not connected") }
        try socket.send("\(sender) \(receiver) text \(text)")
    }

    /// Takes an SMS with exactly this text.
    @discardableResult
    package func expect(
        _ text: String, from sender: String, to receiver: String, within limit: Duration = .patience
    ) async throws -> Message {
        try await messages.first("“\(text)” from \(sender) to \(receiver)", within: limit) {
            $0.text == text && $0.from == sender && $0.to == receiver
        }
    }
}

extension PhoneNetwork.Message {
    /// Reads a line `FROM TO text|data|udh-…|route … CONTENT`.
    fileprivate init?(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4 else { return nil }
        self.init(from: words[0], to: words[1], text: Self.text(words[2], words[3]), line: line)
    }

    /// The text of UTF-16, big-endian, percent-encoded where needed.
    private static func utf16(_ content: String) -> String {
        var bytes: [UInt16] = []
        var rest = Array(content.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                bytes.append(UInt16(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            case UInt8(ascii: "+"): bytes.append(0x20)
            default: bytes.append(UInt16(byte))
            }
        }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { bytes[$0] << 8 | bytes[$0 + 1] }
        return String(decoding: units, as: UTF16.self)
    }

    private static func text(_ kind: String, _ content: String) -> String {
        switch kind {
        case "data": content.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? content
        case "ucs-2": utf16(content)
        default: content
        }
    }
}
