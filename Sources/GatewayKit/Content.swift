/// The content of a message: a text, an edit, a reaction and so on. Both directions use this type:
/// `Request.Action.send` carries it to the network, and `InboundMessage` carries it from the network.
///
/// Adapters switch over the cases that they can carry. They refuse all other cases by `default` with a `Failure` of
/// kind `unsupported`, so that a new case breaks no adapter. Rare cases are `indirect` to keep the enum small: contents
/// on the message path are moved.
package enum Content: Sendable, Equatable, Codable {
    case text(Text)
    /// Replaces the text of an earlier message of the same sender.
    indirect case edit(MessageID, Text)
    /// Takes back an earlier message.
    indirect case retraction(MessageID, reason: String?)
    /// All reactions of the sender to a message, each once. They replace the sender's earlier reactions to it. An empty
    /// list takes all of them back.
    indirect case reaction(MessageID, [String])
    case typing(TypingState)
    /// The sender has seen this message and everything before it.
    case read(upTo: MessageID)
    indirect case file(File)

    /// The ability that `Capabilities` grade for this content.
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

/// A text, with the message that it answers, its subject and its thread.
package struct Text: Sendable, Equatable, Codable {
    /// How to read the text.
    package enum Form: Sendable, Equatable, Codable {
        case plain
        /// The text says what the sender does. It comes without `/me`.
        case action
        /// A program has sent the text, or the sender wants no program to answer it.
        case notice

        package var ability: Ability {
            switch self {
            case .plain: .text
            case .action: .action
            case .notice: .notice
            }
        }
    }

    /// The text as the sender wrote it. It may have several lines. An adapter splits and encodes it for its network.
    package let body: String
    private let context: Context?
    package var form: Form {
        switch style {
        case .plain, .plainLiteral: .plain
        case .action, .actionLiteral: .action
        case .notice, .noticeLiteral: .notice
        }
    }
    /// Whether a reader may take `*`, `_`, `~` and `` ` `` around words for emphasis: `*strong*`, `_stressed_`,
    /// `~struck~`, `` `typed` ``. False if they are literal characters.
    package var allowsEmphasis: Bool {
        switch style {
        case .plain, .action, .notice: true
        case .plainLiteral, .actionLiteral, .noticeLiteral: false
        }
    }
    /// The form and `allowsEmphasis` in one byte, because texts are moved on the message path.
    private let style: Style

    private enum Style: Sendable, Equatable, Codable {
        case plain, action, notice, plainLiteral, actionLiteral, noticeLiteral

        init(_ form: Form, allowsEmphasis: Bool) {
            self =
                switch form {
                case .plain: allowsEmphasis ? .plain : .plainLiteral
                case .action: allowsEmphasis ? .action : .actionLiteral
                case .notice: allowsEmphasis ? .notice : .noticeLiteral
                }
        }
    }

    /// The fields that most texts lack. They are `indirect` so that a text without them is small to move.
    private indirect enum Context: Sendable, Equatable, Codable {
        case fields(replyTo: MessageID?, subject: String?, thread: String?)
    }

    /// - Parameters:
    ///   - replyTo: the message that this one answers.
    ///   - subject: the title of the text.
    ///   - thread: the sender's name for a part of the conversation.
    package init(
        _ body: String, form: Form = .plain, replyTo: MessageID? = nil, subject: String? = nil, thread: String? = nil,
        allowsEmphasis: Bool = true
    ) {
        self.body = body
        style = Style(form, allowsEmphasis: allowsEmphasis)
        let isBare = replyTo == nil && subject == nil && thread == nil
        context = isBare ? nil : .fields(replyTo: replyTo, subject: subject, thread: thread)
    }

    /// The message that this text answers. An adapter whose `Ability.reply` is `rejected` or `dropped` ignores it.
    package var replyTo: MessageID? { if case .fields(let id, _, _) = context { id } else { nil } }
    /// The title. An adapter whose `Ability.subject` is `rejected` or `dropped` ignores it.
    package var subject: String? { if case .fields(_, let subject, _) = context { subject } else { nil } }
    /// The thread. An adapter whose `Ability.thread` is `rejected` or `dropped` ignores it.
    package var thread: String? { if case .fields(_, _, let thread) = context { thread } else { nil } }
}

/// Whether the sender is writing a message at this moment.
package enum TypingState: String, Sendable, Equatable, Codable, CaseIterable {
    case typing
    /// The sender has begun a message and stopped for a while.
    case paused
    case ended
}

/// A file that anybody can fetch from a URL.
package struct File: Sendable, Equatable, Codable {
    /// The file's absolute URL.
    package let address: String
    /// The MIME type, such as `image/png`.
    package let mediaType: String?
    /// The number of bytes.
    package let size: Int?
    /// The sender's text about the file.
    package let caption: String?
    /// The file's name.
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

    /// The caption and the URL, each on its own line. For networks that carry text only. A caption that has the URL
    /// stands alone.
    package var asText: Text {
        if let caption, caption.contains(address) { return Text(caption) }
        return Text([caption, address].compactMap(\.self).joined(separator: "\n"))
    }
}
