import Basics
import GatewayKit

/// The `identd` section: where and how questions of IRC servers about the owners of connections are answered
/// (RFC 1413).
struct IdentSettings: Sendable {
    /// The value of the key `answer`.
    enum Answer: String, Sendable, CaseIterable {
        /// A keyed hash of the user's address. It is the same each time, and the user cannot choose it.
        case hash
        /// The user name that the user has set.
        case username
    }

    let listen: Endpoint
    let answer: Answer

    /// Reads the section, and reports all its problems to the reader. Nil if there is one.
    init?(reading reader: ConfigReader) {
        defer { reader.finish() }
        answer = reader.choice("answer", of: Answer.self) ?? .hash
        guard let text = reader.requiredString("listen") else { return nil }
        guard let endpoint = Endpoint(text, defaultPort: 113), IPAddress(endpoint.host) != nil else {
            reader.report("listen", "'\(text)' is not an IP address with a port, such as 0.0.0.0:113")
            return nil
        }
        listen = endpoint
    }
}
