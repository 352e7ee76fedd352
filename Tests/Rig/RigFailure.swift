/// Why the rig gave up: what was awaited, what was there instead, and the tails of the servers' logs.
package struct RigFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
