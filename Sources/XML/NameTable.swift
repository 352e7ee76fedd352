/// Swift strings for the names in libxml2's dictionary, found by their pointer.
///
/// A pointer stands for one name only as long as its parser context lives, so the table must be emptied together with
/// the context.
struct NameTable {
    private static let size = 512
    private var keys = [UnsafePointer<UInt8>?](repeating: nil, count: size)
    private var values = [String](repeating: "", count: size)
    private let renamed: [String: String]

    /// - Parameter renamed: replacements for names that come in, such as one content namespace for another.
    init(renamed: [String: String]) { self.renamed = renamed }

    mutating func removeAll() {
        for index in keys.indices { keys[index] = nil }
    }

    subscript(name: UnsafePointer<UInt8>) -> String {
        mutating get {
            let bits = UInt(bitPattern: name)
            let slot = Int(truncatingIfNeeded: (bits ^ (bits >> 9)) & UInt(Self.size - 1))
            if keys[slot] == name { return values[slot] }
            let text = String(cString: name)
            values[slot] = renamed[text] ?? text
            keys[slot] = name
            return values[slot]
        }
    }
}
