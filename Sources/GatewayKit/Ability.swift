/// Names one kind of request, content or report. `Capabilities` give each ability a grade.
///
/// The list is open. An adapter grades the abilities that it knows; `Capabilities` report every other ability as
/// `rejected`. So a new ability breaks no adapter.
package struct Ability: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }
}

// MARK: - Kinds of content

extension Ability {
    package static var text: Ability { Ability("text") }
    /// A text that says what its sender does (`/me`).
    package static var action: Ability { Ability("action") }
    package static var notice: Ability { Ability("notice") }
    package static var edit: Ability { Ability("edit") }
    package static var retraction: Ability { Ability("retraction") }
    package static var reaction: Ability { Ability("reaction") }
    package static var typing: Ability { Ability("typing") }
    package static var read: Ability { Ability("read") }
    package static var file: Ability { Ability("file") }
}

// MARK: - Fields of a text

extension Ability {
    package static var reply: Ability { Ability("reply") }
    package static var subject: Ability { Ability("subject") }
    package static var thread: Ability { Ability("thread") }
}

// MARK: - Reports about a message that the network has accepted

extension Ability {
    /// The adapter emits `Outcome.delivered` when the peer's device has the message.
    package static var deliveryReport: Ability { Ability("delivery-report") }
    /// The adapter emits `Outcome.read` when the peer has seen the message.
    package static var readReport: Ability { Ability("read-report") }
}

// MARK: - Other requests

extension Ability {
    package static var join: Ability { Ability("join") }
    package static var nickChange: Ability { Ability("nick-change") }
    package static var presence: Ability { Ability("presence") }
    /// Staying connected without a room.
    package static var keepConnected: Ability { Ability("stay") }
    package static var watch: Ability { Ability("watch") }
    package static var topic: Ability { Ability("topic") }
    package static var kick: Ability { Ability("kick") }
    package static var rank: Ability { Ability("rank") }
    package static var invitation: Ability { Ability("invitation") }
    /// The user's own settings for a room.
    package static var preferences: Ability { Ability("preferences") }
}

// MARK: - Lists and settings of a room: each ability covers both reading and changing

extension Ability {
    package static var bans: Ability { Ability("bans") }
    package static var banExceptions: Ability { Ability("ban-exceptions") }
    package static var inviteExceptions: Ability { Ability("invite-exceptions") }
    package static var quiets: Ability { Ability("quiets") }
    package static var settings: Ability { Ability("settings") }
}

// MARK: - Questions

extension Ability {
    package static var roomSearch: Ability { Ability("room-search") }
    package static var members: Ability { Ability("members") }
    package static var profile: Ability { Ability("profile") }
    package static var software: Ability { Ability("software") }
    package static var echo: Ability { Ability("echo") }
    package static var time: Ability { Ability("time") }
    package static var history: Ability { Ability("history") }
    package static var raw: Ability { Ability("raw") }
    /// Commands that people type into conversations.
    package static var command: Ability { Ability("command") }
    /// Commands that make an account on the network (`AdapterDescription.accountCommands`).
    package static var accounts: Ability { Ability("accounts") }
}

extension Ability {
    /// Every ability above.
    package static let known: [Ability] = [
        .text, .action, .notice, .edit, .retraction, .reaction, .typing, .read, .file,
        .reply, .subject, .thread, .deliveryReport, .readReport,
        .join, .nickChange, .presence, .keepConnected, .watch, .topic, .kick, .rank, .invitation,
        .preferences,
        .bans, .banExceptions, .inviteExceptions, .quiets, .settings,
        .roomSearch, .members, .profile, .software, .echo, .time, .history, .raw, .command, .accounts,
    ]
}
