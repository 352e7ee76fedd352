import Testing

@testable import XML

@Suite("Short names")
struct ShortNameTableTests {
    /// Reads a name from a table.
    private func read(_ name: String, _ table: inout ShortNameTable) -> (name: String, bit: UInt64) {
        Array(name.utf8).withUnsafeBufferPointer { table.read($0) }
    }

    @Test("a table gives back each name, whichever names have shared its slot before")
    func names() {
        var table = ShortNameTable()
        // More names than slots, each read again after all others.
        let names = (0..<200).map { "n\($0)" } + ["", "to", "from", "eightlet", "ninelette", "a-very-long-name"]
        for name in names + names { #expect(read(name, &table).name == name) }
    }

    @Test("equal names have the same bit, and the usual attributes have different ones")
    func bits() {
        var table = ShortNameTable()
        let names = ["to", "from", "id", "type"]
        #expect(Set(names.map { read($0, &table).bit }).count == names.count)
        #expect(read("to", &table).bit == read("to", &table).bit)
    }
}
