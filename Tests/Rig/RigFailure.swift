/// A failure of the rig. It has the awaited event, the events that came instead, and the ends of the servers' logs.
package struct RigFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
