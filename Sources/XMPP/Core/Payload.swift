import XML

/// What a stanza can carry and we understand: a value that is read from one element and written as one. Reading what
/// was written gives the same value.
package protocol Payload: Sendable, Equatable {
    init(_ element: Element) throws(PayloadError)
    var element: Element { get }
}
