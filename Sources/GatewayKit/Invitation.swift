import Basics

/// An invitation of the account to a room.
package struct Invitation: Sendable, Equatable, Codable {
    /// The nick of the person who invites; nil if the network itself does.
    package let author: String?
    package let reason: String?
    /// The password of the room, if it needs one and the session knows it.
    package let password: Secret?

    package init(by author: String?, reason: String? = nil, password: Secret? = nil) {
        self.author = author
        self.reason = reason
        self.password = password
    }
}
