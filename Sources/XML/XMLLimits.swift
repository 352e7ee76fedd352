/// The limits of one stanza of a stream. A stanza beyond a limit is skipped without being stored.
package struct XMLLimits: Sendable, Equatable {
    /// Bytes of a stanza as sent, from its first `<` to its last `>`. At most 8 MiB, because libxml2 refuses a single
    /// value of 10 MB.
    package var maxStanzaBytes: Int = 1_048_576 {
        didSet { maxStanzaBytes = min(maxStanzaBytes, Self.ceiling) }
    }
    /// Levels of elements in a stanza; the stanza itself is the first.
    package var maxDepth: Int = 64 {
        didSet { maxDepth = max(maxDepth, 1) }
    }
    /// Attributes of one element, namespace declarations included.
    package var maxAttributes: Int = 128
    /// Bytes of a name with its prefix.
    package var maxNameBytes: Int = 1024
    /// Bytes of the stream header, with the XML declaration before it. A longer header ends the stream.
    package var maxHeaderBytes: Int = 16_384

    private static let ceiling = 8_388_608

    package init() {}
}

/// Why a stanza was skipped.
package enum SkipReason: Sendable, Equatable {
    case tooLarge, tooDeep, tooManyAttributes, nameTooLong, badNamespaces
}
