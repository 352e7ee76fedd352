@testable import IRCAdapter

extension MessageTags {
    /// Makes the tags of a line with this text between `@` and the first space.
    init(_ text: String) {
        var text = text
        self = text.withUTF8 { MessageTags(utf8: UnsafeRawBufferPointer($0)) }
    }
}
