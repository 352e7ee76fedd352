/// The escaped tags of a line that we send (IRCv3 message-tags).
struct OutboundTags: Hashable, Sendable {
    /// The number of bytes that a client may send between `@` and the space after the tags.
    static let limit = 4094
    /// The number of bytes that are kept free for a label, because any line may get one when it is written.
    private static let labelRoom = Label.name.utf8.count + 20 + 1

    /// The text of the tags, without the `@` before and the space after them.
    private(set) var text = ""

    var isEmpty: Bool { text.isEmpty }

    /// Adds a tag. Returns false, and changes nothing, if it does not fit any more.
    mutating func add(_ name: TagName, _ value: String) -> Bool {
        let escaped = TagEscape.escape(value)
        // An empty value means the same as none, so write the shorter form.
        let tag = escaped.isEmpty ? "\(name.text)" : "\(name.text)=\(escaped)"
        let length = text.utf8.count + (text.isEmpty ? 0 : 1) + tag.utf8.count
        guard length <= OutboundTags.limit - OutboundTags.labelRoom else { return false }
        text += text.isEmpty ? tag : ";" + tag
        return true
    }

    /// Returns the tags with a label before them. `add` always leaves room for one.
    func labelled(_ label: Label) -> OutboundTags {
        var tags = self
        let tag = Label.name + String(label.number)
        tags.text = text.isEmpty ? tag : tag + ";" + text
        return tags
    }
}

/// A label for a line that we send. The server repeats it in its answer (IRCv3 labeled-response).
struct Label: Hashable, Sendable {
    fileprivate static let name = "label="

    let number: Int
}
