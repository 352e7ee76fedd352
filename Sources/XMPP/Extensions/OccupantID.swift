import Basics
import Crypto
import XML

/// The anonymous id of an occupant (XEP-0421). A person has the same id in one room, whatever the nick. Ids of one
/// person in two rooms cannot be linked.
package struct OccupantID: Payload {
    package static let namespace = "urn:xmpp:occupant-id:0"

    package var id: String

    package init(_ id: String) { self.id = id }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("occupant-id", Self.namespace)
        id = try element.required("id")
    }

    package var element: Element { Element("occupant-id", namespace: Self.namespace).with("id", id) }
}

/// Makes occupant ids. The key of a gateway makes the keys of its rooms; the key of a room makes the ids in it.
package struct OccupantKey: Sendable {
    private let hash: SipHash

    /// The key of a gateway. The same secret gives the same ids after a restart. Nobody can find the secret from ids.
    package init(secret: Secret) {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("occupant-id".utf8), using: SymmetricKey(data: Array(secret.reveal().utf8)))
        let bytes = Array(code)
        func word(at start: Int) -> UInt64 {
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        hash = SipHash(key: (word(at: 0), word(at: 8)))
    }

    private init(key: (UInt64, UInt64)) { hash = SipHash(key: key) }

    /// The key of one room, by the room's unescaped localpart.
    package func key(ofRoom room: String) -> OccupantKey { OccupantKey(key: (hash("1" + room), hash("2" + room))) }

    /// The id of a person in the room of this key: 11 letters, digits, `-` and `_`. A text of this length needs no heap
    /// memory.
    ///
    /// - Parameter person: a text that stands for the person alone.
    package func id(of person: String) -> String {
        var rest = hash(person)
        return String(unsafeUninitializedCapacity: 11) { memory in
            for index in 0..<11 {
                memory.initializeElement(at: index, to: Self.digits[Int(rest & 63)])
                rest >>= 6
            }
            return 11
        }
    }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
