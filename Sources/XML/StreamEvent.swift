/// The events that a `StreamParser` reports, in stream order.
package enum StreamEvent: Sendable, Equatable {
    /// The stream header: its attributes, no children.
    case opened(Element)
    /// A whole child of the stream: a stanza, a handshake, a stream error.
    case element(Element)
    /// A stanza over a limit, or with broken namespaces, has been skipped. The element has the attributes of the start
    /// tag that an answer needs (`to`, `from`, `id`, `type`, `xml:lang`), without those longer than 4 KiB. If the
    /// prefix of the stanza's name is unknown, the element has no namespace.
    case skipped(Element, SkipReason)
    /// The peer has closed the stream.
    case closed
}
