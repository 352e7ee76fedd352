import GatewayKit

/// A change of a list of masks for a nick. It waits until the server has told the person's address.
struct MaskRequest {
    /// The change to make.
    enum Change {
        /// A change that the core has asked for.
        case list(mode: UInt8, adding: Bool)
        /// A typed command, such as `/ban anna`. The word is `+b` or the like.
        case typed(word: MiddleParameter)
    }

    /// The number of changes that may wait at once, and of kicks that may wait for each.
    static let limit = 100
    static let kickLimit = 8

    let id: RequestID
    let channel: MiddleParameter
    let nick: String
    let change: Change
    /// Kicks of the person that the core has asked for after the change. They come after it, because the person could
    /// enter again otherwise.
    var held: [Request] = []
    /// The mask for the person's address. Nil while it is not known.
    var mask: String?
}
