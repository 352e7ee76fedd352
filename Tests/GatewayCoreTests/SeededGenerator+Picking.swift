import GatewayTesting

extension SeededGenerator {
    /// A random element of a collection that is not empty.
    mutating func pick<C: Collection>(_ from: C) -> C.Element {
        from[from.index(from.startIndex, offsetBy: Int.random(in: 0..<from.count, using: &self))]
    }

    /// Returns true with a probability in percent.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
