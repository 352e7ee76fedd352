import Basics
import GatewayKit

/// The `time` tag (IRCv3 server-time): `YYYY-MM-DDThh:mm:ss.sssZ`.
enum ServerTime {
    /// Nil if it is not of that form; the fraction may have any length that fits, or be missing.
    static func parse(_ text: String) -> Timestamp? {
        guard text.utf8.count <= 40, text.utf8.last == UInt8(ascii: "Z") else { return nil }
        return DateTime.parse(text).map(Timestamp.init(secondsSince1970:))
    }
}
