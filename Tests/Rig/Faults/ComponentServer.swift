import Foundation
import Glibc
import Synchronization

/// An XMPP server that knows only components (XEP-0114), and sends exactly the bytes that a test gives it, well-formed
/// or not.
package final class ComponentServer: Sendable {
    /// A stanza from Martlet, as it was written.
    package struct Stanza: Sendable, CustomStringConvertible {
        package let text: String
        package var description: String { text }

        package func has(_ words: String...) -> Bool { words.allSatisfy(text.contains) }
    }

    package let port: Int
    package let stanzas: Mailbox<Stanza>
    /// One word for each connection that was taken, and each stream that was opened or ended.
    package let events: Mailbox<String>
    private let listener: FileDescriptor
    private let current = Mutex<FileDescriptor?>(nil)
    private let domain: String
    private let isReading = Mutex(true)

    package init(domain: String, logs: ServerLogs) throws {
        self.domain = domain
        port = try Port.free()
        stanzas = Mailbox(owner: "the component server", logs: logs)
        events = Mailbox(owner: "the component server", logs: logs)
        let listener = FileDescriptor(try LineSocket.listen(port: port))
        self.listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let handle = accept(listener.number, nil, nil)
                if handle == -1 && errno == EINTR { continue }
                guard handle >= 0, let self else { return }
                let connection = FileDescriptor(handle)
                self.events.receive("connection")
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    deinit { shutdown(listener.number, Int32(SHUT_RDWR)) }

    /// Writes text unchanged to the open stream.
    package func send(_ text: String) throws {
        guard let connection = current.withLock({ $0 }) else { throw RigFailure("no component is connected") }
        try connection.write(text)
    }

    /// Sets whether the server reads from Martlet.
    package func read(_ reads: Bool) { isReading.withLock { $0 = reads } }

    /// Returns when Martlet has opened a stream once more.
    package func awaitStream(within limit: Duration = .patience) async throws {
        _ = try await events.first("a stream", within: limit) { $0 == "open" }
    }

    /// Takes the first stanza that contains all these words.
    @discardableResult
    package func expect(_ words: String..., within limit: Duration = .patience) async throws -> Stanza {
        try await stanzas.first("a stanza with \(words)", within: limit) { stanza in
            words.allSatisfy(stanza.text.contains)
        }
    }

    private func serve(_ connection: FileDescriptor) {
        var splitter = StanzaSplitter()
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            guard isReading.withLock({ $0 }) else {
                _ = Glibc.poll(nil, 0, 10)
                continue
            }
            let count = chunk.withUnsafeMutableBytes { Glibc.read(connection.number, $0.baseAddress, $0.count) }
            if count == -1 && errno == EINTR { continue }
            guard count > 0 else { break }
            for part in splitter.take(chunk[..<count]) { react(to: part, connection) }
        }
        current.withLock { $0 = nil }
        events.receive("end")
    }

    private func react(to part: String, _ connection: FileDescriptor) {
        if part.hasPrefix("<stream:stream") {
            let header =
                "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
                + "xmlns:stream='http://etherx.jabber.org/streams' from='\(domain)' id='s1'>"
            try? connection.write(header)
        } else if part.hasPrefix("<handshake") {
            try? connection.write("<handshake/>")
            current.withLock { $0 = connection }
            events.receive("open")
        } else if let answer = Self.answer(toPing: part, of: domain) {
            try? connection.write(answer)
        } else {
            stanzas.receive(Stanza(text: part))
        }
    }

    /// The answer to a ping of anybody, because a real server and its clients would answer it; nil if it is no ping.
    static func answer(toPing part: String, of domain: String) -> String? {
        guard part.contains("urn:xmpp:ping"), part.hasPrefix("<iq"), let id = value(of: "id", in: part) else {
            return nil
        }
        return "<iq type='result' id='\(id)' from='\(value(of: "to", in: part) ?? "")' to='\(domain)'/>"
    }

    static func value(of attribute: String, in text: String) -> String? {
        for quote in ["'", "\""] {
            if let start = text.range(of: " \(attribute)=\(quote)"),
                let end = text.range(of: quote, range: start.upperBound..<text.endIndex)
            {
                return String(text[start.upperBound..<end.lowerBound])
            }
        }
        return nil
    }
}

/// Cuts a stream of well-formed XML into its opening tag and the elements of the first level.
struct StanzaSplitter {
    private var part: [UInt8] = []
    private var depth = 0
    private var tag: [UInt8] = []
    private var quote: UInt8?
    private var isInTag = false

    mutating func take(_ bytes: some Sequence<UInt8>) -> [String] { bytes.compactMap { take($0) } }

    private mutating func take(_ byte: UInt8) -> String? {
        part.append(byte)
        guard isInTag else {
            if byte == UInt8(ascii: "<") {
                isInTag = true
                tag = []
                if depth <= 1 && part.count > 1 && tagStartsPart { part = [byte] }
            }
            return nil
        }
        if let open = quote {
            if byte == open { quote = nil }
            tag.append(byte)
            return nil
        }
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { quote = byte }
        guard byte == UInt8(ascii: ">") else {
            tag.append(byte)
            return nil
        }
        isInTag = false
        return endTag()
    }

    /// Whether the present tag begins a new part. White space between stanzas belongs to no stanza.
    private var tagStartsPart: Bool { part.dropLast().allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D } }

    private mutating func endTag() -> String? {
        if tag.first == UInt8(ascii: "?") {
            part = []
            return nil
        }
        let isEnd = tag.first == UInt8(ascii: "/")
        let isEmpty = tag.last == UInt8(ascii: "/")
        depth += isEnd ? -1 : isEmpty ? 0 : 1
        let isHeader = depth == 1 && !isEnd && !isEmpty
        guard isHeader || depth <= 1 else { return nil }
        defer { part = [] }
        return String(decoding: part, as: UTF8.self)
    }
}
