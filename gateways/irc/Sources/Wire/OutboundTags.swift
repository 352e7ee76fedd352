/// The tags of a line of ours, escaped and ready to be written (IRCv3 message-tags).
struct OutboundTags: Hashable, Sendable {
    /// Bytes that a client may send between `@` and the space behind the tags.
    static let limit = 4094
    /// Bytes that are kept free for a label, which every line may get when it is written.
    private static let labelRoom = Label.name.utf8.count + 20 + 1

    /// Without the `@` and the space behind the tags.
    private(set) var text = ""

    var isEmpty: Bool { text.isEmpty }

    /// Adds a tag. Returns false, and changes nothing, if it does not fit any more.
    mutating func add(_ name: TagName, _ value: String) -> Bool {
        let escaped = TagEscape.escape(value)
        // An empty value is the same as none, and the shorter form is always allowed.
        let tag = escaped.isEmpty ? "\(name.text)" : "\(name.text)=\(escaped)"
        let length = text.utf8.count + (text.isEmpty ? 0 : 1) + tag.utf8.count
        guard length <= OutboundTags.limit - OutboundTags.labelRoom else { return false }
        text += text.isEmpty ? tag : ";" + tag
        return true
    }

    /// The same tags with a label in front. There is always room for one.
    func labelled(_ label: Label) -> OutboundTags {
        var tags = self
        let tag = Label.name + String(label.number)
        tags.text = text.isEmpty ? tag : tag + ";" + text
        return tags
    }
}

/// The name of an answer that we wait for (IRCv3 labeled-response).
struct Label: Hashable, Sendable {
    fileprivate static let name = "label="

    let number: Int
}
