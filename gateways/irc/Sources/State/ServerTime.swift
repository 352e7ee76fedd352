import Basics
import GatewayKit

/// The `time` tag (IRCv3 server-time): `YYYY-MM-DDThh:mm:ss.sssZ`.
enum ServerTime {
    /// Reads the value of a tag of at most 40 bytes. Nil if it does not have that form. The fraction may have another
    /// length or be missing.
    static func parse(_ text: String) -> Timestamp? {
        guard text.utf8.count <= 40, text.utf8.last == UInt8(ascii: "Z") else { return nil }
        return DateTime.parse(text).map(Timestamp.init(secondsSince1970:))
    }
}
