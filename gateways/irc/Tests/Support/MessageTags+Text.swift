@testable import IRCAdapter

extension MessageTags {
    /// The tags of a line that has this between `@` and the first space.
    init(_ text: String) {
        var text = text
        self = text.withUTF8 { MessageTags(utf8: UnsafeRawBufferPointer($0)) }
    }
}
