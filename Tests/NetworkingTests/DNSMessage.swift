/// The part of RFC 1035 §4 that a name server in a test needs.
enum DNSMessage {
    struct Question: Sendable, Hashable {
        var id: UInt16
        var name: String
        var kind: UInt16
        var isOverTCP = false
        fileprivate var bytes: [UInt8] = []

        static let v4: UInt16 = 1
        static let v6: UInt16 = 28
    }

    struct Record: Sendable, Hashable {
        let name: String
        let kind: UInt16
        let data: [UInt8]

        static func v4(_ name: String, _ address: UInt8...) -> Record { Record(name: name, kind: 1, data: address) }

        /// The address `2001:db8::last`.
        static func v6(_ name: String, last: UInt8) -> Record {
            Record(name: name, kind: 28, data: [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [last])
        }

        static func alias(_ name: String, of target: String) -> Record {
            Record(name: name, kind: 5, data: DNSMessage.encode(target))
        }
    }

    /// Reads a question; nil if the message is none.
    static func read(_ bytes: [UInt8]) -> Question? {
        guard bytes.count > 16 else { return nil }
        var labels: [String] = []
        var at = 12
        while at < bytes.count, bytes[at] != 0 {
            let end = at + 1 + Int(bytes[at])
            guard end + 4 < bytes.count else { return nil }
            labels.append(String(decoding: bytes[(at + 1)..<end], as: UTF8.self))
            at = end
        }
        return Question(
            id: UInt16(bytes[0]) << 8 | UInt16(bytes[1]), name: labels.joined(separator: "."),
            kind: UInt16(bytes[at + 1]) << 8 | UInt16(bytes[at + 2]), bytes: Array(bytes[12..<(at + 5)]))
    }

    /// Makes an answer (QR, RD and RA set) with a response code (RFC 1035 §4.1.1).
    static func write(
        to question: Question, code: UInt8 = 0, isTruncated: Bool = false, _ records: [Record] = []
    ) -> [UInt8] {
        var bytes = both(question.id) + [isTruncated ? 0x83 : 0x81, 0x80 | code, 0, 1]
        bytes += both(UInt16(records.count)) + [0, 0, 0, 0] + question.bytes
        for record in records {
            bytes += encode(record.name) + both(record.kind) + [0, 1, 0, 0, 0, 60] + both(UInt16(record.data.count))
            bytes += record.data
        }
        return bytes
    }

    static func both(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }

    private static func encode(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }
}
