import Basics
import Crypto
import GatewayKit

/// A message with files whose way to the user is not finished. It is on disk from before the provider's call is answered
/// until the user's server gets everything, so that nothing is lost.
struct MediaJob: Sendable, Equatable, Codable {
    /// The account that has announced the files.
    let account: String
    /// Our number, and the user who has it. Nobody else gets the files.
    let number: String
    let user: String
    /// The text of the message, if it has one; otherwise a message with an empty text.
    let message: InboundMessage
    /// The id from which those of the files are made.
    let id: String
    let files: [InboundMedia]
    /// When the message came, in seconds since 1970.
    let receivedAt: Double

    /// The name of the job on disk, the same for each repetition of the message.
    var name: String { Hex.encode(SHA256.hash(data: Array(id.utf8)).prefix(16)) }

    /// Files of one person to one number come in their order.
    var lane: String { "\(number) \(message.origin.address)" }

    var hasText: Bool { if case .text(let text) = message.content { !text.body.isEmpty } else { false } }

    /// The id of the message with the file of this index.
    func messageID(_ index: Int) -> MessageID { MessageID("\(id)/file/\(index + 1)") }
}
