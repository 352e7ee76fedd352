/// What a `StreamParser` reports, in stream order.
package enum StreamEvent: Sendable, Equatable {
    /// The stream header: its attributes, no children.
    case opened(Element)
    /// A whole child of the stream: a stanza, a handshake, a stream error.
    case element(Element)
    /// A stanza over a limit, or with broken namespaces, has passed by. Of its start tag those attributes are left that
    /// an answer needs (`to`, `from`, `id`, `type`, `xml:lang`), as far as they are not themselves beyond 4 KiB. An
    /// unknown prefix leaves its element without a namespace.
    case skipped(Element, SkipReason)
    /// The peer has closed the stream.
    case closed
}
