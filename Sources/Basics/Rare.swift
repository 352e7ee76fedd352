/// An optional value in a box on the heap. Use it for large values that are mostly nil, to keep their owner small.
package struct Rare<Value> {
    fileprivate indirect enum Kept { case value(Value) }

    private var kept: Kept?

    package init() {}

    /// The value. Each change allocates a new box.
    package var value: Value? {
        get {
            guard case .value(let value) = kept else { return nil }
            return value
        }
        set { kept = newValue.map(Kept.value) }
    }

    package var isEmpty: Bool { kept == nil }
}

extension Rare: Sendable where Value: Sendable {}
extension Rare.Kept: Sendable where Value: Sendable {}
