import Basics

/// An invitation of the account to a room.
package struct Invitation: Sendable, Equatable, Codable {
    /// The person who invites; nil if the network itself does.
    package let author: PeerAddress?
    package let reason: String?
    /// The password of the room, if it needs one and the session knows it.
    package let password: Secret?

    package init(by author: PeerAddress?, reason: String? = nil, password: Secret? = nil) {
        self.author = author
        self.reason = reason
        self.password = password
    }
}
