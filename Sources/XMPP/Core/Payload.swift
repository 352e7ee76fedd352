import XML

/// Content of a stanza that we understand: a value that is read from one element and written as one. Reading a written
/// value gives the same value.
package protocol Payload: Sendable, Equatable {
    init(_ element: Element) throws(PayloadError)
    var element: Element { get }
}
