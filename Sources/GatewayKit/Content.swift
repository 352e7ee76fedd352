/// What is said or done in a conversation. The same type in both directions: `Request.Action.send` carries it to the
/// network, `InboundMessage` brings it from there.
///
/// Adapters switch over the cases that they can carry and refuse all others by `default` with a `Failure` of kind
/// `unsupported`, so that a new case breaks no adapter. Rare cases are `indirect` to keep the enum small: contents on the
/// message path are moved.
package enum Content: Sendable, Equatable, Codable {
    case text(Text)
    /// Replaces the text of an earlier message of the same sender.
    indirect case edit(MessageID, Text)
    /// Takes back an earlier message.
    indirect case retraction(MessageID, reason: String?)
    /// All reactions of the sender to a message, each once; they replace the sender's earlier ones. Empty: none any more.
    indirect case reaction(MessageID, [String])
    case typing(TypingState)
    /// The sender has seen this message and everything before it.
    case read(upTo: MessageID)
    indirect case file(File)

    /// What the capabilities grade to say whether an address takes this content.
    package var ability: Ability {
        switch self {
        case .text(let text): text.form.ability
        case .edit: .edit
        case .retraction: .retraction
        case .reaction: .reaction
        case .typing: .typing
        case .read: .read
        case .file: .file
        }
    }
}

/// Words.
package struct Text: Sendable, Equatable, Codable {
    /// How the words are meant.
    package enum Form: Sendable, Equatable, Codable {
        case plain
        /// What the sender does; the words come without `/me`.
        case action
        /// Sent by a program, or not to be answered by one.
        case notice

        package var ability: Ability {
            switch self {
            case .plain: .text
            case .action: .action
            case .notice: .notice
            }
        }
    }

    /// As the sender wrote them; may hold several lines. An adapter splits, folds and encodes them for its network.
    package let body: String
    private let context: Context?
    package let form: Form

    /// The fields that most texts lack, kept apart so that a text without them is small to move.
    private indirect enum Context: Sendable, Equatable, Codable {
        case fields(replyTo: MessageID?, subject: String?, thread: String?)
    }

    /// - Parameters:
    ///   - replyTo: the message that this one answers.
    ///   - subject: a title above the words.
    ///   - thread: the sender's name for a conversation within the conversation.
    package init(
        _ body: String, form: Form = .plain, replyTo: MessageID? = nil, subject: String? = nil, thread: String? = nil
    ) {
        self.body = body
        self.form = form
        let isBare = replyTo == nil && subject == nil && thread == nil
        context = isBare ? nil : .fields(replyTo: replyTo, subject: subject, thread: thread)
    }

    /// An adapter that cannot carry it (`Ability.reply` is rejected or dropped) hands over the words alone.
    package var replyTo: MessageID? { if case .fields(let id, _, _) = context { id } else { nil } }
    /// As with `replyTo`: left out where `Ability.subject` is not graded.
    package var subject: String? { if case .fields(_, let subject, _) = context { subject } else { nil } }
    /// As with `replyTo`: left out where `Ability.thread` is not graded.
    package var thread: String? { if case .fields(_, _, let thread) = context { thread } else { nil } }
}

/// Whether the sender is writing a message at this moment.
package enum TypingState: String, Sendable, Equatable, Codable, CaseIterable {
    case typing
    /// The sender has begun a message and stopped for a while.
    case paused
    case ended
}

/// A file that lies at an address where anybody can fetch it.
package struct File: Sendable, Equatable, Codable {
    /// An absolute URL.
    package let address: String
    /// As in MIME: `image/png`.
    package let mediaType: String?
    /// In bytes.
    package let size: Int?
    /// Words that belong to the file.
    package let caption: String?
    package let name: String?

    package init(
        at address: String, mediaType: String? = nil, size: Int? = nil, caption: String? = nil, name: String? = nil
    ) {
        self.address = address
        self.mediaType = mediaType
        self.size = size
        self.caption = caption
        self.name = name
    }

    /// Caption and address, each on a line of its own: for networks that carry text only.
    package var asText: Text { Text([caption, address].compactMap(\.self).joined(separator: "\n")) }
}
